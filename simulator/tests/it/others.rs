//! Account, Organizations, EC2, SQS, tagging, and what is common to all.

use palisade_simulator::{Account, Outcome};
use serde_json::{Value, json as value};

use crate::client::{Request, json, lambda, query, send, simulator};

const ACCOUNT: &str = r#"
account: "111122223333"
page_size: 1
organization:
  id: o-example
  management_account: "999988887777"
  root: r-1
  parent: ou-1-shop
  units: [{ id: ou-1-shop, name: Shop }]
  policies:
    - { id: p-1, name: regions, targets: [ou-1-shop], document: { Statement: [{ Effect: Deny, Action: "*", Resource: "*" }] } }
    - { id: p-2, name: FullAWSAccess, aws_managed: true, targets: [r-1, ou-1-shop], document: { Statement: [] } }
regions:
  us-east-1:
    subnets:
      - { id: subnet-1, vpc: vpc-1, zone: us-east-1a, tags: { Name: a } }
      - { id: subnet-2, vpc: vpc-2, zone: us-east-1b }
    queues:
      - { name: jobs, visibility_timeout: 120, redrive: { to: failed, after: 4 } }
    tagged: [{ arn: "arn:aws:dynamodb:us-east-1:111122223333:table/orders", tags: { team: shop } }]
    lambda: { functions: [{ name: tagged, tags: { team: shop } }, { name: untagged }] }
  ap-east-1: { status: disabled }
"#;

async fn organizations(operation: &str, body: Value) -> Value {
    let simulator = simulator(&ACCOUNT.replace("page_size: 1", "page_size: 9")).await;
    let answer = json(&simulator, "organizations", &format!("AWSOrganizationsV20161128.{operation}"), &body).await;
    answer.json()
}

async fn list_regions(body: Value) -> Value {
    let simulator = simulator(ACCOUNT).await;
    let request = Request {
        line: "POST /listRegions",
        scope: Some(("account", "us-east-1")),
        access_key: "AKIATEST",
        headers: &[],
        body: &body.to_string(),
    };
    send(&simulator, &request).await.unwrap().json()
}

#[tokio::test]
async fn regions_tell_whether_they_are_on() {
    let first = list_regions(value!({})).await;
    assert_eq!(first["Regions"], value!([{"RegionName": "ap-east-1", "RegionOptStatus": "DISABLED"}]));
    let second = list_regions(value!({"NextToken": first["NextToken"]})).await;
    assert_eq!(second["Regions"], value!([{"RegionName": "us-east-1", "RegionOptStatus": "ENABLED_BY_DEFAULT"}]));
    assert!(second.get("NextToken").is_none());
    let on = list_regions(value!({"RegionOptStatusContains": ["ENABLED", "ENABLED_BY_DEFAULT"]})).await;
    assert_eq!(on["Regions"][0]["RegionName"], "us-east-1");
}

#[tokio::test]
async fn the_organisation_answers() {
    let described = organizations("DescribeOrganization", value!({})).await;
    assert_eq!(described["Organization"]["MasterAccountId"], "999988887777");
    assert_eq!(described["Organization"]["Arn"], "arn:aws:organizations::999988887777:organization/o-example");
    assert_eq!(organizations("ListRoots", value!({})).await["Roots"][0]["Id"], "r-1");
    let parents = organizations("ListParents", value!({"ChildId": "111122223333"})).await;
    assert_eq!(parents["Parents"], value!([{"Id": "ou-1-shop", "Type": "ORGANIZATIONAL_UNIT"}]));
    let parents = organizations("ListParents", value!({"ChildId": "ou-1-shop"})).await;
    assert_eq!(parents["Parents"], value!([{"Id": "r-1", "Type": "ROOT"}]));
}

#[tokio::test]
async fn policies_of_the_organisation_answer() {
    let filter = "SERVICE_CONTROL_POLICY";
    let all = organizations("ListPolicies", value!({"Filter": filter})).await;
    assert_eq!(all["Policies"].as_array().unwrap().len(), 2);
    let of_root = organizations("ListPoliciesForTarget", value!({"Filter": filter, "TargetId": "r-1"})).await;
    assert_eq!(of_root["Policies"][0]["Arn"], "arn:aws:organizations::aws:policy/service_control_policy/p-2");
    let other = organizations("ListPolicies", value!({"Filter": "RESOURCE_CONTROL_POLICY"})).await;
    assert_eq!(other["Policies"], value!([]));
    let policy = organizations("DescribePolicy", value!({"PolicyId": "p-1"})).await;
    assert!(policy["Policy"]["Content"].as_str().unwrap().contains("\"Effect\":\"Deny\""));
    let targets = organizations("ListTargetsForPolicy", value!({"PolicyId": "p-1"})).await;
    assert_eq!(targets["Targets"], value!([{"TargetId": "ou-1-shop", "Name": "Shop", "Type": "ORGANIZATIONAL_UNIT"}]));
    let missing = organizations("DescribePolicy", value!({"PolicyId": "p-9"})).await;
    assert_eq!(missing["__type"], "PolicyNotFoundException");
}

#[tokio::test]
async fn an_account_without_an_organisation_says_so() {
    let simulator = simulator("account: \"111122223333\"").await;
    let answer = json(&simulator, "organizations", "AWSOrganizationsV20161128.DescribeOrganization", &value!({})).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["__type"], "AWSOrganizationsNotInUseException");
}

#[tokio::test]
async fn subnets_are_found_by_id_filter_and_page() {
    let simulator = simulator(ACCOUNT).await;
    let first = query(&simulator, "ec2", "Action=DescribeSubnets&Version=2016-11-15").await;
    assert!(first.body.contains("<DescribeSubnetsResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">"));
    assert_eq!(first.elements("subnetId"), ["subnet-1"]);
    assert_eq!(first.element("tagSet"), Some("<item><key>Name</key><value>a</value></item>"));
    let token = first.element("nextToken").unwrap();
    let second = query(&simulator, "ec2", &format!("Action=DescribeSubnets&NextToken={token}")).await;
    assert_eq!(second.elements("subnetId"), ["subnet-2"]);
    let by_id = query(&simulator, "ec2", "Action=DescribeSubnets&SubnetId.1=subnet-2").await;
    assert_eq!(by_id.element("availabilityZone"), Some("us-east-1b"));
    let filter = "Action=DescribeSubnets&Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-2";
    assert_eq!(query(&simulator, "ec2", filter).await.elements("subnetId"), ["subnet-2"]);
    let missing = query(&simulator, "ec2", "Action=DescribeSubnets&SubnetId.1=subnet-9").await;
    assert_eq!((missing.status, missing.element("Code")), (400, Some("InvalidSubnetID.NotFound")));
}

#[tokio::test]
async fn queues_tell_their_attributes() {
    let simulator = simulator(ACCOUNT).await;
    let ask = async |name: &str, attributes: Value| {
        let url = format!("https://sqs.us-east-1.amazonaws.com/111122223333/{name}");
        let body = value!({"QueueUrl": url, "AttributeNames": attributes});
        json(&simulator, "sqs", "AmazonSQS.GetQueueAttributes", &body).await
    };
    let all = ask("jobs", value!(["All"])).await.json();
    assert_eq!(all["Attributes"]["VisibilityTimeout"], "120");
    let redrive: Value = serde_json::from_str(all["Attributes"]["RedrivePolicy"].as_str().unwrap()).unwrap();
    assert_eq!(redrive["deadLetterTargetArn"], "arn:aws:sqs:us-east-1:111122223333:failed");
    let one = ask("jobs", value!(["VisibilityTimeout"])).await.json();
    assert_eq!(one, value!({"Attributes": {"VisibilityTimeout": "120"}}));
    let missing = ask("nothing", value!(["All"])).await;
    assert_eq!(missing.status, 400);
    assert_eq!(missing.json()["__type"], "com.amazonaws.sqs#QueueDoesNotExist");
    assert_eq!(missing.header("x-amzn-query-error"), Some("AWS.SimpleQueueService.NonExistentQueue;Sender"));
    let url = json(&simulator, "sqs", "AmazonSQS.GetQueueUrl", &value!({"QueueName": "jobs"})).await.json();
    assert_eq!(url["QueueUrl"], "https://sqs.us-east-1.amazonaws.com/111122223333/jobs");
}

#[tokio::test]
async fn tagged_resources_come_in_pages_ended_by_an_empty_token() {
    let simulator = simulator(ACCOUNT).await;
    let target = "ResourceGroupsTaggingAPI_20170126.GetResources";
    let (mut arns, mut token) = (Vec::new(), String::new());
    loop {
        let page = json(&simulator, "tagging", target, &value!({"PaginationToken": token})).await.json();
        let list = page["ResourceTagMappingList"].as_array().unwrap();
        arns.extend(list.iter().map(|entry| entry["ResourceARN"].as_str().unwrap().to_owned()));
        page["PaginationToken"].as_str().unwrap().clone_into(&mut token);
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(arns.len(), 3);
    let functions = json(&simulator, "tagging", target, &value!({"ResourceTypeFilters": ["lambda:function"]})).await;
    let list = functions.json()["ResourceTagMappingList"].clone();
    assert_eq!(list[0]["ResourceARN"], "arn:aws:lambda:us-east-1:111122223333:function:tagged");
    assert_eq!(list[0]["Tags"], value!([{"Key": "team", "Value": "shop"}]));
}

#[tokio::test]
async fn a_region_that_is_off_knows_nobody() {
    let simulator = simulator(ACCOUNT).await;
    for region in ["ap-east-1", "eu-south-2"] {
        let answer = lambda(&simulator, region, "/2015-03-31/functions").await;
        assert_eq!(answer.status, 403);
        assert_eq!(answer.header("x-amzn-errortype"), Some("UnrecognizedClientException"));
    }
}

#[tokio::test]
async fn an_unsigned_request_is_refused() {
    let simulator = simulator(ACCOUNT).await;
    let mut request =
        Request { line: "GET /2015-03-31/functions", scope: None, access_key: "", headers: &[], body: "" };
    let answer = send(&simulator, &request).await.unwrap();
    assert_eq!((answer.status, answer.header("x-amzn-errortype")), (403, Some("MissingAuthenticationTokenException")));
    request.line = "POST /";
    request.headers = &[("content-type", "application/x-www-form-urlencoded")];
    let answer = send(&simulator, &request).await.unwrap();
    assert_eq!((answer.status, answer.element("Code")), (403, Some("MissingAuthenticationToken")));
}

#[tokio::test]
async fn a_write_is_unknown_and_logged_as_such() {
    let simulator = simulator(ACCOUNT).await;
    let request = Request {
        line: "DELETE /2015-03-31/functions/tagged",
        scope: Some(("lambda", "us-east-1")),
        access_key: "AKIATEST",
        headers: &[],
        body: "",
    };
    let answer = send(&simulator, &request).await.unwrap();
    assert_eq!((answer.status, answer.header("x-amzn-errortype")), (404, Some("UnknownOperationException")));
    let answer = query(&simulator, "iam", "Action=CreateRole&RoleName=x").await;
    assert_eq!((answer.status, answer.element("Code")), (400, Some("InvalidAction")));
    query(&simulator, "redshift", "Action=DescribeClusters").await;
    let calls = simulator.calls();
    let actions: Vec<&str> = calls.iter().map(|call| call.action.as_str()).collect();
    assert_eq!(actions, ["lambda:DELETE /2015-03-31/functions/tagged", "iam:CreateRole", "redshift:DescribeClusters"]);
    assert!(calls.iter().all(|call| call.outcome == Outcome::Unknown));
}

#[tokio::test]
async fn the_access_log_is_served_too() {
    let simulator = simulator(ACCOUNT).await;
    lambda(&simulator, "us-east-1", "/2015-03-31/functions/tagged/policy").await;
    lambda(&simulator, "us-east-1", "/2015-03-31/functions").await;
    lambda(&simulator, "us-east-1", "/2015-03-31/functions").await;
    let calls = lambda(&simulator, "us-east-1", "/_simulator/calls").await.json();
    assert_eq!(calls[0]["action"], "lambda:GetPolicy");
    assert_eq!(calls[0]["resource"], "arn:aws:lambda:us-east-1:111122223333:function:tagged");
    assert_eq!((&calls[0]["status"], &calls[0]["outcome"]), (&value!(404), &value!("not_found")));
    let summary = lambda(&simulator, "us-east-1", "/_simulator/summary").await.json();
    assert_eq!(summary, value!({"lambda:GetPolicy": {"not_found": 1}, "lambda:ListFunctions": {"answered": 2}}));
}

#[tokio::test]
async fn an_account_file_that_is_wrong_says_where() {
    let read = |yaml: &str| Account::from_yaml(yaml).unwrap_err().to_string();
    let unknown = read(
        "account: \"111122223333\"\nregions:\n  us-east-1:\n    lambda:\n      functions:\n        - name: a\n          colour: red\n",
    );
    assert!(unknown.contains("line 7") && unknown.contains("colour"), "{unknown}");
    assert!(read("account: \"12\"").contains("twelve digits"));
    assert!(
        read("account: \"111122223333\"\niam: { roles: [{ name: a, policies: [NoSuchPolicy] }] }")
            .contains("NoSuchPolicy")
    );
    let file = Account::from_file(std::path::Path::new("no/such.yaml")).unwrap_err().to_string();
    assert!(file.starts_with("no/such.yaml: "), "{file}");
}

#[tokio::test]
async fn the_files_that_explain_the_format_can_be_read() {
    let readme = include_str!("../../accounts/README.md");
    let examples: Vec<&str> = readme.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(examples.len() >= 4);
    for example in examples {
        Account::from_yaml(example).unwrap();
    }
    let simulator = simulator(include_str!("../../accounts/minimal.yaml")).await;
    let page = lambda(&simulator, "us-east-1", "/2015-03-31/functions").await.json();
    assert_eq!(page["Functions"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn requests_are_kept_only_when_asked_for_and_without_credentials() {
    let simulator = simulator(ACCOUNT).await;
    let kept = async || {
        let request = Request { line: "GET /_simulator/requests", scope: None, access_key: "", headers: &[], body: "" };
        send(&simulator, &request).await.unwrap().json()
    };
    let ask = async || {
        json(&simulator, "organizations", "AWSOrganizationsV20161128.ListParents", &value!({"ChildId": "1"})).await;
    };
    ask().await;
    assert_eq!(kept().await, value!([]));
    simulator.record_requests();
    ask().await;
    let kept = kept().await;
    assert_eq!(kept[0]["target"], "AWSOrganizationsV20161128.ListParents");
    assert_eq!(kept[0]["body"], r#"{"ChildId":"1"}"#);
    let text = kept.to_string().to_lowercase();
    assert!(!text.contains("credential") && !text.contains("signature") && !text.contains("akia"), "{text}");
}

#[tokio::test]
async fn what_can_be_asked_is_told() {
    let simulator = simulator(ACCOUNT).await;
    let request = Request { line: "GET /_simulator/operations", scope: None, access_key: "", headers: &[], body: "" };
    let told = send(&simulator, &request).await.unwrap().json();
    assert_eq!(told["sqs"], value!(["GetQueueAttributes", "GetQueueUrl"]));
}

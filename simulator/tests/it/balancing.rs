//! Load balancers, web ACLs, buckets, and what EC2 knows of machines and their interfaces.

use palisade_simulator::{Account, Denial, Faults, Outcome, Simulator};
use serde_json::{Value, json as value};

use crate::client::{Answer, demo, json, query, rest, simulator, with_faults};

const ACCOUNT: &str = r#"
account: "111122223333"
buckets: [{ name: zoo, created: 2024-05-06 }, { name: ape, region: eu-west-1 }]
regions:
  us-east-1:
    ebs_encryption_by_default: true
    subnets: [{ id: subnet-1, vpc: vpc-1, zone: us-east-1b, cidr: 10.1.2.0/24 }]
    security_groups: [{ id: sg-1, name: web, vpc: vpc-1 }, { id: sg-2, name: default, vpc: vpc-2 }]
    instances:
      - { id: i-1, subnet: subnet-1, security_groups: [sg-1], public_ip: 203.0.113.7, profile: ecs, metadata: { tokens: optional } }
      - { id: i-2, state: stopped }
    network_interfaces:
      - { id: eni-1, subnet: subnet-1, groups: [sg-1, sg-2], public_ip: 198.51.100.4, description: door }
    target_groups:
      - { name: web, port: 8080, vpc: vpc-1, id: 0123456789abcdef }
      - { name: admin }
      - { name: alone }
    load_balancers:
      - name: shop
        subnets: [subnet-1]
        security_groups: [sg-1]
        listeners:
          - { port: 80, to: web, rules: [{ path: /admin/*, host: shop.example, to: admin }] }
          - { port: 443, policy: ELBSecurityPolicy-2015-05, actions: [{ Type: forward, TargetGroupArn: web }] }
      - name: safe
        web_acl: front
        listeners:
          - { port: 80, redirect: https }
          - { port: 443, policy: ELBSecurityPolicy-TLS13-1-2-2021-06, certificate: "acm:certificate/1", to: web }
      - { name: inner, scheme: internal, type: network, listeners: [{ port: 9000, to: web }] }
"#;

async fn elb(simulator: &Simulator, form: &str) -> Answer {
    query(simulator, "elasticloadbalancing", &format!("Version=2015-12-01&Action={form}")).await
}

async fn arn_of(simulator: &Simulator, name: &str) -> String {
    let answer = elb(simulator, &format!("DescribeLoadBalancers&Names.member.1={name}")).await;
    answer.element("LoadBalancerArn").unwrap().to_owned()
}

#[tokio::test]
async fn load_balancers_are_listed_in_pages_and_by_arn() {
    let simulator = simulator(ACCOUNT).await;
    let first = elb(&simulator, "DescribeLoadBalancers&PageSize=2").await;
    let head = "<DescribeLoadBalancersResponse xmlns=\"http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/\">\
                <DescribeLoadBalancersResult><LoadBalancers><member>";
    assert!(first.body.starts_with(head), "{}", first.body);
    assert_eq!(first.elements("LoadBalancerName"), ["shop", "safe"]);
    assert_eq!(first.elements("Scheme"), ["internet-facing"; 2]);
    assert_eq!((first.element("VpcId"), first.element("ZoneName")), (Some("vpc-1"), Some("us-east-1b")));
    assert_eq!(first.element("SecurityGroups"), Some("<member>sg-1</member>"));
    let marker = first.element("NextMarker").unwrap();
    let second = elb(&simulator, &format!("DescribeLoadBalancers&PageSize=2&Marker={marker}")).await;
    assert_eq!((second.elements("LoadBalancerName"), second.element("NextMarker")), (vec!["inner"], None));
    assert_eq!((second.element("Type"), second.element("Scheme")), (Some("network"), Some("internal")));
    assert!(second.element("LoadBalancerArn").unwrap().contains(":loadbalancer/net/inner/"));
    let (shop, inner) = (arn_of(&simulator, "shop").await, arn_of(&simulator, "inner").await);
    let form = format!("DescribeLoadBalancers&LoadBalancerArns.member.1={shop}&LoadBalancerArns.member.2={inner}");
    assert_eq!(elb(&simulator, &form).await.elements("LoadBalancerName"), ["shop", "inner"]);
    let missing = elb(&simulator, &format!("DescribeLoadBalancers&LoadBalancerArns.member.1={shop}0")).await;
    assert_eq!((missing.status, missing.element("Code")), (400, Some("LoadBalancerNotFound")));
    let many: Vec<String> = (1..=21).map(|number| format!("&LoadBalancerArns.member.{number}={shop}")).collect();
    let many = many.concat();
    let refused = elb(&simulator, &format!("DescribeLoadBalancers{many}")).await;
    assert_eq!(refused.element("Code"), Some("ValidationError"));
}

#[tokio::test]
async fn listeners_say_what_they_do() {
    let simulator = simulator(ACCOUNT).await;
    let shop = arn_of(&simulator, "shop").await;
    let listeners = elb(&simulator, &format!("DescribeListeners&LoadBalancerArn={shop}")).await;
    assert_eq!(listeners.elements("Protocol"), ["HTTP", "HTTPS"]);
    assert_eq!(listeners.elements("SslPolicy"), ["ELBSecurityPolicy-2015-05"]);
    assert_eq!(listeners.elements("Type"), ["forward", "forward"]);
    let group = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/web/0123456789abcdef";
    assert!(listeners.elements("TargetGroupArn").iter().all(|arn| *arn == group), "{}", listeners.body);
    let safe = arn_of(&simulator, "safe").await;
    let listeners = elb(&simulator, &format!("DescribeListeners&LoadBalancerArn={safe}&PageSize=1")).await;
    let redirect = listeners.element("RedirectConfig").unwrap();
    assert!(redirect.contains("<Protocol>HTTPS</Protocol>") && redirect.contains("HTTP_301"), "{redirect}");
    let marker = listeners.element("NextMarker").unwrap();
    let second = elb(&simulator, &format!("DescribeListeners&LoadBalancerArn={safe}&PageSize=1&Marker={marker}")).await;
    let certificate = "arn:aws:acm:us-east-1:111122223333:certificate/1";
    assert_eq!((second.element("Port"), second.element("CertificateArn")), (Some("443"), Some(certificate)));
    let inner = arn_of(&simulator, "inner").await;
    let listeners = elb(&simulator, &format!("DescribeListeners&LoadBalancerArn={inner}")).await;
    assert_eq!((listeners.element("Protocol"), listeners.element("SslPolicy")), (Some("TCP"), None));
    let missing = elb(&simulator, "DescribeListeners&LoadBalancerArn=arn:x").await;
    assert_eq!(missing.element("Code"), Some("LoadBalancerNotFound"));
    let missing = elb(&simulator, "DescribeListeners&ListenerArns.member.1=arn:x").await;
    assert_eq!(missing.element("Code"), Some("ListenerNotFound"));
}

#[tokio::test]
async fn rules_end_with_the_default_one() {
    let simulator = simulator(ACCOUNT).await;
    let shop = arn_of(&simulator, "shop").await;
    let listeners = elb(&simulator, &format!("DescribeListeners&LoadBalancerArn={shop}")).await;
    let listener = listeners.element("ListenerArn").unwrap();
    let rules = elb(&simulator, &format!("DescribeRules&ListenerArn={listener}")).await;
    assert_eq!(rules.elements("Priority"), ["1", "default"]);
    assert_eq!(rules.elements("IsDefault"), ["false", "true"]);
    assert_eq!(rules.elements("Field"), ["path-pattern", "host-header"]);
    assert!(rules.body.contains("<Conditions></Conditions>"), "{}", rules.body);
    let first = rules.element("RuleArn").unwrap();
    assert!(first.starts_with(&format!("{}/", listener.replace(":listener/", ":listener-rule/"))), "{first}");
    let one = elb(&simulator, &format!("DescribeRules&RuleArns.member.1={first}")).await;
    assert_eq!(one.elements("Priority"), ["1"]);
    for (form, code) in [
        ("DescribeRules&ListenerArn=arn:x", "ListenerNotFound"),
        ("DescribeRules&RuleArns.member.1=arn:x", "RuleNotFound"),
        ("DescribeRules", "ValidationError"),
    ] {
        assert_eq!(elb(&simulator, form).await.element("Code"), Some(code), "{form}");
    }
}

#[tokio::test]
async fn target_groups_know_their_load_balancers() {
    let simulator = simulator(ACCOUNT).await;
    let all = elb(&simulator, "DescribeTargetGroups").await;
    assert_eq!(all.elements("TargetGroupName"), ["web", "admin", "alone"]);
    let served = all.elements("LoadBalancerArns");
    let counts: Vec<usize> = served.iter().map(|arns| arns.matches("<member>").count()).collect();
    assert_eq!(counts, [3, 1, 0]);
    let shop = arn_of(&simulator, "shop").await;
    let of_shop = elb(&simulator, &format!("DescribeTargetGroups&LoadBalancerArn={shop}")).await;
    assert_eq!(of_shop.elements("TargetGroupName"), ["web", "admin"]);
    let arn = all.element("TargetGroupArn").unwrap();
    let one = elb(&simulator, &format!("DescribeTargetGroups&TargetGroupArns.member.1={arn}")).await;
    assert_eq!((one.elements("TargetGroupName"), one.element("TargetType")), (vec!["web"], Some("ip")));
    let missing = elb(&simulator, "DescribeTargetGroups&TargetGroupArns.member.1=arn:x").await;
    assert_eq!((missing.status, missing.element("Code")), (400, Some("TargetGroupNotFound")));
}

#[tokio::test]
async fn a_web_acl_is_found_by_what_it_protects() {
    let simulator = simulator(ACCOUNT).await;
    let ask = async |arn: &str| {
        json(&simulator, "wafv2", "AWSWAF_20190729.GetWebACLForResource", &value!({"ResourceArn": arn})).await.json()
    };
    assert_eq!(ask(&arn_of(&simulator, "safe").await).await["WebACL"]["Name"], "front");
    assert_eq!(ask(&arn_of(&simulator, "shop").await).await, value!({}));
    assert_eq!(ask("arn:x").await["__type"], "WAFNonexistentItemException");
}

#[tokio::test]
async fn buckets_tell_their_region_when_something_is_asked() {
    let simulator = simulator(ACCOUNT).await;
    let get = async |query: &str| rest(&simulator, "s3", &format!("GET /{query}"), "").await;
    let all = get("?x-id=ListBuckets").await;
    assert_eq!(all.header("content-type"), Some("application/xml"));
    assert!(all.body.contains("<ListAllMyBucketsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Owner>"));
    assert_eq!((all.elements("Name"), all.element("BucketRegion")), (vec!["ape", "zoo"], None));
    assert_eq!(all.elements("CreationDate")[1], "2024-05-06T00:00:00.000Z");
    let first = get("?max-buckets=1").await;
    assert_eq!((first.elements("Name"), first.element("BucketRegion")), (vec!["ape"], Some("eu-west-1")));
    let token = first.element("ContinuationToken").unwrap();
    let second = get(&format!("?max-buckets=1&continuation-token={token}")).await;
    assert_eq!((second.elements("Name"), second.element("BucketRegion")), (vec!["zoo"], Some("us-east-1")));
    assert!(second.element("ContinuationToken").is_none());
    let wrong = get("?continuation-token=x").await;
    assert_eq!((wrong.status, wrong.element("Code")), (400, Some("InvalidArgument")));
}

#[tokio::test]
async fn interfaces_of_the_file_and_of_machines_are_listed() {
    let simulator = simulator(ACCOUNT).await;
    let ask = async |form: &str| query(&simulator, "ec2", &format!("Action=DescribeNetworkInterfaces{form}")).await;
    let all = ask("").await;
    assert_eq!(all.elements("networkInterfaceId").len(), 3);
    let one = ask("&NetworkInterfaceId.1=eni-1").await;
    assert_eq!((one.element("publicIp"), one.element("description")), (Some("198.51.100.4"), Some("door")));
    assert_eq!((one.element("subnetId"), one.element("vpcId")), (Some("subnet-1"), Some("vpc-1")));
    assert_eq!((one.elements("groupId"), one.element("status")), (vec!["sg-1", "sg-2"], Some("available")));
    let by_group = ask("&Filter.1.Name=group-id&Filter.1.Value.1=sg-1").await;
    assert_eq!(by_group.elements("networkInterfaceId").len(), 2);
    let by_id = ask("&Filter.1.Name=network-interface-id&Filter.1.Value.1=eni-1&Filter.1.Value.2=eni-9").await;
    assert_eq!(by_id.elements("networkInterfaceId"), ["eni-1"]);
    let missing = ask("&NetworkInterfaceId.1=eni-9").await;
    assert_eq!((missing.status, missing.element("Code")), (400, Some("InvalidNetworkInterfaceID.NotFound")));
    let first = ask("&MaxResults=2").await;
    let token = first.element("nextToken").unwrap();
    assert_eq!(ask(&format!("&MaxResults=2&NextToken={token}")).await.elements("networkInterfaceId").len(), 1);
}

#[tokio::test]
async fn interfaces_of_tasks_are_told_by_both_services() {
    let simulator = demo().await;
    let ecs = async |operation: &str, body: Value| {
        json(&simulator, "ecs", &format!("AmazonEC2ContainerServiceV20141113.{operation}"), &body).await.json()
    };
    let tasks = ecs("ListTasks", value!({"cluster": "shop-tasks"})).await["taskArns"].clone();
    let described = ecs("DescribeTasks", value!({"cluster": "shop-tasks", "tasks": tasks})).await;
    let attachments =
        described["tasks"].as_array().unwrap().iter().flat_map(|task| task["attachments"].as_array().unwrap());
    let details = attachments.flat_map(|attachment| attachment["details"].as_array().unwrap());
    let ids: Vec<&str> = details
        .filter(|detail| detail["name"] == "networkInterfaceId")
        .map(|detail| detail["value"].as_str().unwrap())
        .collect();
    assert!(!ids.is_empty());
    let form: String = (1..).zip(&ids).fold("Action=DescribeNetworkInterfaces".to_owned(), |form, (number, id)| {
        form + &format!("&NetworkInterfaceId.{number}={id}")
    });
    let interfaces = query(&simulator, "ec2", &form).await;
    assert_eq!(interfaces.elements("networkInterfaceId").len(), ids.len());
    assert!(interfaces.elements("requesterManaged").iter().all(|managed| *managed == "true"));
    assert!(interfaces.element("association").is_some());
}

#[tokio::test]
async fn machines_tell_where_they_stand() {
    let simulator = simulator(ACCOUNT).await;
    let ask = async |form: &str| query(&simulator, "ec2", &format!("Action=DescribeInstances{form}")).await;
    let one = ask("&Filter.1.Name=instance-id&Filter.1.Value.1=i-1").await;
    assert_eq!((one.elements("instanceId"), one.element("httpTokens")), (vec!["i-1"], Some("optional")));
    let profile = "<arn>arn:aws:iam::111122223333:instance-profile/ecs</arn>";
    assert_eq!((one.element("iamInstanceProfile"), one.element("vpcId")), (Some(profile), Some("vpc-1")));
    assert_eq!((one.element("ipAddress"), one.element("publicIp")), (Some("203.0.113.7"), Some("203.0.113.7")));
    let group = "<item><groupId>sg-1</groupId><groupName>web</groupName></item>";
    assert_eq!(one.elements("groupSet"), [group, group]);
    let interface = one.element("networkInterfaceId").unwrap();
    let listed =
        query(&simulator, "ec2", &format!("Action=DescribeNetworkInterfaces&NetworkInterfaceId.1={interface}")).await;
    assert_eq!(listed.element("privateIpAddress"), one.element("privateIpAddress"));
    let stopped = ask("&InstanceId.1=i-2").await;
    assert_eq!(stopped.element("instanceState"), Some("<code>80</code><name>stopped</name>"));
    assert_eq!(ask("&InstanceId.1=i-9").await.element("Code"), Some("InvalidInstanceID.NotFound"));
}

#[tokio::test]
async fn groups_are_found_by_vpc_and_name_and_volumes_are_encrypted() {
    let simulator = simulator(ACCOUNT).await;
    let form = "Action=DescribeSecurityGroups&Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-2\
                &Filter.2.Name=group-name&Filter.2.Value.1=default";
    let found = query(&simulator, "ec2", form).await;
    assert_eq!((found.elements("groupId"), found.elements("groupName")), (vec!["sg-2"], vec!["default"]));
    let encryption = query(&simulator, "ec2", "Action=GetEbsEncryptionByDefault").await;
    assert_eq!(encryption.element("ebsEncryptionByDefault"), Some("true"));
}

#[tokio::test]
async fn each_can_be_denied_by_its_resource() {
    let denied = |action: &str, resource: &str| Denial { resource: Some(resource.to_owned()), ..Denial::of(action) };
    let deny = vec![
        denied("elasticloadbalancing:DescribeListeners", "app/shop/"),
        denied("elasticloadbalancing:DescribeRules", "app/shop/"),
        denied("elasticloadbalancing:DescribeTargetGroups", "targetgroup/web/"),
        denied("wafv2:GetWebACL", "app/safe/"),
        denied("ec2:DescribeNetworkInterfaces", "eni-1"),
        denied("ec2:DescribeInstances", "i-2"),
        Denial::of("ec2:GetEbsEncryptionByDefault"),
        Denial::of("s3:ListAllMyBuckets"),
    ];
    let simulator = with_faults(ACCOUNT, Faults { deny, ..Faults::default() }).await;
    let (shop, safe) = (arn_of(&simulator, "shop").await, arn_of(&simulator, "safe").await);
    elb(&simulator, &format!("DescribeListeners&LoadBalancerArn={safe}")).await;
    let refused = elb(&simulator, &format!("DescribeListeners&LoadBalancerArn={shop}")).await;
    assert_eq!((refused.status, refused.element("Code")), (403, Some("AccessDenied")));
    elb(&simulator, &format!("DescribeRules&ListenerArn={}", shop.replace("loadbalancer", "listener"))).await;
    elb(&simulator, "DescribeTargetGroups&TargetGroupArns.member.1=arn:x:targetgroup/web/1").await;
    let body: Value = value!({"ResourceArn": safe});
    json(&simulator, "wafv2", "AWSWAF_20190729.GetWebACLForResource", &body).await;
    let filter = "Filter.1.Name=network-interface-id&Filter.1.Value.1=eni-1";
    query(&simulator, "ec2", &format!("Action=DescribeNetworkInterfaces&{filter}")).await;
    query(&simulator, "ec2", "Action=DescribeInstances&InstanceId.1=i-2").await;
    query(&simulator, "ec2", "Action=GetEbsEncryptionByDefault").await;
    let refused = rest(&simulator, "s3", "GET /", "").await;
    assert_eq!((refused.status, refused.element("Code")), (403, Some("AccessDenied")));
    let calls = simulator.calls();
    let allowed: Vec<&str> =
        calls.iter().filter(|call| call.outcome != Outcome::Denied).map(|call| call.action.as_str()).collect();
    let expected = ["elasticloadbalancing:DescribeLoadBalancers"; 2];
    assert_eq!(allowed, [&expected[..], &["elasticloadbalancing:DescribeListeners"]].concat());
    assert_eq!(calls.last().unwrap().action, "s3:ListAllMyBuckets");
}

#[test]
fn a_load_balancer_must_do_something() {
    let refusal = |region: &str| {
        let yaml = format!("account: \"111122223333\"\nregions:\n  us-east-1:\n    {region}\n");
        Account::from_yaml(&yaml).unwrap_err().to_string()
    };
    for (region, said) in [
        ("load_balancers: [{ name: a, listeners: [{ port: 80 }] }]", "needs one of `to`"),
        ("load_balancers: [{ name: a, listeners: [{ port: 80, to: b }] }]", "no target group called `b`"),
        ("load_balancers: [{ name: a, listeners: [{ port: 80, redirect: ftp }] }]", "ftp"),
        ("load_balancers: [{ name: a, listeners: [{ port: 80, redirect: https, colour: red }] }]", "colour"),
        ("target_groups: [{ name: a }, { name: a }]", "two target groups called `a`"),
        ("network_interfaces: [{ id: a, colour: red }]", "colour"),
    ] {
        assert!(refusal(region).contains(said), "{region}: {}", refusal(region));
    }
}

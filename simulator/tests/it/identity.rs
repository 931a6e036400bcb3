//! IAM and STS.

use palisade_simulator::Outcome;

use crate::client::{query, query_as, simulator};

const ACCOUNT: &str = r#"
account: "111122223333"
alias: shop
caller: user/eve
page_size: 2
iam:
  oidc_providers: [{ url: token.actions.githubusercontent.com, client_ids: [sts.amazonaws.com] }]
  groups: [{ name: staff, policies: [ReadOnlyAccess] }]
  users:
    - { name: eve, groups: [staff], access_keys: [{ id: AKIAEVE, last_used: 2026-11-01 }] }
  policies:
    - name: limits
      version: v2
      document: { Statement: [{ Effect: Allow, Action: "s3:*", Resource: "*" }] }
      versions: [{ id: v1, document: { Statement: [] } }]
  roles:
    - name: worker
      path: /shop/
      inline: { data: { Statement: [{ Action: dynamodb:GetItem, Resource: "*" }] } }
      policies: [AWSLambdaBasicExecutionRole, limits]
      boundary: limits
      last_used: { date: 2026-11-20, region: eu-west-1 }
      tags: { team: "R&D" }
      accessed: [{ action: "s3:GetObject", last: 2026-11-19 }, { action: "sqs" }]
    - { name: partner, external_id: secret, trust: ec2, instance_profiles: [{ name: partner }] }
    - { name: idle }
"#;

const DETAILS: &str = "Action=GetAccountAuthorizationDetails&Version=2010-05-08";

#[tokio::test]
async fn roles_come_in_pages_with_everything() {
    let simulator = simulator(ACCOUNT).await;
    let form = format!("{DETAILS}&Filter.member.1=Role&MaxItems=1000");
    let first = query(&simulator, "iam", &form).await;
    assert_eq!(first.status, 200);
    assert!(first.body.starts_with("<GetAccountAuthorizationDetailsResponse xmlns="));
    assert_eq!(first.element("IsTruncated"), Some("true"));
    assert_eq!(first.elements("RoleName"), ["worker", "partner", "partner"]);
    assert_eq!(first.element("Arn"), Some("arn:aws:iam::111122223333:role/shop/worker"));
    assert_eq!(first.element("RoleId").unwrap().len(), 21);
    assert_eq!(first.element("LastUsedDate"), Some("2026-11-20T00:00:00Z"));
    assert_eq!(first.element("PermissionsBoundaryArn"), Some("arn:aws:iam::111122223333:policy/limits"));
    assert_eq!(first.element("Value"), Some("R&amp;D"));
    assert_eq!(
        first.elements("PolicyArn"),
        ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole", "arn:aws:iam::111122223333:policy/limits"]
    );
    let inline = first.element("PolicyDocument").unwrap();
    assert!(inline.starts_with("%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Action%22"));
    assert!(first.elements("AssumeRolePolicyDocument")[1].contains("ec2.amazonaws.com"));
    assert!(first.body.contains("<InstanceProfileName>partner</InstanceProfileName>"));
    let marker = first.element("Marker").unwrap();
    let second = query(&simulator, "iam", &format!("{form}&Marker={marker}")).await;
    assert_eq!(second.elements("RoleName"), ["idle"]);
    assert_eq!(second.element("IsTruncated"), Some("false"));
    assert_eq!(second.element("LastUsedDate"), None);
    assert_eq!(second.element("Marker"), None);
}

#[tokio::test]
async fn users_and_groups_are_filtered() {
    let simulator = simulator(ACCOUNT).await;
    let answer = query(&simulator, "iam", &format!("{DETAILS}&Filter.member.1=User&Filter.member.2=Group")).await;
    assert_eq!(answer.element("UserName"), Some("eve"));
    assert_eq!(answer.element("GroupName"), Some("staff"));
    assert_eq!(answer.element("GroupList"), Some("<member>staff</member>"));
    assert_eq!(answer.element("RoleName"), None);
}

#[tokio::test]
async fn managed_policies_carry_all_versions_and_their_uses() {
    let simulator = simulator(ACCOUNT).await;
    let own = query(&simulator, "iam", &format!("{DETAILS}&Filter.member.1=LocalManagedPolicy")).await;
    assert_eq!(own.elements("VersionId"), ["v2", "v1"]);
    assert_eq!(own.elements("IsDefaultVersion"), ["true", "false"]);
    assert_eq!(own.element("AttachmentCount"), Some("1"));
    assert_eq!(own.element("PermissionsBoundaryUsageCount"), Some("1"));
    let of_aws = query(&simulator, "iam", &format!("{DETAILS}&Filter.member.1=AWSManagedPolicy")).await;
    assert_eq!(of_aws.elements("PolicyName"), ["ReadOnlyAccess", "AWSLambdaBasicExecutionRole"]);
}

#[tokio::test]
async fn listed_roles_have_a_session_length() {
    let simulator = simulator(ACCOUNT).await;
    let answer = query(&simulator, "iam", "Action=ListRoles").await;
    assert_eq!(answer.elements("RoleName"), ["worker", "partner"]);
    assert_eq!(answer.element("MaxSessionDuration"), Some("3600"));
}

#[tokio::test]
async fn oidc_providers_answer() {
    let simulator = simulator(ACCOUNT).await;
    let list = query(&simulator, "iam", "Action=ListOpenIDConnectProviders").await;
    let arn = list.element("Arn").unwrap();
    assert_eq!(arn, "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com");
    let form = |arn: &str| format!("Action=GetOpenIDConnectProvider&OpenIDConnectProviderArn={arn}");
    let one = query(&simulator, "iam", &form(arn)).await;
    assert_eq!(one.element("ClientIDList"), Some("<member>sts.amazonaws.com</member>"));
    let other = query(&simulator, "iam", &form("arn:aws:iam::111122223333:oidc-provider/other")).await;
    assert_eq!((other.status, other.element("Code")), (404, Some("NoSuchEntity")));
}

#[tokio::test]
async fn the_account_tells_its_alias_and_counts() {
    let simulator = simulator(ACCOUNT).await;
    let aliases = query(&simulator, "iam", "Action=ListAccountAliases").await;
    assert_eq!(aliases.element("AccountAliases"), Some("<member>shop</member>"));
    let summary = query(&simulator, "iam", "Action=GetAccountSummary").await;
    assert!(summary.body.contains("<entry><key>Roles</key><value>3</value></entry>"));
    assert!(summary.body.contains("<entry><key>AccountMFAEnabled</key><value>1</value></entry>"));
}

#[tokio::test]
async fn access_keys_tell_their_use() {
    let simulator = simulator(ACCOUNT).await;
    let keys = query(&simulator, "iam", "Action=ListAccessKeys&UserName=eve").await;
    assert_eq!(keys.element("AccessKeyId"), Some("AKIAEVE"));
    let used = query(&simulator, "iam", "Action=GetAccessKeyLastUsed&AccessKeyId=AKIAEVE").await;
    assert_eq!(used.element("LastUsedDate"), Some("2026-11-01T00:00:00Z"));
}

#[tokio::test]
async fn last_access_is_a_job_that_is_done_at_once() {
    let simulator = simulator(ACCOUNT).await;
    let arn = "arn:aws:iam::111122223333:role/shop/worker";
    let form = format!("Action=GenerateServiceLastAccessedDetails&Arn={arn}&Granularity=ACTION_LEVEL");
    let job = query(&simulator, "iam", &form).await;
    let id = job.element("JobId").unwrap();
    let answer = query(&simulator, "iam", &format!("Action=GetServiceLastAccessedDetails&JobId={id}")).await;
    assert_eq!(answer.element("JobStatus"), Some("COMPLETED"));
    assert_eq!(answer.elements("ServiceNamespace"), ["s3", "sqs"]);
    assert_eq!(answer.element("ActionName"), Some("GetObject"));
    assert_eq!(answer.elements("TotalAuthenticatedEntities"), ["1", "0"]);
    let other = query(&simulator, "iam", "Action=GetServiceLastAccessedDetails&JobId=unknown").await;
    assert_eq!(other.element("Code"), Some("NoSuchEntity"));
}

#[tokio::test]
async fn the_caller_is_the_user_until_a_role_is_assumed() {
    let simulator = simulator(ACCOUNT).await;
    let before = query(&simulator, "sts", "Action=GetCallerIdentity").await;
    assert_eq!(before.element("Arn"), Some("arn:aws:iam::111122223333:user/eve"));
    assert_eq!(before.element("Account"), Some("111122223333"));
    let form = "Action=AssumeRole&RoleArn=arn:aws:iam::111122223333:role/shop/worker&RoleSessionName=audit";
    let assumed = query(&simulator, "sts", form).await;
    let key = assumed.element("AccessKeyId").unwrap();
    assert!(key.starts_with("ASIA") && key.len() == 20);
    assert!(assumed.element("Expiration").unwrap().ends_with('Z'));
    let after = query_as(&simulator, "sts", "Action=GetCallerIdentity", key).await;
    assert_eq!(after.element("Arn"), Some("arn:aws:sts::111122223333:assumed-role/worker/audit"));
    assert!(after.element("UserId").unwrap().ends_with(":audit"));
    assert_eq!(simulator.calls().last().unwrap().access_key, key);
}

#[tokio::test]
async fn a_role_is_assumed_only_with_its_external_id() {
    let simulator = simulator(ACCOUNT).await;
    let form = "Action=AssumeRole&RoleArn=arn:aws:iam::111122223333:role/partner&RoleSessionName=audit";
    let without = query(&simulator, "sts", form).await;
    assert_eq!((without.status, without.element("Code")), (403, Some("AccessDenied")));
    assert_eq!(
        without.element("Message"),
        Some(
            "User: arn:aws:iam::111122223333:user/eve is not authorized to perform: sts:AssumeRole on resource: \
             arn:aws:iam::111122223333:role/partner"
        )
    );
    let with = query(&simulator, "sts", &format!("{form}&ExternalId=secret")).await;
    assert_eq!(with.status, 200);
    let nobody = query(&simulator, "sts", &form.replace("partner", "nobody")).await;
    assert_eq!(nobody.status, 403);
    let outcomes: Vec<Outcome> = simulator.calls().iter().map(|call| call.outcome).collect();
    assert_eq!(outcomes, [Outcome::Denied, Outcome::Answered, Outcome::Denied]);
}

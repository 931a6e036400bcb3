//! Every partition of AWS: its Regions, its ARNs, its hosts.

use palisade_simulator::{Account, Faults};

use crate::support::World;

/// Partitions with one of their Regions and their domain.
const PARTITIONS: [(&str, &str, &str); 8] = [
    ("aws", "us-east-1", "amazonaws.com"),
    ("aws-cn", "cn-north-1", "amazonaws.com.cn"),
    ("aws-eusc", "eusc-de-east-1", "amazonaws.eu"),
    ("aws-iso", "us-iso-east-1", "c2s.ic.gov"),
    ("aws-iso-b", "us-isob-east-1", "sc2s.sgov.gov"),
    ("aws-iso-e", "eu-isoe-west-1", "cloud.adc-e.uk"),
    ("aws-iso-f", "us-isof-south-1", "csp.hci.ic.gov"),
    ("aws-us-gov", "us-gov-west-1", "amazonaws.com"),
];

/// A function that anybody may call, and a rule that fetches images from a registry of the account.
fn account(partition: &str, region: &str, domain: &str) -> Account {
    let text = format!(
        r#"
account: "111122223333"
partition: {partition}
regions:
  {region}:
    lambda:
      functions:
        - name: hello
          policy: {{ Statement: [{{ Principal: "*", Action: "lambda:InvokeFunction" }}] }}
    ecr:
      pull_through:
        - {{ prefix: ours, upstream: "111122223333.dkr.ecr.{region}.{domain}" }}
"#
    );
    Account::from_yaml(&text).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn an_account_of_every_partition_is_audited_without_a_gap() {
    for (partition, region, domain) in PARTITIONS {
        let world = World::of(account(partition, region, domain), Faults::default());
        let palisade = world.palisade();
        let mut command = palisade.command(&["audit", "--format", "json", "--include", "pass,not-applicable"]);
        let run = crate::support::Run::of(command.env("AWS_REGION", region).output().unwrap());
        let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr));
        let report = crate::support::Report(report);
        assert_eq!(report.gaps(), &[] as &[serde_json::Value], "{partition}");
        let statuses = report.statuses();
        let status = |check: &str, arn: String| statuses.get(&(check.to_owned(), arn)).map(String::as_str);
        let function = format!("arn:{partition}:lambda:{region}:111122223333:function:hello");
        assert_eq!(status("lambda-policy-public", function), Some("fail"), "{partition}");
        let registry = format!("arn:{partition}:ecr:{region}:111122223333:registry");
        assert_eq!(status("ecr-pull-through-upstream-unexpected", registry), Some("pass"), "{partition}");
    }
}

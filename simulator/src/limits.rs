//! How often AWS lets itself be called: token buckets for groups of actions.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

use crate::action;
use crate::services::list::service;

/// Rates of calls; each call is counted in the first bucket that names its action.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Limits {
    /// The buckets, in the order in which they are tried.
    pub buckets: Vec<Bucket>,
}

/// One rate, shared by the actions it names.
#[derive(Debug, Clone, PartialEq)]
pub struct Bucket {
    /// Actions such as `lambda:GetPolicy`; a `*` at the end stands for any rest.
    pub actions: Vec<String>,
    /// Calls a second.
    pub rate: f64,
    /// Calls at once after a pause.
    pub burst: f64,
    /// Whether all Regions of the account share it.
    pub global: bool,
}

impl Bucket {
    fn new(actions: &[&str], rate: f64, burst: f64, global: bool) -> Bucket {
        Bucket { actions: actions.iter().map(|&action| action.to_owned()).collect(), rate, burst, global }
    }
}

impl Limits {
    /// The rates AWS documents, and what is assumed of services that document none: for IAM what others have found to
    /// work, 10 calls a second of each operation of ECR and GuardDuty and of all of ELB, 8 of each of EKS, 5 of each of
    /// Inspector, Pipes, Batch and S3, and of each of ECS about gateways.
    pub fn documented() -> Limits {
        let mut limits = Limits {
            buckets: vec![
                Bucket::new(&["lambda:GetPolicy"], 15.0, 15.0, false),
                Bucket::new(&["lambda:GetFunction"], 100.0, 100.0, false),
                Bucket::new(&["lambda:*"], 15.0, 15.0, false),
                Bucket::new(&["iam:GetAccountAuthorizationDetails"], 5.0, 5.0, true),
                Bucket::new(&["iam:*"], 15.0, 15.0, true),
                Bucket::new(&["account:ListRegions"], 5.0, 5.0, true),
                Bucket::new(&["organizations:DescribeOrganization", "organizations:ListRoots"], 1.0, 2.0, true),
                Bucket::new(&["organizations:DescribePolicy"], 2.0, 2.0, true),
                Bucket::new(&["organizations:*"], 5.0, 8.0, true),
                Bucket::new(&["sts:*"], 600.0, 600.0, false),
                Bucket::new(&["ec2:Describe*"], 20.0, 100.0, false),
                Bucket::new(&["ec2:Get*"], 20.0, 100.0, false),
                Bucket::new(&["events:*"], 50.0, 50.0, false),
                Bucket::new(&["scheduler:*"], 50.0, 50.0, false),
                Bucket::new(&["states:DescribeStateMachine"], 20.0, 200.0, false),
                Bucket::new(&["states:ListStateMachines"], 5.0, 100.0, false),
                Bucket::new(&["elasticloadbalancing:*"], 10.0, 10.0, false),
                Bucket::new(&["ecs:DescribeClusters", "ecs:ListClusters"], 20.0, 50.0, false),
                Bucket::new(
                    &[
                        "ecs:DescribeTaskDefinition",
                        "ecs:DescribeDaemonTaskDefinition",
                        "ecs:ListTaskDefinition*",
                        "ecs:ListDaemonTaskDefinitions",
                    ],
                    20.0,
                    50.0,
                    false,
                ),
                Bucket::new(
                    &[
                        "ecs:DescribeServices",
                        "ecs:ListServices",
                        "ecs:DescribeDaemon",
                        "ecs:ListDaemons",
                        "ecs:DescribeExpressGatewayService",
                    ],
                    20.0,
                    100.0,
                    false,
                ),
                Bucket::new(&["ecs:DescribeServiceRevisions", "ecs:DescribeDaemonRevisions"], 20.0, 50.0, false),
                Bucket::new(
                    &[
                        "ecs:DescribeTasks",
                        "ecs:ListTasks",
                        "ecs:DescribeContainerInstances",
                        "ecs:ListContainerInstances",
                        "ecs:ListAttributes",
                    ],
                    20.0,
                    100.0,
                    false,
                ),
                Bucket::new(&["ecs:DescribeCapacityProviders"], 20.0, 50.0, false),
                Bucket::new(&["ecs:ListAccountSettings"], 20.0, 50.0, false),
                Bucket::new(&["tag:GetResources"], 15.0, 15.0, false),
                Bucket::new(&["logs:DescribeLogGroups"], 10.0, 10.0, false),
                Bucket::new(&["ecr:BatchGetImage"], 2000.0, 2000.0, false),
                Bucket::new(&["ecr:GetDownloadUrlForLayer"], 3000.0, 3000.0, false),
            ],
        };
        limits.buckets.extend(each_operation("ecr", 10.0));
        limits.buckets.extend(each_operation("ecr-public", 10.0));
        limits.buckets.extend(each_operation("inspector2", 5.0));
        limits.buckets.extend(each_operation("eks", 8.0));
        limits.buckets.extend(each_operation("guardduty", 10.0));
        limits.buckets.extend(each_operation("ecs", 5.0));
        limits.buckets.extend(each_operation("wafv2", 5.0));
        limits.buckets.extend(each_operation("pipes", 5.0));
        limits.buckets.extend(each_operation("batch", 5.0));
        limits.buckets.extend(each_operation("s3", 5.0));
        limits
    }
}

/// A bucket for each operation of a service.
fn each_operation(name: &str, rate: f64) -> impl Iterator<Item = Bucket> {
    let service = service(name).into_iter();
    service
        .flat_map(|service| service.operations.iter().map(move |operation| (service.prefix, operation.action())))
        .map(move |(prefix, operation)| Bucket::new(&[&format!("{prefix}:{operation}")], rate, rate, false))
}

/// The buckets as they stand, per Region.
#[derive(Debug)]
pub(crate) struct Meter {
    limits: Limits,
    levels: Mutex<HashMap<(usize, String), Level>>,
}

#[derive(Debug, Clone, Copy)]
struct Level {
    tokens: f64,
    at: Instant,
}

impl Meter {
    pub(crate) fn new(limits: Limits) -> Meter {
        Meter { limits, levels: Mutex::default() }
    }

    /// Takes one token at `now`; an error is the seconds until there is one.
    pub(crate) fn take(&self, action: &str, region: &str, now: Instant) -> Result<(), f64> {
        let found = self
            .limits
            .buckets
            .iter()
            .enumerate()
            .find(|(_, bucket)| bucket.actions.iter().any(|pattern| action::matches(pattern, action)));
        let Some((index, bucket)) = found else {
            return Ok(());
        };
        let place = if bucket.global { String::new() } else { region.to_owned() };
        let mut levels = self.levels.lock().unwrap_or_else(PoisonError::into_inner);
        let level = levels.entry((index, place)).or_insert(Level { tokens: bucket.burst, at: now });
        let refill = now.saturating_duration_since(level.at).as_secs_f64() * bucket.rate;
        level.tokens = (level.tokens + refill).min(bucket.burst);
        level.at = now;
        if level.tokens < 1.0 {
            return Err((1.0 - level.tokens) / bucket.rate);
        }
        level.tokens -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn taken(meter: &Meter, action: &str, region: &str, now: Instant) -> usize {
        (0..1000).take_while(|_| meter.take(action, region, now).is_ok()).count()
    }

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let meter = Meter::new(Limits::documented());
        let start = Instant::now();
        assert_eq!(taken(&meter, "lambda:GetPolicy", "us-east-1", start), 15);
        let wait = meter.take("lambda:GetPolicy", "us-east-1", start).unwrap_err();
        assert!((wait - 1.0 / 15.0).abs() < 1e-9);
        let later = start + Duration::from_millis(400);
        assert_eq!(taken(&meter, "lambda:GetPolicy", "us-east-1", later), 6);
    }

    #[test]
    fn lambda_has_three_lanes_and_each_region_its_own() {
        let meter = Meter::new(Limits::documented());
        let now = Instant::now();
        assert_eq!(taken(&meter, "lambda:GetFunction", "us-east-1", now), 100);
        assert_eq!(taken(&meter, "lambda:ListFunctions", "us-east-1", now), 15);
        assert_eq!(taken(&meter, "lambda:GetResourcePolicy", "us-east-1", now), 0);
        assert_eq!(taken(&meter, "lambda:GetPolicy", "us-east-1", now), 15);
        assert_eq!(taken(&meter, "lambda:GetPolicy", "eu-west-1", now), 15);
    }

    #[test]
    fn global_services_share_one_bucket() {
        let meter = Meter::new(Limits::documented());
        let now = Instant::now();
        assert_eq!(taken(&meter, "account:ListRegions", "us-east-1", now), 5);
        assert_eq!(taken(&meter, "account:ListRegions", "eu-west-1", now), 0);
    }

    #[test]
    fn each_operation_of_ecr_and_inspector_has_its_own() {
        let meter = Meter::new(Limits::documented());
        let now = Instant::now();
        assert_eq!(taken(&meter, "ecr:DescribeImages", "us-east-1", now), 10);
        assert_eq!(taken(&meter, "ecr:GetRepositoryPolicy", "us-east-1", now), 10);
        assert_eq!(taken(&meter, "ecr-public:DescribeRepositories", "us-east-1", now), 10);
        assert_eq!(taken(&meter, "inspector2:ListCoverage", "us-east-1", now), 5);
        assert_eq!(taken(&meter, "inspector2:ListFindings", "us-east-1", now), 5);
        assert_eq!(taken(&meter, "ecr:BatchGetImage", "us-east-1", now), 1000);
        assert_eq!(taken(&meter, "eks:DescribeCluster", "us-east-1", now), 8);
        assert_eq!(taken(&meter, "eks:ListClusters", "us-east-1", now), 8);
        assert_eq!(taken(&meter, "s3:ListAllMyBuckets", "us-east-1", now), 5);
        assert_eq!(taken(&meter, "pipes:DescribePipe", "us-east-1", now), 5);
    }

    #[test]
    fn state_machines_have_a_burst_and_load_balancers_one_bucket() {
        let meter = Meter::new(Limits::documented());
        let now = Instant::now();
        assert_eq!(taken(&meter, "states:DescribeStateMachine", "us-east-1", now), 200);
        assert_eq!(taken(&meter, "states:ListStateMachines", "us-east-1", now), 100);
        assert_eq!(taken(&meter, "elasticloadbalancing:DescribeRules", "us-east-1", now), 10);
        assert_eq!(taken(&meter, "elasticloadbalancing:DescribeListeners", "us-east-1", now), 0);
    }

    #[test]
    fn operations_of_ecs_share_buckets_by_what_they_read() {
        let meter = Meter::new(Limits::documented());
        let now = Instant::now();
        assert_eq!(taken(&meter, "ecs:DescribeTaskDefinition", "us-east-1", now), 50);
        assert_eq!(taken(&meter, "ecs:ListTaskDefinitionFamilies", "us-east-1", now), 0);
        assert_eq!(taken(&meter, "ecs:ListServices", "us-east-1", now), 100);
        assert_eq!(taken(&meter, "ecs:ListDaemons", "us-east-1", now), 0);
        assert_eq!(taken(&meter, "ecs:DescribeServiceRevisions", "us-east-1", now), 50);
        assert_eq!(taken(&meter, "ecs:ListTasks", "us-east-1", now), 100);
        assert_eq!(taken(&meter, "ecs:ListClusters", "us-east-1", now), 50);
        assert_eq!(taken(&meter, "ecs:ListAccountSettings", "us-east-1", now), 50);
        assert_eq!(taken(&meter, "ecs:DescribeGateway", "us-east-1", now), 5);
        assert_eq!(taken(&meter, "ecs:ListGateways", "us-east-1", now), 5);
    }

    #[test]
    fn what_no_bucket_names_is_free() {
        let meter = Meter::new(Limits::documented());
        assert_eq!(taken(&meter, "sqs:GetQueueAttributes", "us-east-1", Instant::now()), 1000);
    }
}

//! What the settings of a role's workloads ask for, however seldom it is used.

use std::collections::BTreeMap;

use palisade_policy::{PrincipalKind, Statement};

use super::scope::Scopes;
use crate::account::Account;
use palisade_model::iam::{PolicyText, Role};
use palisade_model::lambda::{EventSourceMapping, Function, Tracing};
use palisade_model::workload::{Kind, Unseen};
use palisade_model::{Arn, Gap};

/// Calls by which Lambda keeps a function's network interfaces.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions>
const NETWORK: &[&str] = &[
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeVpcs",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
];
pub(super) const LOGS: &[&str] = &["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];
const TRACES: &[&str] = &["xray:PutTraceSegments", "xray:PutTelemetryRecords"];
/// Calls that hand on what failed, by the service that takes it.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>
const HAND_ON: &[(&str, &str)] = &[
    ("sqs", "sqs:SendMessage"),
    ("sns", "sns:Publish"),
    ("lambda", "lambda:InvokeFunction"),
    ("events", "events:PutEvents"),
    ("s3", "s3:PutObject"),
];

/// Why an action is needed, and for which resources; none where that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Demand {
    pub(super) resources: Option<Vec<String>>,
    pub(super) because: String,
}

/// What settings ask for, by action in lower case.
#[derive(Debug, Default)]
pub(super) struct Demands {
    by_action: BTreeMap<String, Demand>,
    /// Resources that actions can be limited to, because Lambda alone uses them.
    pub(super) scopes: Scopes,
    pub(super) remarks: Vec<String>,
}

impl Demands {
    /// What the workloads of a role ask for.
    pub(super) fn of(role: &Role, account: &Account<'_>) -> Self {
        let mut demands = Self::default();
        let Unseen { functions, controllers: _, tasks } = &account.workloads().unseen;
        let mut gaps: Vec<Gap> = functions.iter().chain(tasks).cloned().collect();
        let mut runs_functions_alone = true;
        for workload in account.workloads_of_role(&role.arn) {
            match workload.kind {
                Kind::Function(function) => gaps.extend(demands.add_function(function, account)),
                // The configuration of pods asks for nothing of AWS; their code does.
                Kind::Controller(_) => runs_functions_alone = false,
                Kind::Tasks(tasks) => {
                    runs_functions_alone = false;
                    gaps.extend(demands.add_tasks(&tasks));
                }
            }
        }
        gaps.extend(demands.add_executions(role, account));
        runs_functions_alone &= !account.workloads_of_role(&role.arn).is_empty();
        if let Some(gap) = gaps.first() {
            demands.add_unread();
            demands.remarks.push(format!("not all that the role's workloads ask for is known: {gap}"));
        }
        if !runs_functions_alone || !gaps.is_empty() || !serves_lambda_alone(&role.trust) {
            demands.scopes = Scopes::default();
            demands.remarks.push("resources are kept as granted: other workloads may run as the role".to_owned());
        }
        demands
    }

    /// What asks for an action.
    pub(super) fn for_action(&self, action: &str) -> Option<&Demand> {
        self.by_action.get(&action.to_ascii_lowercase())
    }

    pub(super) fn add(&mut self, action: &str, resources: Option<Vec<String>>, because: &str) {
        let entry = self.by_action.entry(action.to_ascii_lowercase());
        let known = entry.or_insert_with(|| Demand { resources: Some(vec![]), because: because.to_owned() });
        match (&mut known.resources, resources) {
            (Some(known), Some(more)) => {
                let new: Vec<_> = more.into_iter().filter(|one| !known.contains(one)).collect();
                known.extend(new);
            }
            (all, _) => *all = None,
        }
    }

    /// Whatever settings can ask for, as some were not read.
    fn add_unread(&mut self) {
        let hand_on = HAND_ON.iter().map(|(_, action)| action);
        for action in LOGS.iter().chain(NETWORK).chain(TRACES).chain(&["kms:Decrypt"]).chain(hand_on) {
            self.add(action, None, "a workload of the role that was not read may ask for it");
        }
    }

    /// What a function and the event sources that feed it ask for; and the gap when there may be more of these.
    fn add_function(&mut self, function: &Function, account: &Account<'_>) -> Option<Gap> {
        self.add_settings(function);
        let (mappings, gap) = account.mappings_of(function);
        for mapping in mappings {
            self.add_mapping(mapping);
        }
        gap
    }

    fn add_settings(&mut self, function: &Function) {
        for action in LOGS {
            let group = log_group(function);
            self.scopes.add(action, group.clone());
            self.add(action, Some(vec![group]), "a function logs by it");
        }
        if function.vpc.is_some() {
            for action in NETWORK {
                self.add(action, None, "Lambda makes network interfaces by it for a function in a VPC");
            }
        }
        match function.tracing {
            Tracing::Active => TRACES.iter().for_each(|action| self.add(action, None, "a function is traced")),
            Tracing::PassThrough => {}
            Tracing::Other(_) => {
                for action in TRACES {
                    self.add(action, None, "whether a function is traced is not known");
                }
            }
        }
        if let Some(key) = &function.environment_key {
            self.add("kms:Decrypt", Some(vec![key.to_string()]), "a function's environment is encrypted with the key");
        }
        if let Some(target) = &function.dead_letter_target {
            self.add_hand_on(target, "a function's failed events go there");
        }
        match function.failure_destinations.known() {
            Ok(targets) => {
                for target in targets {
                    self.add_hand_on(target, "a function's failed events go there");
                }
            }
            Err(_) => {
                for (_, action) in HAND_ON {
                    self.add(action, None, "where a function's failed events go was not read");
                }
            }
        }
    }

    fn add_mapping(&mut self, mapping: &EventSourceMapping) {
        if let Some(target) = &mapping.failure_destination {
            self.add_hand_on(target, "an event source's failed records go there");
        }
        let Some(source) = &mapping.source else { return };
        for action in super::scope::reads(mapping) {
            self.scopes.add(action, source.to_string());
            self.add(action, Some(vec![source.to_string()]), "an event source is read by it");
        }
    }

    fn add_hand_on(&mut self, target: &Arn, because: &str) {
        let call = HAND_ON.iter().find(|(service, _)| *service == target.service());
        let Some((service, action)) = call else { return };
        let resource = if *service == "s3" { format!("{target}/*") } else { target.to_string() };
        self.add(action, Some(vec![resource]), because);
    }
}

fn log_group(function: &Function) -> String {
    let arn = &function.arn;
    let default = || format!("/aws/lambda/{}", function.name);
    let group = function.logging.group.clone().unwrap_or_else(default);
    format!("arn:{}:logs:{}:{}:log-group:{group}:*", arn.partition(), arn.region(), arn.account())
}

/// Whether nobody but Lambda may assume the role.
fn serves_lambda_alone(trust: &PolicyText) -> bool {
    let PolicyText::Parsed(document) = trust else { return false };
    let is_lambda = |statement: &Statement| {
        let mut principals = statement.principals();
        let names_it = principals.all(|principal| {
            principal.kind() == PrincipalKind::Service && principal.as_str() == "lambda.amazonaws.com"
        });
        names_it && !statement.names_everyone() && statement.principals().next().is_some()
    };
    let mut allows = document.statements.iter().filter(|statement| statement.effect == palisade_policy::Effect::Allow);
    allows.all(is_lambda)
}

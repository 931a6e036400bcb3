//! Resources that are deleted between the list that names them and a read of their own.

use std::time::Duration;

use palisade_checks::audit::Notice;
use palisade_model::Arn;
use palisade_simulator::{Failure, FailureKind, Faults};

use super::{collected, judged, run};

/// Something of each kind, whose read says that it is gone: the call, and a part of the name that is told.
const KINDS: &[(&str, &str)] = &[
    ("ecr:BatchGetImage", "/sha256:"),
    ("ecr:GetLifecyclePolicy", ":repository/"),
    ("ecr-public:GetRepositoryPolicy", ":repository/"),
    ("eks:DescribeAddon", "/addon/"),
    ("eks:DescribeNodegroup", "/nodegroup/"),
    ("events:DescribeRule", ":rule/"),
    ("iam:GenerateServiceLastAccessedDetails", ":role/"),
    ("iam:GetOpenIDConnectProvider", ":oidc-provider/"),
    ("iam:ListAccessKeys", ":user/"),
    ("lambda:GetLayerVersionPolicy", ":layer:"),
    ("lambda:GetPolicy", ":function:"),
    ("pipes:DescribePipe", ":pipe/"),
    ("scheduler:GetSchedule", ":schedule/"),
    ("states:DescribeStateMachine", ":stateMachine:"),
    ("eks:ListNodegroups", ":cluster/"),
];

#[test]
fn what_is_deleted_meanwhile_is_neither_passed_nor_failed_and_named_once() {
    run(|| async {
        for kinds in KINDS.chunks(4) {
            delete(kinds).await;
        }
    });
}

async fn delete(kinds: &[(&str, &str)]) {
    let gone = |(action, _): &(&str, &str)| Failure { times: Some(1), ..Failure::of(action, FailureKind::Deleted) };
    let faults = Faults { failures: kinds.iter().map(gone).collect(), ..Faults::default() };
    let inventory = collected(faults, Duration::from_mins(1)).await;
    for (action, part) in kinds {
        assert!(inventory.gone.iter().any(|name| name.as_str().contains(part)), "{action}: {:?}", inventory.gone);
    }
    assert_eq!(inventory.gone.len(), kinds.len(), "{:?}", inventory.gone);
    let report = judged(&inventory);
    let is_gone = |name: &Arn| inventory.gone.contains(name);
    assert!(!report.findings.iter().any(|finding| is_gone(&finding.resource)), "{:?}", inventory.gone);
    assert!(!report.gaps.iter().any(|gap| gap.place.resource.as_ref().is_some_and(is_gone)), "{:?}", report.gaps);
    let told = report.notices.iter().filter(|notice| matches!(notice, Notice::Gone(names) if *names == inventory.gone));
    assert_eq!(told.count(), 1);
}

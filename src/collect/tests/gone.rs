//! Resources that are deleted between the list that names them and a read of their own.

use std::time::Duration;

use palisade_checks::audit::Notice;
use palisade_simulator::{Failure, FailureKind, Faults};

use super::{collected, judged, run};

/// Something of each kind, whose read says that it is gone: the call, a part of its ARN, and the name that is told.
const KINDS: &[(&str, &str)] = &[("lambda:GetPolicy", ":function:"), ("eks:DescribeCluster", ":cluster/")];

#[test]
fn what_is_deleted_meanwhile_is_neither_passed_nor_failed_and_named_once() {
    run(each_kind);
}

async fn each_kind() {
    for (action, part) in KINDS {
        let gone = Failure { times: Some(1), ..Failure::of(action, FailureKind::Deleted) };
        let faults = Faults { failures: vec![gone], ..Faults::default() };
        let inventory = collected(faults, Duration::from_secs(10)).await;
        let [buried] = inventory.gone.as_slice() else { panic!("{action}: {:?}", inventory.gone) };
        assert!(buried.as_str().contains(part), "{action}: {buried}");
        let report = judged(&inventory);
        assert!(report.findings.iter().all(|finding| finding.resource != *buried), "{action}");
        assert!(report.gaps.iter().all(|gap| gap.place.resource.as_ref() != Some(buried)), "{action}");
        let told =
            report.notices.iter().filter(|notice| matches!(notice, Notice::Gone(names) if names == &[buried.clone()]));
        assert_eq!(told.count(), 1, "{action}");
    }
}

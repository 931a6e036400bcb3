//! Workloads and namespaces, held to the Pod Security Standards.

use super::workloads::{each_spec, is_for_agents};
use crate::account::Account;
use crate::pod_security::{Effective, Level, Modes, NamespaceVerdict, Version, Violation, effective, evaluate, judge};
use palisade_model::Inside;
use palisade_model::kubernetes::{Controller, Namespace};
use palisade_model::verdict::Outcome;
use palisade_model::{Action, Gap};

/// The version of the standards that the cluster's API server means by `latest`.
pub fn newest_version<T>(inside: &Inside<'_, T>) -> Result<Version, Gap> {
    Ok(Version::Latest.on(server_minor(inside)?))
}

/// The minor version of the cluster's API server; a gap for a major version that is not known here.
pub fn server_minor<T>(inside: &Inside<'_, T>) -> Result<u32, Gap> {
    let server = inside.objects.version.known()?;
    if server.major == 1 {
        return Ok(server.minor);
    }
    let why = format!("version {server} of Kubernetes is not known");
    Err(Gap::undecided(Action::KubernetesGetVersion, &inside.cluster.arn, why))
}

/// What a workload does beyond the baseline level.
pub fn beyond_baseline(inside: &Inside<'_, Controller>, account: &Account) -> Outcome {
    let version = newest_version(inside)?;
    each_spec(inside, account, |spec| Ok(evaluate(Level::Baseline, version, spec).iter().map(told).collect()))
}

/// What a workload does beyond the restricted level and not beyond the baseline level.
pub fn beyond_restricted(inside: &Inside<'_, Controller>, account: &Account) -> Outcome {
    let version = newest_version(inside)?;
    each_spec(inside, account, |spec| {
        let baseline = evaluate(Level::Baseline, version, spec);
        let is_new = |violation: &&Violation| baseline.iter().all(|other| other.message != violation.message);
        Ok(evaluate(Level::Restricted, version, spec).iter().filter(is_new).map(told).collect())
    })
}

/// What a namespace's labels come to.
pub fn labelled(namespace: &Namespace) -> Effective {
    effective(&namespace.labels, Modes::default())
}

/// What is to be said of a namespace by its labels alone.
pub fn verdict(namespace: &Namespace) -> NamespaceVerdict {
    judge(&labelled(namespace).modes, 0, is_for_agents(&namespace.name))
}

fn told(violation: &Violation) -> String {
    format!("{} ({}): {}", violation.control.title(), violation.control.id(), violation.message)
}

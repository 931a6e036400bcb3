//! The tables of this crate that grow old, in one list.

use jiff::Timestamp;
use jiff::civil::Date;
use palisade_policy::Catalogue;

use crate::{access, ask, in_cluster, pod_security, rbac, tasks};
use palisade_model::dated::Dated;
use palisade_model::{invokers, kubernetes, partition, publishers, runtime, upstreams};

/// All tables that grow old.
pub fn all() -> Vec<Dated> {
    let actions = Dated {
        name: "actions of AWS",
        source: "https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html",
        as_of: Catalogue::get().date().parse().unwrap_or(Date::ZERO),
    };
    vec![
        actions,
        access::escalation::DATED,
        access::oidc::DATED,
        ask::RESOURCE_POLICIES,
        in_cluster::runtime::AGENTS_DATED,
        invokers::DATED,
        kubernetes::NAMESPACES_DATED,
        kubernetes::REGISTRIES.dated(),
        partition::PARTITIONS.dated(),
        partition::REGIONS.dated(),
        pod_security::STANDARDS,
        publishers::TABLE.dated(),
        rbac::known::OF_EKS.dated(),
        rbac::known::OF_KUBERNETES.dated(),
        rbac::POLICIES.dated(),
        runtime::TABLE.dated(),
        tasks::agents::DATED,
        tasks::platforms::DATED,
        tasks::tls::DATED,
        upstreams::DATED,
    ]
}

/// Those that are old at this moment.
pub fn old(now: Timestamp) -> impl Iterator<Item = Dated> {
    all().into_iter().filter(move |table| table.is_old(now))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::date;

    use super::*;

    #[test]
    fn every_table_says_whence_and_when() {
        let all = all();
        for table in &all {
            assert!(table.source.starts_with("https://"), "{}", table.name);
            assert!(table.as_of > date(2026, 7, 1), "{} is of {}", table.name, table.as_of);
        }
        let names: BTreeSet<_> = all.iter().map(|table| table.name).collect();
        assert_eq!(names.len(), all.len());
        assert_eq!(old("2026-08-02T00:00:00Z".parse().unwrap()).count(), 0);
        assert_eq!(old("2036-08-02T00:00:00Z".parse().unwrap()).count(), all.len());
    }
}

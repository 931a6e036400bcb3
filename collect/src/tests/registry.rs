//! The settings of a registry.

use std::time::Duration;

use palisade_model::ecr::{BasicScanner, Registry};
use palisade_model::{Arn, Fact};
use palisade_simulator::{Account, Faults};

use super::{collected_of, run};

async fn registry(yaml: &str) -> Registry {
    let account = format!("account: \"111122223333\"\nregions:\n  eu-west-1:\n    ecr:\n{yaml}");
    let account = Account::from_yaml(&account).unwrap();
    let inventory = Box::pin(collected_of(account, Faults::default(), Duration::from_mins(1))).await;
    inventory.regions[&"eu-west-1".into()].ecr.registry.clone()
}

#[test]
fn the_basic_scanner_is_asked_for_where_scans_are_basic() {
    run(|| async {
        let clair = registry("      basic_scan_version: CLAIR\n").await;
        assert_eq!(clair.basic_scanner, Fact::Known(BasicScanner::Clair));
        assert_eq!(registry("      repositories: []\n").await.basic_scanner, Fact::Known(BasicScanner::Native));
        let enhanced = registry("      basic_scan_version: CLAIR\n      scanning: { type: ENHANCED }\n").await;
        assert!(enhanced.basic_scanner.gap().is_some_and(|gap| gap.reason.is_choice()));
    });
}

#[test]
fn whose_pulls_do_not_count_and_what_is_fetched_from_below_which_prefix() {
    run(|| async {
        let rule =
            "{ prefix: teams, upstream: 666677778888.dkr.ecr.eu-central-1.amazonaws.com, upstream_prefix: open }";
        let yaml = format!(
            "      pull_time_exclusions: [\"arn:aws:iam::111122223333:role/scanner\"]\n      pull_through: [{rule}, {{ prefix: hub, upstream: registry-1.docker.io }}]\n"
        );
        let read = registry(&yaml).await;
        let excluded: Vec<_> = read.pull_time_exclusions.seen().iter().map(Arn::resource).collect();
        assert_eq!(excluded, ["role/scanner"]);
        let prefixes: Vec<_> =
            read.pull_through_rules.seen().iter().map(|rule| rule.upstream_prefix.as_deref()).collect();
        assert_eq!(prefixes, [Some("open"), None]);
    });
}

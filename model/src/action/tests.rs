use palisade_policy::Catalogue;
use palisade_policy::catalogue::AccessLevel;

use super::*;

#[test]
fn the_table_is_sorted_and_free_of_repeats() {
    let names: Vec<_> = Action::ALL.iter().map(|action| action.name()).collect();
    assert!(names.is_sorted_by(|left, right| left < right), "{names:?}");
}

#[test]
fn no_iam_policy_lists_what_a_cluster_is_asked() {
    let everything = Run { depth: Depth::Deep, tags: true, two_lanes: true };
    for action in Action::ALL {
        assert_eq!(action.is_kubernetes(), action.service() == "k8s", "{action}");
        assert!(!action.is_kubernetes() || !action.needed_by(everything), "{action}");
    }
}

#[test]
fn every_action_is_one_that_aws_documents_and_reads() {
    // Those came with botocore 1.44.8; the catalogue's data is of the month before.
    const NEWER: [Action; 2] = [Action::EcsDescribeGateway, Action::EcsListGateways];
    let catalogue = Catalogue::get();
    for action in NEWER {
        assert!(catalogue.action(action.name()).is_none(), "{action} is in the catalogue by now");
    }
    let is_looked_up =
        |action: &&Action| !action.is_kubernetes() && action.when() != When::Never && !NEWER.contains(action);
    for action in Action::ALL.iter().filter(is_looked_up) {
        let known = catalogue.action(action.name()).unwrap_or_else(|| panic!("{action} is not in the catalogue"));
        assert_eq!(known.name(), action.name());
        assert!(matches!(known.action.level, AccessLevel::List | AccessLevel::Read), "{action}");
    }
}

#[test]
fn names_round_trip() {
    for action in Action::ALL {
        assert_eq!(Action::from_name(action.name()), Some(*action));
        assert!(action.purpose().ends_with('.'), "{action}: {}", action.purpose());
    }
}

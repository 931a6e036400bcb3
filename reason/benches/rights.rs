//! How long it takes to judge the rights of 5,000 subjects: all at once, and one by one. Run it with
//! `cargo bench -p palisade-reason --bench rights`.

#![expect(clippy::disallowed_methods, clippy::print_stdout, clippy::unwrap_used, reason = "it measures and prints")]

use std::collections::{BTreeMap, HashMap};
use std::hint::black_box;
use std::time::Instant;

use palisade_model::Listing;
use palisade_model::kubernetes::{ClusterRole, RoleBinding, RoleRef, Rule, Subject};
use palisade_reason::rbac::review::Review;
use palisade_reason::rbac::{Kinds, RIGHTS, Rbac};
use palisade_scenes::kubernetes::inside;
use palisade_scenes::rbac::rule;

const SUBJECTS: usize = 5_000;
const ROLES: usize = 200;

/// Rules as operators have them: some twenty of a role, few of them dangerous.
fn rules(role: usize) -> Vec<Rule> {
    let resource = |number: usize| ["pods", "configmaps", "services", "events", "leases"][(role + number) % 5];
    let mut rules: Vec<_> = (0..20).map(|number| rule("get,list,watch", "core", resource(number))).collect();
    rules.push(rule("create,patch", "core", "events"));
    if role.is_multiple_of(10) {
        rules.push(rule("create", "apps", "deployments"));
    }
    rules
}

fn main() {
    let roles = (0..ROLES).map(|role| ClusterRole {
        name: format!("role-{role}"),
        labels: BTreeMap::new(),
        rules: rules(role),
        aggregates: vec![],
    });
    let bindings = (0..SUBJECTS).map(|number| RoleBinding {
        namespace: format!("team-{}", number % 2_000),
        name: format!("binding-{number}"),
        labels: BTreeMap::new(),
        role: RoleRef::ClusterRole(format!("role-{}", number % ROLES)),
        subjects: vec![Subject::ServiceAccount {
            namespace: format!("team-{}", number % 2_000),
            name: format!("account-{number}"),
        }],
    });
    let scene = inside(|objects| {
        objects.access.cluster_roles = Listing::whole(roles.collect());
        objects.access.role_bindings = Listing::whole(bindings.collect());
    });
    let cluster = scene.inventory.regions.values().flat_map(|region| region.eks.clusters.seen()).next().unwrap();

    let start = Instant::now();
    let review = Review::of(cluster).unwrap();
    let found = review.subjects_with("change workloads").len();
    let at_once = start.elapsed();

    let objects = cluster.inside.known().unwrap();
    let start = Instant::now();
    let (rbac, kinds) = (Rbac::new(&objects.access).unwrap(), Kinds::of(objects));
    let mut shares: HashMap<&Subject, Vec<_>> = HashMap::new();
    for binding in rbac.bindings() {
        for subject in binding.subjects {
            shares.entry(subject).or_default().push(binding);
        }
    }
    let mut single = 0;
    for bindings in shares.values() {
        for right in RIGHTS.iter() {
            let has = right.ways.iter().any(|way| {
                way.iter().all(|need| {
                    bindings.iter().any(|binding| {
                        let mut all = binding.rules.iter().flat_map(|rules| rules.iter());
                        all.any(|rule| need.is_met(rule, binding.scope, &kinds))
                    })
                })
            });
            single += usize::from(black_box(has) && right.name == "change workloads");
        }
    }
    let one_by_one = start.elapsed();
    assert_eq!(found, single, "both ways find the same");
    println!(
        "{SUBJECTS} subjects, {} rights: {at_once:.1?} at once, {one_by_one:.1?} one by one, {:.1} times faster",
        RIGHTS.len(),
        one_by_one.as_secs_f64() / at_once.as_secs_f64()
    );
}

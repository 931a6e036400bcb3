//! Roles, bindings and rights, as small clusters.

use std::collections::BTreeMap;

use super::review::Review;
use super::{RIGHTS, Rbac, Right};
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::{
    AccessObjects, ClusterRole, ClusterRoleBinding, Operator, Requirement, Role, RoleBinding, RoleRef, Rule, Selector,
    ServerVersion, Subject,
};
use palisade_model::verdict::Verdict;
use palisade_model::{Action, By, Fact, Gap, Listing, Place, Reason};

fn words(text: &str) -> Vec<String> {
    text.split(',').map(|word| if word == "core" { String::new() } else { word.to_owned() }).collect()
}

/// A rule from its verbs, API groups (`core` for the core group) and resources, each with commas between.
fn rule(verbs: &str, api_groups: &str, resources: &str) -> Rule {
    let [verbs, api_groups, resources] = [verbs, api_groups, resources].map(words);
    Rule { verbs, api_groups, resources, ..Rule::default() }
}

fn named(rule: Rule, names: &str) -> Rule {
    Rule { resource_names: words(names), ..rule }
}

fn cluster_role(name: &str, label: &str, rules: Vec<Rule>) -> ClusterRole {
    let labels = BTreeMap::from([(label.to_owned(), "true".to_owned())]);
    ClusterRole { name: name.to_owned(), labels, rules, aggregates: vec![] }
}

fn account(namespace: &str, name: &str) -> Subject {
    Subject::ServiceAccount { namespace: namespace.to_owned(), name: name.to_owned() }
}

fn group(name: &str) -> Subject {
    Subject::Group(name.to_owned())
}

fn in_cluster(role: &str, subject: Subject) -> ClusterRoleBinding {
    let role = RoleRef::ClusterRole(role.to_owned());
    ClusterRoleBinding { name: "binding".to_owned(), labels: BTreeMap::new(), role, subjects: vec![subject] }
}

fn in_namespace(namespace: &str, role: RoleRef, subject: Subject) -> RoleBinding {
    let (namespace, name) = (namespace.to_owned(), "binding".to_owned());
    RoleBinding { namespace, name, labels: BTreeMap::new(), role, subjects: vec![subject] }
}

fn objects(
    roles: Vec<Role>,
    cluster_roles: Vec<ClusterRole>,
    role_bindings: Vec<RoleBinding>,
    cluster_role_bindings: Vec<ClusterRoleBinding>,
) -> AccessObjects {
    AccessObjects {
        roles: Listing::whole(roles),
        cluster_roles: Listing::whole(cluster_roles),
        role_bindings: Listing::whole(role_bindings),
        cluster_role_bindings: Listing::whole(cluster_role_bindings),
    }
}

/// A cluster that was looked into, of Kubernetes 1.34, with these roles and bindings.
fn cluster(access: AccessObjects) -> Cluster {
    let scene = palisade_scenes::kubernetes::inside(|objects| {
        objects.version = Fact::Known(ServerVersion { major: 1, minor: 34 });
        objects.access = access;
    });
    let regions = scene.inventory.regions.into_values();
    regions.flat_map(|region| region.eks.clusters.seen().to_vec()).next().unwrap()
}

/// The rights that a subject has by bindings, by name.
fn held(access: AccessObjects, subject: &Subject) -> Vec<&'static str> {
    let cluster = cluster(access);
    let review = Review::of(&cluster).unwrap();
    review.rights_of(subject).into_iter().map(|right| right.name).collect()
}

/// The rights of a service account that has one role of the cluster, everywhere or in one namespace.
fn rights(rules: Vec<Rule>, namespace: Option<&str>) -> Vec<&'static str> {
    let role = || RoleRef::ClusterRole("role".to_owned());
    let here = namespace.map(|namespace| in_namespace(namespace, role(), account("shop", "orders")));
    let everywhere = namespace.is_none().then(|| in_cluster("role", account("shop", "orders")));
    let given = vec![cluster_role("role", "any", rules)];
    held(
        objects(vec![], given, here.into_iter().collect(), everywhere.into_iter().collect()),
        &account("shop", "orders"),
    )
}

#[test]
fn each_right_is_given_by_a_rule_of_its_own() {
    for (rule, right) in [
        (rule("escalate", "rbac.authorization.k8s.io", "clusterroles"), "escalate roles"),
        (rule("bind", "rbac.authorization.k8s.io", "clusterroles"), "bind roles"),
        (rule("impersonate", "core", "users"), "impersonate"),
        (rule("impersonate", "authentication.k8s.io", "userextras/scopes"), "impersonate"),
        (rule("create", "core", "serviceaccounts/token"), "issue tokens"),
        (rule("create", "core", "secrets"), "create secrets"),
        (rule("watch", "core", "secrets"), "read secrets"),
        (named(rule("patch", "core", "configmaps"), "aws-auth"), "change aws-auth"),
        (rule("get", "core", "nodes/proxy"), "reach the kubelet"),
        (rule("create", "core", "persistentvolumes"), "create persistent volumes"),
        (rule("create", "core", "pods"), "create pods"),
        (rule("patch", "apps", "daemonsets"), "change workloads"),
        (rule("create", "batch", "cronjobs"), "change workloads"),
        (rule("patch", "core", "pods"), "change pods"),
        (rule("create", "argoproj.io", "workflows"), "run workflows"),
        (rule("get", "core", "services/proxy"), "reach pods through the API server"),
        (rule("patch", "core", "nodes/status"), "change nodes"),
        (rule("create", "core", "pods/eviction"), "evict pods"),
        (rule("create", "apiregistration.k8s.io", "apiservices"), "redirect a part of the API"),
        (rule("create", "core", "endpoints"), "change endpoints"),
        (rule("create", "karpenter.sh", "nodepools"), "change node pools"),
        (rule("create", "argoproj.io", "applications"), "change what GitOps controllers deploy"),
        (rule("update", "core", "replicationcontrollers"), "change workloads"),
        (rule("get", "core", "pods/exec"), "run commands in pods"),
        (rule("create", "core", "pods/attach"), "run commands in pods"),
        (rule("patch", "core", "pods/ephemeralcontainers"), "run commands in pods"),
        (rule("create", "core", "pods/portforward"), "forward ports of pods"),
        (rule("patch", "core", "serviceaccounts"), "change service accounts"),
        (rule("patch", "core", "namespaces"), "change namespaces"),
        (rule("delete", "admissionregistration.k8s.io", "validatingadmissionpolicybindings"), "change admission"),
        (rule("create", "kyverno.io", "policyexceptions"), "make policy exceptions"),
        (rule("delete", "constraints.gatekeeper.sh", "k8spspprivilegedcontainer"), "weaken constraints"),
        (rule("update", "karpenter.k8s.aws", "ec2nodeclasses"), "change node classes"),
        (rule("delete", "networking.k8s.io", "networkpolicies"), "change network policies"),
        (rule("deletecollection", "events.k8s.io", "events"), "delete events"),
    ] {
        assert_eq!(rights(vec![rule.clone()], None), [right], "{rule:?}");
    }
}

/// What all ConfigMaps of `kube-system` are.
const CONFIGURATION: &[&str] = &["change aws-auth", "change network policies", "change the configuration of DNS"];

#[test]
fn rules_match_as_the_authorizer_does() {
    for (rule, expected) in [
        (rule("get", "core", "*/proxy"), &["reach the kubelet", "reach pods through the API server"][..]),
        (rule("get", "core", "nodes/*"), &[]),
        (rule("get", "core", "nodes"), &[]),
        (rule("create", "core", "pods/*"), &[]),
        (rule("create", "apps", "pods"), &[]),
        (rule("create", "*", "pods"), &["create pods"]),
        (rule("get,list,watch", "core", "pods,configmaps"), &[]),
        (rule("create", "core", "configmaps"), &[]),
        (rule("update", "core", "configmaps"), CONFIGURATION),
        (named(rule("update", "core", "configmaps"), "aws-auth,other"), &["change aws-auth"]),
        (named(rule("update", "core", "configmaps"), "other"), &[]),
        (rule("*", "*", "pods"), &["create pods", "change pods"]),
        // Nobody knows the name of what is still to be made, unless it is applied.
        (named(rule("create,patch", "core", "pods"), "one"), &["create pods"]),
        (named(rule("patch", "core", "pods"), "one"), &[]),
        (named(rule("create", "core", "pods"), "one"), &[]),
        (named(rule("create", "core", "pods/exec"), "one"), &[]),
        (named(rule("get", "core", "secrets"), "one"), &[]),
        (
            Rule { non_resource_urls: words("*"), verbs: words("get"), ..Rule::default() },
            &["read inner paths of the API server"],
        ),
        (Rule { non_resource_urls: words("/logs/*"), verbs: words("get"), ..Rule::default() }, &[]),
        (Rule { non_resource_urls: words("/healthz*"), verbs: words("get"), ..Rule::default() }, &[]),
    ] {
        assert_eq!(rights(vec![rule.clone()], None), expected, "{rule:?}");
    }
}

#[test]
fn all_of_everything_is_one_right() {
    assert_eq!(rights(vec![rule("*", "*", "*")], None), ["everything"]);
    let of_one = rights(vec![named(rule("*", "*", "*"), "one")], None);
    assert!(!of_one.contains(&"everything") && of_one.contains(&"reach the kubelet"), "{of_one:?}");
    let by_two = rights(vec![rule("get,list", "*", "*"), rule("create,patch,delete", "*", "*")], None);
    assert!(by_two.contains(&"everything") && by_two.contains(&"read secrets"), "{by_two:?}");
    assert!(!rights(vec![rule("get,list,create,patch", "*", "*")], None).contains(&"everything"));
}

#[test]
fn a_binding_of_one_namespace_gives_nothing_of_the_cluster() {
    for (rule, namespace, expected) in [
        (rule("create", "core", "pods"), "shop", Some("create pods")),
        (rule("get", "core", "nodes/proxy"), "shop", None),
        (rule("create", "core", "persistentvolumes"), "shop", None),
        (rule("escalate", "rbac.authorization.k8s.io", "clusterroles"), "shop", None),
        (rule("escalate", "rbac.authorization.k8s.io", "roles"), "shop", Some("escalate roles")),
        (rule("bind", "rbac.authorization.k8s.io", "clusterroles"), "shop", Some("bind roles")),
        (rule("impersonate", "core", "groups"), "shop", None),
        (rule("patch", "core", "namespaces"), "shop", Some("change namespaces")),
        (rule("patch", "core", "configmaps"), "shop", None),
        (named(rule("patch", "core", "configmaps"), "aws-auth"), "kube-system", Some("change aws-auth")),
    ] {
        assert_eq!(rights(vec![rule.clone()], Some(namespace)), Vec::from_iter(expected), "{rule:?} in {namespace}");
    }
}

#[test]
fn certificates_take_two_rights() {
    const GROUP: &str = "certificates.k8s.io";
    let (approval, approve) =
        (rule("update", GROUP, "certificatesigningrequests/approval"), rule("approve", GROUP, "signers"));
    let (status, sign) = (rule("update", GROUP, "certificatesigningrequests/status"), rule("sign", GROUP, "signers"));
    assert_eq!(rights(vec![approval.clone()], None), [""; 0]);
    assert_eq!(rights(vec![approve.clone()], None), [""; 0]);
    assert_eq!(rights(vec![approval.clone(), sign.clone()], None), [""; 0]);
    assert_eq!(rights(vec![approval, approve], None), ["approve certificates"]);
    assert_eq!(rights(vec![status, sign], None), ["sign certificates"]);
}

#[test]
fn rights_reach_a_service_account_through_its_groups() {
    for (subject, reached) in [
        (account("shop", "orders"), true),
        (account("billing", "orders"), false),
        (Subject::User("system:serviceaccount:shop:orders".to_owned()), true),
        (group("system:serviceaccounts"), true),
        (group("system:serviceaccounts:shop"), true),
        (group("system:serviceaccounts:billing"), false),
        (group("system:authenticated"), true),
        (group("system:unauthenticated"), false),
    ] {
        let roles = vec![cluster_role("role", "any", vec![rule("create", "core", "pods")])];
        let objects = objects(vec![], roles, vec![], vec![in_cluster("role", subject.clone())]);
        let who = account("shop", "orders");
        assert_eq!(!held(objects.clone(), &who).is_empty(), reached, "{subject:?}");
        let cluster = cluster(objects);
        let named = Review::of(&cluster).unwrap().subjects_with("create pods");
        let expected = if matches!(subject, Subject::User(_)) { who } else { subject };
        assert_eq!(named, [expected]);
    }
}

#[test]
fn aggregated_roles_take_over_what_their_selectors_select() {
    let selector = |label: &str, operator| {
        let requirements = vec![Requirement { key: label.to_owned(), operator, values: vec![] }];
        Selector { labels: BTreeMap::new(), requirements }
    };
    let monitor =
        ClusterRole { aggregates: vec![selector("to-top", Operator::Exists)], ..cluster_role("top", "none", vec![]) };
    let middle = cluster_role("middle", "to-top", vec![rule("get", "core", "secrets")]);
    let middle = ClusterRole {
        aggregates: vec![selector("to-middle", Operator::Exists), selector("to-top", Operator::Exists)],
        ..middle
    };
    let bottom = cluster_role("bottom", "to-middle", vec![rule("create", "core", "pods")]);
    let other = cluster_role("other", "elsewhere", vec![rule("*", "*", "*")]);
    let all = vec![monitor, middle, bottom, other];
    let found = |all: Vec<ClusterRole>| {
        let objects = objects(vec![], all, vec![], vec![in_cluster("top", account("shop", "orders"))]);
        held(objects, &account("shop", "orders"))
    };
    assert_eq!(found(all.clone()), ["read secrets", "create pods"]);
    let mut undecided = all;
    undecided[0].aggregates = vec![selector("elsewhere", Operator::Other("Near".to_owned()))];
    assert!(found(undecided).contains(&"everything"), "what cannot be decided may give anything");
}

#[test]
fn a_role_is_found_in_the_namespace_of_its_binding_alone() {
    let role = |namespace: &str, rule| {
        let (namespace, name) = (namespace.to_owned(), "role".to_owned());
        Role { namespace, name, labels: BTreeMap::new(), rules: vec![rule] }
    };
    let roles = vec![role("shop", rule("create", "core", "pods")), role("billing", rule("get", "core", "secrets"))];
    let reference = || RoleRef::Role("role".to_owned());
    let bindings = vec![
        in_namespace("shop", reference(), account("billing", "orders")),
        in_namespace("gone", reference(), account("billing", "orders")),
        in_namespace("shop", RoleRef::ClusterRole("role".to_owned()), account("billing", "orders")),
    ];
    let objects = objects(roles, vec![], bindings, vec![]);
    let rbac = Rbac::new(&objects).unwrap();
    let resolved: Vec<_> = rbac.bindings().iter().map(|binding| binding.rules.is_some()).collect();
    assert_eq!(resolved, [true, false, false]);
    assert_eq!(held(objects.clone(), &account("billing", "orders")), ["create pods"]);
}

#[test]
fn a_list_that_stops_short_is_a_gap() {
    let denied =
        || Gap { action: Action::KubernetesListRoles, place: Place::account(), reason: Reason::Denied(By::Identity) };
    let whole = objects(vec![], vec![], vec![], vec![]);
    assert!(Rbac::new(&whole).is_ok());
    for short in [
        AccessObjects { roles: Listing::unread(denied()), ..whole.clone() },
        AccessObjects { cluster_roles: Listing::unread(denied()), ..whole.clone() },
        AccessObjects { role_bindings: Listing::unread(denied()), ..whole.clone() },
        AccessObjects { cluster_role_bindings: Listing::unread(denied()), ..whole.clone() },
    ] {
        assert_eq!(Rbac::new(&short).unwrap_err(), denied());
    }
}

#[test]
fn rights_have_names_and_reasons_of_their_own() {
    for right in RIGHTS.iter() {
        assert_eq!(Right::named(right.name), Some(right));
        assert!(right.reason.ends_with('.') && !right.ways.is_empty(), "{}", right.name);
        assert!(right.ways.iter().all(|way| !way.is_empty()) && right.source.starts_with("https://"), "{}", right.name);
    }
    assert_eq!(Right::named("sleep"), None);
}

#[test]
fn versions_decide_what_is_enough() {
    let enters = |minor: u32, rule: Rule| {
        let role = vec![cluster_role("role", "any", vec![rule])];
        let mut cluster = cluster(objects(vec![], role, vec![], vec![in_cluster("role", group("team"))]));
        let Fact::Known(objects) = &mut cluster.inside else { unreachable!() };
        objects.version = Fact::Known(ServerVersion { major: 1, minor });
        !Review::of(&cluster).unwrap().rights_of(&group("team")).is_empty()
    };
    let read = || rule("get", "core", "pods/exec");
    assert!(enters(34, read()) && !enters(35, read()) && enters(36, rule("create", "core", "pods/exec")));
}

#[test]
fn two_bindings_give_together_what_neither_gives_alone() {
    const GROUP: &str = "certificates.k8s.io";
    let roles = || {
        vec![
            cluster_role("one", "any", vec![rule("update", GROUP, "certificatesigningrequests/approval")]),
            cluster_role("two", "any", vec![rule("approve", GROUP, "signers")]),
        ]
    };
    let told = |one: Subject, two: Subject| {
        let cluster = cluster(objects(vec![], roles(), vec![], vec![in_cluster("one", one), in_cluster("two", two)]));
        match Review::of(&cluster).unwrap().holders("kubernetes-rbac-certificates-approvable").unwrap() {
            Verdict::Fail(evidence) => evidence.into_iter().map(|one| one.0).collect::<Vec<_>>(),
            Verdict::Pass | Verdict::NotApplicable => Vec::new(),
        }
    };
    let told_once = told(group("ops"), group("ops"));
    assert_eq!(
        told_once,
        ["ClusterRoleBinding binding gives ClusterRole one and ClusterRoleBinding binding gives ClusterRole two, \
          together, to group ops: approve certificates (update on certificatesigningrequests/approval; approve on \
          signers)"]
    );
    assert_eq!(told(group("ops"), group("dev")), [""; 0]);
    // One comes to all accounts, the other to one of them.
    assert_eq!(told(group("system:serviceaccounts"), account("shop", "web")).len(), 1);
    assert_eq!(told(group("system:authenticated"), group("ops")).len(), 1);
}

#[test]
fn what_goes_beyond_the_tables_is_the_users() {
    let bound = |rules: Vec<Rule>, name: &str, subject: Subject| {
        let role = RoleRef::ClusterRole("eks:node-manager".to_owned());
        let binding = ClusterRoleBinding {
            name: name.to_owned(),
            labels: BTreeMap::new(),
            role,
            subjects: vec![subject.clone()],
        };
        held(objects(vec![], vec![cluster_role("eks:node-manager", "any", rules)], vec![], vec![binding]), &subject)
    };
    let manager = || Subject::User("eks:node-manager".to_owned());
    let made = || vec![rule("get,list,patch", "core", "nodes"), rule("create", "core", "pods/eviction")];
    assert_eq!(bound(made(), "eks:node-manager", manager()), [""; 0]);
    assert_eq!(bound(made(), "eks:node-manager", group("system:nodes")), ["change nodes", "evict pods"]);
    assert_eq!(bound(made(), "eks:node-manager-too", manager()), ["change nodes", "evict pods"]);
    let more = [made(), vec![rule("get", "core", "secrets")]].concat();
    assert_eq!(bound(more, "eks:node-manager", manager()), ["read secrets"]);
}

#[test]
fn rights_of_many_are_judged_together() {
    // Two who may become each other are asked about once.
    let names = |name: &str| named(rule("create", "core", "serviceaccounts/token"), name);
    let roles = vec![cluster_role("one", "any", vec![names("two")]), cluster_role("two", "any", vec![names("one")])];
    let role = |name: &str| RoleRef::ClusterRole(name.to_owned());
    let bindings = vec![
        in_namespace("shop", role("one"), account("shop", "one")),
        in_namespace("shop", role("two"), account("shop", "two")),
    ];
    assert_eq!(held(objects(vec![], roles, bindings, vec![]), &account("shop", "one")), [""; 0]);
}

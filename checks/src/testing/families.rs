//! Cases that several checks share.

use palisade_model::ecr::{Counts, Fix, ScanStatus, Scanner, Vulnerability, VulnerabilitySeverity};
use palisade_model::kubernetes::{NetworkPolicy, Peer, PolicyForm, PolicyPort, Rule, Selector, Stance, TrafficRule};
use palisade_model::{Fact, Listing};
use palisade_reason::in_cluster::network::Direction;
use palisade_scenes::network::{and_form, app, guarded_by, policy};
use palisade_scenes::rbac::{account, bound, bound_in, everything, group, named, oddly_bound, unbound, user};
use palisade_scenes::{Scene, image, scan};

use super::Cases;

/// What both checks of vulnerabilities must conclude of scans; `place` makes the image the kind that the check is about.
pub(crate) fn vulnerability_cases(place: impl Fn(Scene) -> Scene) -> Cases {
    let counted = |critical: u64, high: u64, medium: u64| {
        place(scan(|scan| scan.counts = Counts { critical, high, medium, ..Counts::default() }))
    };
    let named = scan(|scan| {
        scan.worst = vec![Vulnerability {
            id: "CVE-2026-12345".to_owned(),
            severity: VulnerabilitySeverity::High,
            packages: vec![],
            fix: Fix::Unsaid,
            score: None,
            exploit_available: None,
        }];
    });
    let basic = scan(|scan| {
        (scan.scanner, scan.status) = (Scanner::Basic, ScanStatus::Complete);
        scan.counts.critical = 1;
    });
    let undated = scan(|scan| (scan.completed_at, scan.counts.high) = (None, 1));
    let mut cases = Cases::default()
        .pass(place(image(|_| {})))
        .pass(counted(0, 0, 90))
        .fail(counted(1, 0, 0))
        .fail(counted(0, 1, 0))
        .pass(counted(1, 0, 0).settings(|settings| settings.vulnerabilities.critical = 1))
        .fail(counted(2, 0, 0).settings(|settings| settings.vulnerabilities.critical = 1))
        .fail(place(named.clone()))
        .pass(
            place(named).settings(|settings| _ = settings.vulnerabilities.ignored.insert("CVE-2026-12345".to_owned())),
        )
        .fail(place(basic))
        .fail(place(undated))
        .unknown(place(image(|image| image.scan = Fact::Known(None))));
    let words = |word: &str| word.to_owned();
    for status in [
        ScanStatus::Pending(words("PENDING")),
        ScanStatus::Failed(words("timeout")),
        ScanStatus::Inactive(words("SCAN_ELIGIBILITY_EXPIRED")),
        ScanStatus::Unsupported(words("UNSUPPORTED_OS")),
        ScanStatus::Other(words("HALF_DONE")),
    ] {
        cases = cases.unknown(place(scan(|scan| (scan.status, scan.counts.critical) = (status, 9))));
    }
    cases
}

/// Cases of a check about rights that nobody should have: each of the rules gives one, none of the harmless ones does.
pub(crate) fn strict(bad: &[Rule], harmless: &[Rule]) -> Cases {
    let mut cases = Cases::default()
        .pass(unbound())
        .fail(unbound().binding("system:kube-proxy", bad, "system:node-proxier", user("system:kube-proxy")))
        .fail(unbound().binding("eks:helper", bad, "eks:helper", account("kube-system", "helper")))
        .fail(bound(bad, account("kube-system", "csi")).and_addon("csi"))
        .pass(bound(&[everything()], group("admins")))
        .fail(bound(bad, account("kube-system", "csi")))
        .fail(unbound().binding("eks:helper", bad, "eks:helper", group("helpers")))
        .fail(unbound().binding("system:node", bad, "system:mine", user("ana")));
    for rule in bad {
        cases = cases
            .fail(bound(std::slice::from_ref(rule), group("helpers")))
            .fail(bound(std::slice::from_ref(rule), account("shop", "web")))
            .fail(bound(std::slice::from_ref(rule), user("system:serviceaccount:shop:web")));
    }
    for rule in harmless {
        cases = cases.pass(bound(std::slice::from_ref(rule), group("helpers")));
    }
    cases.unknown(oddly_bound())
}

/// As [`strict`], for rights that a team may have in a namespace of its own.
pub(crate) fn beyond_teams(bad: &[Rule], harmless: &[Rule]) -> Cases {
    let mut cases = strict(bad, harmless);
    for rule in bad {
        let here = |namespace: &str, subject| bound_in(namespace, std::slice::from_ref(rule), subject);
        cases = cases
            .fail(here("shop", account("shop", "web")))
            .fail(here("shop", group("system:authenticated")))
            .fail(here("shop", group("system:serviceaccounts:shop")))
            .fail(here("kube-system", group("helpers")))
            .pass(here("shop", group("helpers")))
            .pass(here("shop", user("ana")))
            .pass(bound(&[named(rule.clone(), "one")], group("helpers")));
    }
    cases
}

/// What the checks of default denial must conclude, in their direction.
pub(crate) fn default_deny_cases(direction: Direction) -> Cases {
    let set = |policy: &mut NetworkPolicy, own, other| match direction {
        Direction::Incoming => (policy.ingress, policy.egress) = (own, other),
        Direction::Outgoing => (policy.egress, policy.ingress) = (own, other),
    };
    let deny = || policy("deny", |policy| set(policy, Some(vec![]), None));
    let other = || policy("other", |policy| set(policy, None, Some(vec![])));
    let of_web = || policy("web", |policy| policy.pods = app("web"));
    let allowing = |rule: TrafficRule| policy("allow", |policy| set(policy, Some(vec![rule]), Some(vec![])));
    let everything = || allowing(TrafficRule::default());
    let peers = vec![Peer::Pods { namespaces: None, pods: Some(Selector::default()) }];
    let own_pods = allowing(TrafficRule { peers, ports: vec![] });
    let of_web_all = NetworkPolicy { pods: app("web"), ..everything() };
    let stance = |form: &mut PolicyForm, own: Stance| match direction {
        Direction::Incoming => (form.ingress, form.egress) = (own, Stance::None),
        Direction::Outgoing => (form.ingress, form.egress) = (Stance::None, own),
    };
    let all_of_tcp = PolicyPort { protocol: "TCP".to_owned(), port: Some("1".to_owned()), end_port: Some(65_535) };
    let idle = guarded_by(vec![]).objects(|objects| objects.workloads.deployments = Listing::whole(vec![]));
    Cases::default()
        .pass(guarded_by(vec![deny()]))
        .pass(guarded_by(vec![other(), deny()]))
        .pass(guarded_by(vec![own_pods]))
        .pass(guarded_by(vec![deny(), of_web_all]))
        .pass(and_form(guarded_by(vec![deny()]), Some("shop"), |_| {}))
        .pass(and_form(guarded_by(vec![]), Some("shop"), |form| stance(form, Stance::Only(vec![]))))
        .pass(and_form(guarded_by(vec![deny()]), None, |form| stance(form, Stance::Denies)))
        .fail(guarded_by(vec![]))
        .fail(guarded_by(vec![other()]))
        .fail(guarded_by(vec![of_web()]))
        .fail(guarded_by(vec![deny(), everything()]))
        .fail(guarded_by(vec![deny(), allowing(TrafficRule { peers: vec![], ports: vec![all_of_tcp] })]))
        .fail(and_form(guarded_by(vec![]), Some("billing"), |form| stance(form, Stance::Only(vec![]))))
        .fail(and_form(guarded_by(vec![]), Some("shop"), |form| {
            stance(form, Stance::Only(vec![TrafficRule::default()]));
        }))
        .fail(and_form(guarded_by(vec![]), Some("shop"), |form| {
            form.pods = Some(app("web"));
            stance(form, Stance::Only(vec![]));
        }))
        .unknown(and_form(guarded_by(vec![other()]), None, |form| stance(form, Stance::Denies)))
        .unknown(and_form(guarded_by(vec![everything()]), None, |form| stance(form, Stance::Denies)))
        .unknown(and_form(guarded_by(vec![]), None, |form| {
            form.namespaces = None;
            stance(form, Stance::Only(vec![]));
        }))
        .not_applicable(idle)
}

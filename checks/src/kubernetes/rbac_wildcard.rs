use crate::check::{Control, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::{RoleRef, Rule as Allowed, Subject};
use palisade_reason::rbac::review::gives;
use palisade_reason::rbac::{Binding, Object};

check! {
    /// A role in use has wildcards
    ///
    /// ## Why
    /// A `*` in a rule also means what is added later: verbs and subresources of a new version of Kubernetes, resources
    /// of whatever is installed. Nobody can say what such a role allows.
    ///
    /// A rule that only reads kinds of an installed API group counts as one that names them: their names are not known
    /// beforehand. Roles count that are bound to somebody else than Kubernetes, EKS or an add-on of AWS. One that allows everything
    /// is reported by `kubernetes-rbac-cluster-admin` alone.
    ///
    /// ## Severity
    /// Medium: it allows more than its holder needs, by how much depends on the rule.
    ///
    /// ## Fix
    /// Name the verbs, API groups and resources that are needed.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege>
    CHECK {
        id: "kubernetes-rbac-wildcard",
        severity: Severity::Medium,
        controls: &[
            Control::prowler("rbac_minimize_wildcard_use_roles"),
            Control::cis("eks-1.8.0:4.1.3"),
            Control::checklist("cluster-rights-limited"),
        ],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    context.review(cluster)?.each(judge)
}

fn judge(binding: &Binding, subject: &Subject, rules: &[&Allowed]) -> Option<String> {
    // `cluster-admin` holds a second rule, for paths; the first says it all.
    if rules.iter().any(|rule| Object::allows_everything(rule)) {
        return None;
    }
    let named = rules.iter().filter(|rule| !only_lists_installed_kinds(rule));
    let wildcards = named.map(|rule| rule.wildcards()).find(|wildcards| !wildcards.is_empty())?;
    let name = match binding.role {
        RoleRef::Role(name) | RoleRef::ClusterRole(name) | RoleRef::Other { name, .. } => name,
    };
    Some(format!("{name} has * for {}: {}", wildcards.join(", "), gives(binding, subject)))
}

/// Whether a rule lets nothing be done but read kinds that were installed, by the names of their groups: auditors need
/// that for kinds which have no name beforehand, such as the constraints of Gatekeeper.
fn only_lists_installed_kinds(rule: &Allowed) -> bool {
    let reads = |verb: &String| matches!(verb.as_str(), "get" | "list" | "watch");
    let is_installed = |group: &String| group.contains('.') && !group.ends_with(".k8s.io");
    !rule.api_groups.is_empty()
        && rule.non_resource_urls.is_empty()
        && rule.verbs.iter().all(reads)
        && rule.api_groups.iter().all(is_installed)
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::rbac::{account, bound, bound_in, everything, group, named, oddly_bound, rule, unbound};

    let to_team = |rule| bound(&[rule], group("team"));
    let paths = |path: &str| {
        let (verbs, non_resource_urls) = (vec!["get".to_owned()], vec![path.to_owned()]);
        Allowed { verbs, non_resource_urls, ..Allowed::default() }
    };
    let wide = || rule("*", "apps", "deployments");
    Cases::default()
        .pass(unbound())
        .pass(to_team(rule("get,list", "core,apps", "pods,*/scale")))
        .pass(to_team(named(rule("get", "core", "pods"), "*")))
        .pass(to_team(paths("/healthz/*")))
        .pass(to_team(rule("list", "constraints.gatekeeper.sh", "*")))
        .fail(to_team(rule("list,delete", "constraints.gatekeeper.sh", "*")))
        .fail(to_team(rule("list", "storage.k8s.io", "*")))
        .fail(to_team(rule("list", "apps", "*")))
        .pass(to_team(everything()))
        .pass(bound(&[everything(), paths("*")], group("team")))
        .pass(unbound().binding(
            "system:controller:horizontal-pod-autoscaler",
            &[rule("get,update", "*", "*/scale")],
            "system:controller:horizontal-pod-autoscaler",
            account("kube-system", "horizontal-pod-autoscaler"),
        ))
        .fail(unbound().binding(
            "system:controller:job-controller",
            &[wide()],
            "system:controller:job-controller",
            account("kube-system", "job-controller"),
        ))
        .fail(bound(&[wide()], account("kube-system", "csi")).and_addon("csi"))
        .fail(to_team(wide()))
        .fail(to_team(rule("get", "*", "pods")))
        .fail(to_team(rule("get", "core", "*")))
        .fail(to_team(named(everything(), "one")))
        .fail(to_team(paths("*")))
        .fail(bound_in("shop", &[rule("get", "core", "pods"), wide()], account("shop", "web")))
        .unknown(oddly_bound())
}

use super::links::takes_account;
use crate::check::{Control, Evidence, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::Objects;
use palisade_reason::in_cluster::nodes::{Reach, node_roles};
use palisade_reason::pod_security::{Level, Modes, effective};

check! {
    /// Whoever may make pods can take the account over through the role of the nodes
    ///
    /// ## Why
    /// A pod on the network of its node fetches the credentials of the node's role from the metadata service, whatever
    /// the hop limit. Where that role administers the account, or can be turned into one that does, the right to make
    /// pods is the right to the account.
    ///
    /// A namespace in which Pod Security enforces `baseline` refuses pods on the network of the node: there the right
    /// counts only where ordinary pods reach the metadata service as well. Whoever may do everything in the cluster is
    /// left to `kubernetes-rbac-cluster-admin`. Network policies are not looked at.
    ///
    /// The evidence names the findings that make up the path. Each of them is worth fixing; any one of them breaks it.
    ///
    /// ## Severity
    /// High: it takes the credentials of somebody who deploys.
    ///
    /// ## Fix
    /// Take from the role of the nodes what nodes do not need: pods get roles of their own. Enforce Pod Security, and
    /// set the hop limit to 1.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html>
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/#workload-creation>
    CHECK {
        id: "path-pod-create-node-role",
        severity: Severity::High,
        controls: &[Control::checklist("no-path-to-administrator")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, context: &Context) -> Outcome {
    let objects = cluster.inside.known()?;
    let (roles, mut gap) = node_roles(cluster);
    let (mut path, mut widest) = (Vec::new(), Reach::Nobody);
    for role in roles.iter().filter(|role| role.reach > Reach::Nobody) {
        match takes_account(role.role, context) {
            Ok(reasons) if reasons.is_empty() => {}
            Ok(reasons) => {
                path.push(format!("{} runs as {}", role.nodes, role.role.resource()));
                path.extend(reasons);
                widest = widest.max(role.reach);
            }
            Err(unknown) => _ = gap.get_or_insert(unknown),
        }
    }
    if path.is_empty() {
        let nothing = if roles.is_empty() { Verdict::NotApplicable } else { Verdict::Pass };
        return gap.map_or(Ok(nothing), Err);
    }
    let counts = |namespace: Option<&str>| match namespace {
        Some(namespace) if widest < Reach::Everybody => Ok(!refuses_host_network(namespace, objects)?),
        Some(_) | None => Ok(true),
    };
    let makes_pods = ["create pods", "change workloads", "run workflows"];
    match context.review(cluster)?.holders_of(&makes_pods, |scope| counts(scope.namespace()))? {
        Verdict::Fail(mut evidence) => {
            evidence.extend(path.into_iter().map(Evidence));
            Ok(Verdict::Fail(evidence))
        }
        verdict @ (Verdict::Pass | Verdict::NotApplicable) => gap.map_or(Ok(verdict), Err),
    }
}

fn refuses_host_network(namespace: &str, objects: &Objects) -> Result<bool, Gap> {
    let found = objects.namespaces.find(|known| known.name == namespace)?;
    Ok(found.is_some_and(|known| effective(&known.labels, Modes::default()).modes.enforce.level >= Level::Baseline))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_model::eks::{MetadataOptions, Tokens};
    use palisade_scenes::clusters::{instance, node_group};
    use palisade_scenes::iam::allow;
    use palisade_scenes::in_cluster::configure;
    use palisade_scenes::rbac::{account, bound, bound_in, everything, group, rule, unbound};
    use palisade_scenes::{Scene, role_arn};

    let nodes = |scene: Scene, enabled: Option<bool>, hop_limit: u32| {
        let enabled = enabled.map(palisade_model::Switch::from);
        let options = MetadataOptions { enabled, tokens: Some(Tokens::Required), hop_limit: Some(hop_limit) };
        let node = instance(|instance| {
            instance.metadata = options;
            instance.node_group = Some("workers".to_owned());
        });
        scene.and_cluster(|cluster| {
            cluster.node_groups = Listing::whole(vec![node_group(|group| group.role = Some(role_arn("orders-role")))]);
            cluster.instances = Listing::whole(vec![node]);
        })
    };
    let mighty = |scene: Scene| nodes(scene.permitting(allow("*", "*")), Some(true), 1);
    let escalating = |scene: Scene| {
        let statement = allow("iam:UpdateAssumeRolePolicy", role_arn("admin").as_str());
        nodes(scene.permitting(statement).and_role("admin", &[allow("*", "*")]), Some(true), 1)
    };
    let pods = || [rule("create", "core", "pods")];
    let deployers = || bound(&pods(), group("deployers"));
    let team = || bound_in("shop", &pods(), group("team"));
    let unlabelled = |scene: Scene| {
        scene.objects(|objects| {
            let mut namespace = objects.namespaces.seen()[0].clone();
            namespace.labels.clear();
            objects.namespaces = Listing::whole(vec![namespace]);
        })
    };
    let in_auto_mode = |scene: Scene| {
        scene.and_cluster(|cluster| {
            configure(cluster, |configuration| {
                configuration.auto_mode = true;
                configuration.auto_mode_role = Some(role_arn("orders-role"));
            });
        })
    };
    let unmanaged =
        |scene: Scene| scene.and_cluster(|cluster| cluster.instances = Listing::whole(vec![instance(|_| {})]));
    Cases::default()
        .pass(nodes(deployers(), Some(true), 2))
        .pass(nodes(deployers().permitting(allow("s3:GetObject", "*")), Some(true), 2))
        .pass(mighty(unbound()))
        .pass(mighty(team()))
        .pass(mighty(bound(&[everything()], group("admins"))))
        .pass(nodes(deployers().permitting(allow("*", "*")), Some(false), 2))
        .fail(mighty(deployers()))
        .fail(escalating(deployers()))
        .fail(mighty(bound(&[rule("patch", "apps", "deployments")], account("shop", "web"))))
        .fail(mighty(unlabelled(team())))
        .fail(nodes(team().permitting(allow("*", "*")), Some(true), 2))
        .fail(in_auto_mode(deployers().permitting(allow("*", "*"))))
        .pass(in_auto_mode(team().permitting(allow("*", "*"))))
        .unknown(unmanaged(deployers()))
        .not_applicable(deployers().permitting(allow("*", "*")))
}

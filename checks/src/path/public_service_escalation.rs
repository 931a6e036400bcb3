use super::links::public_doors;
use super::links::takes_account;
use crate::check::{Control, Gathered, Inside, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::kubernetes::Controller;
use palisade_model::{Arn, Gap};
use palisade_reason::access::issuers::Provider;
use palisade_reason::access::pods::{AUDIENCE, ServiceAccount, TrustPolicy};
use palisade_reason::in_cluster::nodes::{Reach, node_roles};

check! {
    /// Workload that the internet reaches can take the account over
    ///
    /// ## Why
    /// Whoever finds a flaw in the workload acts as its pods: with the role of their service account, by IRSA or EKS
    /// Pod Identity, and with the role of their node where pods reach the metadata service. Where one of these
    /// administers the account, or can be turned into one that does, one flaw gives the account to the internet.
    ///
    /// Doors are services with a load balancer on the internet, and ingresses of AWS's load balancers. Workloads behind
    /// another ingress controller, and network policies, are not looked at.
    ///
    /// The evidence names the findings that make up the path. Each of them is worth fixing; any one of them breaks it.
    ///
    /// ## Severity
    /// High: it takes one flaw in what everybody can reach.
    ///
    /// ## Fix
    /// Take from the role what the workload does not use, set the hop limit of nodes to 1, and close the door where it
    /// is not meant.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege>
    CHECK {
        id: "path-public-service-escalation",
        severity: Severity::High,
        controls: &[Control::checklist("no-path-to-administrator")],
        since: "0.1.0",
        rule: Rule::Controller(evaluate),
    }
}

fn evaluate(inside: &Inside<'_, Controller>, context: &Context) -> Outcome {
    let (doors, gap) = public_doors(&(*inside).into(), context);
    if doors.is_empty() {
        return gap.map_or(Ok(Verdict::NotApplicable), Err);
    }
    let mut gathered = Gathered::default();
    for (role, how) in roles(inside, context, &mut gathered) {
        let path = takes_account(&role, context).map(|reasons| {
            if reasons.is_empty() {
                return reasons;
            }
            let taken = format!("{how} {}", role.resource());
            [doors.clone(), vec![taken], reasons].concat()
        });
        gathered.add(path);
    }
    gathered.add(Ok(None));
    gathered.outcome()
}

/// The roles whose credentials the pods get at, each with how; what cannot be told goes into `gathered`.
fn roles(inside: &Inside<'_, Controller>, context: &Context, gathered: &mut Gathered) -> Vec<(Arn, String)> {
    let mut roles = Vec::new();
    for found in [by_trust(inside, context), by_association(inside)] {
        match found {
            Ok(found) => roles.extend(found),
            Err(gap) => gathered.add(Err::<Option<String>, _>(gap)),
        }
    }
    if is_on_fargate(inside) {
        return roles;
    }
    let least = if inside.object.template.host.network { Reach::HostNetwork } else { Reach::Everybody };
    let (of_nodes, gap) = node_roles(inside.cluster);
    let within = of_nodes.into_iter().filter(|node| node.reach >= least);
    roles.extend(within.map(|node| (node.role.clone(), format!("its pods reach the role of {},", node.nodes))));
    if let Some(gap) = gap {
        gathered.add(Err::<Option<String>, _>(gap));
    }
    roles
}

/// The role that the service account is annotated with, if its trust policy lets the account in.
fn by_trust(inside: &Inside<'_, Controller>, context: &Context) -> Result<Vec<(Arn, String)>, Gap> {
    let (namespace, name) = (&inside.object.namespace, &inside.object.template.service_account);
    let accounts = &inside.objects.service_accounts;
    let account = accounts.find(|account| account.namespace == *namespace && account.name == *name)?;
    let Some((account, wanted)) = account.and_then(|account| Some((account, account.role.as_ref()?))) else {
        return Ok(Vec::new());
    };
    let issuer = inside.cluster.control_plane()?.and_then(|configuration| configuration.issuer.as_deref());
    let (Some(issuer), Some(role)) = (issuer, context.role(wanted)?) else { return Ok(Vec::new()) };
    let provider = Provider::new(role.arn.partition(), role.arn.account(), issuer);
    let subject = ServiceAccount::new(namespace.as_str(), name.as_str());
    let audience = account.audience.as_deref().unwrap_or(AUDIENCE);
    let decision = TrustPolicy::of(role, context)?.can_assume(&provider, &subject, audience);
    let told = || (role.arn.clone(), format!("its service account {subject} takes on by IRSA"));
    Ok(Vec::from_iter(decision.may_be_allowed().then(told)))
}

/// The roles that EKS gives to the service account.
fn by_association(inside: &Inside<'_, Controller>) -> Result<Vec<(Arn, String)>, Gap> {
    let (namespace, name) = (&inside.object.namespace, &inside.object.template.service_account);
    let is_its =
        |pods: &palisade_model::eks::PodIdentity| pods.namespace == *namespace && pods.service_account == *name;
    let Some(association) = inside.cluster.pod_identities.find(is_its)? else { return Ok(Vec::new()) };
    let details = association.details.known()?;
    let roles = [Some(&details.role), details.target_role.as_ref()].into_iter().flatten();
    let how = format!("its service account {namespace}/{name} takes on by EKS Pod Identity");
    Ok(roles.map(|role| (role.clone(), how.clone())).collect())
}

/// Whether all pods that were placed run on Fargate, where there is no node to take a role from.
fn is_on_fargate(inside: &Inside<'_, Controller>) -> bool {
    let owner = inside.object.owner();
    let pods = inside.objects.pods.seen().iter();
    let own = pods.filter(|pod| pod.namespace == inside.object.namespace && pod.workload() == owner);
    let nodes: Vec<_> = own.filter_map(|pod| pod.node.as_deref()).collect();
    inside.objects.pods.gap().is_none() && !nodes.is_empty() && nodes.iter().all(|node| node.starts_with("fargate-"))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_model::eks::{MetadataOptions, Tokens};
    use palisade_model::kubernetes::{Ingress, IngressRule, Service};
    use palisade_scenes::clusters::{instance, node_group, pods};
    use palisade_scenes::iam::{allow, and_provider};
    use palisade_scenes::in_cluster::{balanced, service};
    use palisade_scenes::kubernetes::workload;
    use palisade_scenes::pods::by_subject;
    use palisade_scenes::{ISSUER, Scene, policy, role_arn};

    let behind = |service: Service| {
        let scene = workload(|_| {}).objects(|objects| objects.network.services = Listing::whole(vec![service]));
        and_provider(scene, ISSUER, &["sts.amazonaws.com"])
    };
    let open = || behind(balanced(&[("scheme", "internet-facing")]));
    let closed = || behind(service(|_| {}));
    let by_irsa = |scene: Scene, subject: &str| {
        let trust = policy(by_subject("StringEquals", subject));
        scene.and_subject(|role| role.trust = trust).objects(|objects| {
            let mut accounts = objects.service_accounts.seen().to_vec();
            accounts[1].role = Some(role_arn("orders-role"));
            objects.service_accounts = Listing::whole(accounts);
        })
    };
    let own = "system:serviceaccount:shop:web";
    let routed = |annotations: &[(&str, &str)]| {
        let name = |name: &str| format!("{}{name}", Ingress::KEPT_ANNOTATIONS);
        let ingress = Ingress {
            namespace: "shop".to_owned(),
            name: "front".to_owned(),
            class: Some("alb".to_owned()),
            annotations: annotations.iter().map(|(key, value)| (name(key), (*value).to_owned())).collect(),
            snippets: vec![],
            tls: vec![],
            rules: vec![IngressRule { host: None, services: vec!["web".to_owned()] }],
            load_balancers: vec![],
        };
        let scene = closed().objects(|objects| objects.network.ingresses = Listing::whole(vec![ingress]));
        by_irsa(scene, own).permitting(allow("*", "*"))
    };
    let to_internet = ("scheme", "internet-facing");
    let associated = |scene: Scene, name: &str| scene.and_associations(&[pods("shop", name, "orders-role")]);
    let on_nodes = |scene: Scene, hop_limit| {
        let tokens = Some(Tokens::Required);
        let node = instance(|instance| {
            instance.metadata = MetadataOptions { enabled: Some(palisade_model::Switch::On), tokens, hop_limit };
            instance.node_group = Some("workers".to_owned());
        });
        scene.and_cluster(|cluster| {
            cluster.node_groups = Listing::whole(vec![node_group(|group| group.role = Some(role_arn("orders-role")))]);
            cluster.instances = Listing::whole(vec![node]);
        })
    };
    let all = |scene: Scene| scene.permitting(allow("*", "*"));
    let escalating = |scene: Scene| {
        let statement = allow("iam:UpdateAssumeRolePolicy", role_arn("admin").as_str());
        scene.permitting(statement).and_role("admin", &[allow("*", "*")])
    };
    Cases::default()
        .pass(open())
        .pass(all(open()))
        .pass(by_irsa(open(), own).permitting(allow("s3:GetObject", "*")))
        .pass(all(by_irsa(open(), "system:serviceaccount:shop:other")))
        .pass(all(associated(open(), "other")))
        .pass(all(on_nodes(open(), Some(1))))
        .fail(all(by_irsa(open(), own)))
        .fail(escalating(by_irsa(open(), own)))
        .fail(all(associated(open(), "web")))
        .fail(all(on_nodes(open(), Some(2))))
        .fail(routed(&[to_internet]))
        .fail(routed(&[to_internet, ("inbound-cidrs", "0.0.0.0/0")]))
        .unknown(routed(&[to_internet, ("inbound-cidrs", "somewhere")]))
        .unknown(routed(&[("scheme", "dualstack")]))
        .unknown(all(on_nodes(open(), None)))
        .not_applicable(routed(&[]))
        .not_applicable(routed(&[to_internet, ("inbound-cidrs", "203.0.113.0/24")]))
        .not_applicable(all(by_irsa(closed(), own)))
        .not_applicable(all(by_irsa(behind(balanced(&[("scheme", "internal")])), own)))
}

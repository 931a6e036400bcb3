use super::links::public_doors;
use super::links::takes_account;
use crate::check::{Control, Gathered, Inside, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::kubernetes::Controller;
use palisade_model::{Arn, Gap};
use palisade_reason::access::issuers::Provider;
use palisade_reason::access::pods::{AUDIENCE, ServiceAccount, TrustPolicy};
use palisade_reason::in_cluster::fargate::runs_on_fargate;
use palisade_reason::in_cluster::nodes::{Reach, node_roles};

check! {
    /// Workload that the internet reaches can take the account over
    ///
    /// ## Why
    /// Whoever finds a flaw in the workload acts as its pods: with the role of their service account, by IRSA or EKS
    /// Pod Identity, and with the role of their node where pods reach the metadata service. Where one of these
    /// administers the account, or can be turned into one that does, one flaw gives the account to the internet.
    ///
    /// Doors are services with a load balancer on the internet, and the load balancers of AWS's controllers that are
    /// made of ingresses and gateways. What IngressClassParams and LoadBalancerConfigurations say counts as it does for
    /// the controller. Unknown is the answer where a route hangs on a gateway of another controller, or a service is
    /// behind a target group that somebody else made. Workloads behind another ingress controller, and network
    /// policies, are not looked at.
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
    let mut add = |found: Result<Vec<(Arn, String)>, Gap>| match found {
        Ok(found) => roles.extend(found),
        Err(gap) => gathered.add(Err::<Option<String>, _>(gap)),
    };
    add(by_trust(inside, context));
    // Neither nodes nor the agent of EKS Pod Identity are on Fargate.
    match runs_on_fargate(inside) {
        Ok(true) => return roles,
        Ok(false) => add(by_association(inside)),
        Err(gap) => {
            add(Err(gap));
            return roles;
        }
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

#[cfg(test)]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::eks::{FargateDetails, FargateProfile, FargateSelector, MetadataOptions, Tokens};
    use palisade_model::kubernetes::{Route, Service, TargetGroupBinding};
    use palisade_model::{Fact, Listing};
    use palisade_scenes::clusters::{instance, node_group, pods};
    use palisade_scenes::iam::{allow, and_provider};
    use palisade_scenes::in_cluster::{balanced, service};
    use palisade_scenes::kubernetes::workload;
    use palisade_scenes::pods::by_subject;
    use palisade_scenes::ways_in::{class_params, gateway, ingress, route, with_gateway, with_ingresses};
    use palisade_scenes::{ISSUER, Scene, cluster_arn, policy, role_arn};

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
    let guarded = |scene: Scene| by_irsa(scene, own).permitting(allow("*", "*"));
    let routed = |annotations: &[(&str, &str)]| guarded(with_ingresses(closed(), vec![ingress("front", annotations)]));
    let of_class = |scheme: &str, annotations: &[(&str, &str)]| {
        class_params(routed(annotations), |params| params.scheme = Some(scheme.to_owned()))
    };
    let fronted = |scheme: &str, change: &dyn Fn(&mut Route)| {
        let mut route = route("web");
        change(&mut route);
        guarded(with_gateway(closed(), gateway(scheme), vec![route]))
    };
    let elsewhere = |route: &mut Route| route.namespace = "lab".to_owned();
    let served_by = |controller: &str| {
        fronted("internet-facing", &|_| {}).objects(|objects| {
            let mut class = objects.network.ways_in.gateway_classes.seen()[0].clone();
            controller.clone_into(&mut class.controller);
            objects.network.ways_in.gateway_classes = Listing::whole(vec![class]);
        })
    };
    let bound = |labels: &[(&str, &str)]| {
        let binding = TargetGroupBinding {
            namespace: "shop".to_owned(),
            name: "web".to_owned(),
            service: "web".to_owned(),
            target_group: Some("web".to_owned()),
            labels: labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
        };
        guarded(closed())
            .objects(|objects| objects.network.ways_in.target_group_bindings = Listing::whole(vec![binding]))
    };
    let of_service = [("service.k8s.aws/stack-namespace", "shop"), ("service.k8s.aws/stack-name", "web")];
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
    let on_fargate = |scene: Scene, namespace: &str| {
        let selectors = vec![FargateSelector { namespace: namespace.to_owned(), labels: [].into() }];
        let details = FargateDetails { arn: cluster_arn("shop"), role: None, subnets: vec![], selectors };
        let profile = FargateProfile { name: "shop".to_owned(), details: Fact::Known(details) };
        scene.and_cluster(|cluster| cluster.fargate_profiles = Listing::whole(vec![profile]))
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
        .fail(all(on_fargate(on_nodes(open(), Some(2)), "billing")))
        .fail(all(on_fargate(by_irsa(open(), own), "sh*")))
        .pass(all(on_fargate(on_nodes(open(), Some(2)), "sh*")))
        .pass(all(on_fargate(associated(open(), "web"), "shop")))
        .fail(routed(&[to_internet]))
        .fail(routed(&[to_internet, ("inbound-cidrs", "0.0.0.0/0")]))
        .unknown(routed(&[to_internet, ("inbound-cidrs", "somewhere")]))
        .unknown(routed(&[("scheme", "dualstack")]))
        .unknown(all(on_nodes(open(), None)))
        .fail(of_class("internet-facing", &[]))
        .fail(fronted("internet-facing", &|_| {}))
        .fail(fronted("internet-facing", &|route| route.parents[0].section = Some("web".to_owned())))
        .unknown(served_by("gateway.envoyproxy.io/gatewayclass-controller"))
        .unknown(bound(&[]))
        .not_applicable(of_class("internal", &[to_internet]))
        .not_applicable(fronted("internal", &|_| {}))
        .not_applicable(fronted("internet-facing", &elsewhere))
        .not_applicable(fronted("internet-facing", &|route| route.backends[0].name = "other".to_owned()))
        .not_applicable(fronted("internet-facing", &|route| route.parents[0].accepted = Some(false)))
        .not_applicable(fronted("internet-facing", &|route| route.parents[0].section = Some("other".to_owned())))
        .not_applicable(served_by("application-networking.k8s.aws/gateway-api-controller"))
        .not_applicable(bound(&of_service))
        .not_applicable(routed(&[]))
        .not_applicable(routed(&[to_internet, ("inbound-cidrs", "203.0.113.0/24")]))
        .not_applicable(all(by_irsa(closed(), own)))
        .not_applicable(all(by_irsa(behind(balanced(&[("type", "external"), ("scheme", "internal")])), own)))
}

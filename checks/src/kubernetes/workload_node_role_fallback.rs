use crate::check::{Control, Inside, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::eks::Tokens;
use palisade_model::kubernetes::{Container, Controller, EnvironmentVariable};
use palisade_reason::access::metadata::{Service, each_service};
use palisade_reason::in_cluster::credentials::{has_key_in_variables, has_own_token, key_references};
use palisade_reason::in_cluster::identity::role_of;
use palisade_reason::in_cluster::workloads::{pods_gap, running};
use palisade_reason::pod_security::place;

check! {
    /// Workload without a role of its own reaches that of its node
    ///
    /// ## Why
    /// The workload is set up for AWS, and its service account has no role: the SDK then asks the node's metadata
    /// service, which gives the role of the node. That role is meant for the kubelet, all pods of the node share it,
    /// and nobody sees what this one needs.
    ///
    /// A variable `AWS_…` counts as set up for AWS, unless the workload brings an access key, a web identity or other
    /// credentials. Reached is a metadata service whose answers take more than one hop or need no token; from the
    /// node's own network any that is on. Pods that all run on Fargate are left out. Network policies are not weighed.
    ///
    /// ## Severity
    /// Medium: an intruder in the pod, and the workload itself, act as the node.
    ///
    /// ## Fix
    /// Give the service account a role, by EKS Pod Identity or IRSA, and limit the hops of the metadata service to one.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html>
    /// - <https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html>
    CHECK {
        id: "kubernetes-workload-node-role-fallback",
        severity: Severity::Medium,
        controls: &[Control::cis("eks-1.8.0:5.2.1"), Control::checklist("pods-have-own-roles")],
        since: "0.1.0",
        rule: Rule::Controller(evaluate),
    }
}

/// Variables by which a container brings credentials of its own.
const CREDENTIALS: [&str; 4] = [
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
];

fn evaluate(inside: &Inside<'_, Controller>, context: &Context) -> Outcome {
    let Inside { object: workload, objects, cluster } = inside;
    let spec = &workload.template;
    let hints: Vec<_> = spec.containers.iter().filter_map(hint).collect();
    let brings = has_own_token(spec) || !key_references(spec).is_empty();
    if hints.is_empty() || brings || is_on_fargate(inside, context)? {
        return Ok(Verdict::NotApplicable);
    }
    if role_of(cluster, objects, workload)?.is_some() {
        return Ok(Verdict::Pass);
    }
    let account = format!("{}/{}", workload.namespace, spec.service_account);
    Ok(match each_service(cluster, |service| reached(service, spec.host.network))? {
        Verdict::Fail(evidence) => {
            let first = evidence.first().map_or("", |evidence| evidence.0.as_str());
            let more = match evidence.len() {
                0 | 1 => String::new(),
                so_many => format!(", and {} more", so_many - 1),
            };
            Verdict::fail(format!("{}; service account {account} has no role; {first}{more}", hints.join(", ")))
        }
        verdict @ (Verdict::Pass | Verdict::NotApplicable) => verdict,
    })
}

/// What says that a container is set up for AWS and counts on credentials from elsewhere.
fn hint(container: &Container) -> Option<String> {
    let mut names = container.environment.iter().map(EnvironmentVariable::name);
    let is_off =
        container.settings.get("AWS_EC2_METADATA_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let has_own = names.clone().any(|name| CREDENTIALS.contains(&name)) || has_key_in_variables(container);
    let name = names.find(|name| name.starts_with("AWS_"))?;
    (!is_off && !has_own).then(|| format!("{}: {name} is set", place(container)))
}

/// Whether all pods that run are on Fargate, where there is no metadata service.
fn is_on_fargate(inside: &Inside<'_, Controller>, context: &Context) -> Result<bool, Gap> {
    let nodes: Vec<_> = running(inside, context).iter().flat_map(|running| &running.nodes).collect();
    for name in &nodes {
        let node = inside.objects.nodes.find(|node| node.name == **name)?;
        let kind = node.and_then(|node| node.labels.get("eks.amazonaws.com/compute-type"));
        if kind.is_none_or(|kind| kind != "fargate") {
            return Ok(false);
        }
    }
    pods_gap(inside).map_or_else(|| Ok(!nodes.is_empty()), |gap| Err(gap.clone()))
}

/// Why pods reach a node's metadata service, if they do.
fn reached(service: &Service<'_>, on_network: bool) -> Result<Option<String>, Gap> {
    let name = &service.name;
    if on_network {
        return service.unless_off(Ok(Some(format!("{name} answers from its own network"))));
    }
    service.unless_off(match (&service.options.tokens, service.options.hop_limit) {
        (Some(Tokens::Optional), _) => Ok(Some(format!("{name}: HttpTokens is optional"))),
        (_, Some(hops)) if hops > 1 => Ok(Some(format!("{name}: HttpPutResponseHopLimit is {hops}"))),
        (Some(Tokens::Required), Some(_)) => Ok(None),
        (Some(Tokens::Required), None) => Err(service.unsaid("HttpPutResponseHopLimit")),
        (Some(Tokens::Other(tokens)), _) => Err(service.unclear_tokens(Some(tokens))),
        (None, _) => Err(service.unclear_tokens(None)),
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use std::sync::Arc;

    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_model::environment::Variable;
    use palisade_model::kubernetes::{Node, NodeSoftware};
    use palisade_scenes::Scene;
    use palisade_scenes::clusters::instance;
    use palisade_scenes::kubernetes::pod_spec;
    use palisade_scenes::running::{annotated, new_pod};

    let literal = |name: &str| EnvironmentVariable::Literal(Variable::classify(name, "eu-west-1"));
    let with = |names: &[&str], tokens: Tokens, hops: u32, on_network: bool| -> Scene {
        let scene = pod_spec(|spec| {
            spec.host.network = on_network;
            spec.containers[0].environment = names.iter().map(|name| literal(name)).collect();
        });
        let node = instance(|instance| {
            instance.metadata.tokens = Some(tokens);
            instance.metadata.hop_limit = Some(hops);
        });
        scene.and_cluster(|cluster| cluster.instances = Listing::whole(vec![node]))
    };
    let set_up = |tokens, hops| with(&["AWS_REGION"], tokens, hops, false);
    let role = "arn:aws:iam::111122223333:role/orders-role";
    let on_fargate = |scene: Scene| {
        let node = Node {
            name: "ip-10-0-1-7.eu-west-1.compute.internal".to_owned(),
            labels: [("eks.amazonaws.com/compute-type".to_owned(), "fargate".to_owned())].into(),
            taints: vec![],
            provider_id: None,
            ready: Some(true),
            unschedulable: false,
            created_at: None,
            software: NodeSoftware::default(),
        };
        scene.and_pods(vec![new_pod(|_| {})]).objects(|objects| objects.nodes = Listing::whole(vec![node]))
    };
    Cases::default()
        .pass(set_up(Tokens::Required, 1))
        .pass(set_up(Tokens::Required, 2).with_accounts(vec![annotated("web", role)]))
        .fail(set_up(Tokens::Required, 2))
        .fail(set_up(Tokens::Optional, 1))
        .fail(with(&["AWS_REGION"], Tokens::Required, 1, true))
        .fail(set_up(Tokens::Required, 2).and_pods(vec![new_pod(|_| {})]))
        .unknown(set_up(Tokens::Other("sometimes".to_owned()), 1))
        .unknown(set_up(Tokens::Optional, 1).and_cluster(|cluster| {
            let state = palisade_model::Switch::Other("dreaming".to_owned());
            let node = instance(|instance| {
                instance.metadata.enabled = Some(state);
                instance.metadata.hop_limit = Some(2);
            });
            cluster.instances = Listing::whole(vec![node]);
        }))
        .not_applicable(set_up(Tokens::Required, 2).objects(|objects| {
            let mut workloads = objects.workloads.deployments.seen().to_vec();
            let spec = Arc::make_mut(&mut workloads[0].template);
            spec.containers[0].settings = [("AWS_EC2_METADATA_DISABLED".to_owned(), "TRUE".to_owned())].into();
            objects.workloads.deployments = Listing::whole(workloads);
        }))
        .not_applicable(with(&["TABLE"], Tokens::Optional, 2, false))
        .not_applicable(with(&["AWS_REGION", "AWS_WEB_IDENTITY_TOKEN_FILE"], Tokens::Optional, 2, false))
        .not_applicable(on_fargate(set_up(Tokens::Required, 2)))
        .not_applicable(pod_spec(|spec| spec.containers[0].environment = vec![literal("AWS_REGION")]))
}

//! What EKS Pod Identity asks of a role for a pod, and what the role's trust policy answers.
//!
//! The service sends `sts:AssumeRole` and, unless the association disables it, `sts:TagSession`, with the cluster as source
//! and the pod's place as tags; a cluster uses roles of its own account only. A trust policy is asked with the requests
//! of the associations that are known, and where there are none with made-up ones: what its conditions speak of, and names
//! that nobody has.
//!
//! Sources: <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html>,
//! <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>,
//! <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-association.html>

use std::collections::BTreeSet;

use palisade_policy::{Attached, Caller, Condition, Decision, Policies, Request, RequestContext, evaluate};

use super::association::associations_of;
use super::{CANARIES, ServiceAccount, TrustPolicy};
use crate::account::Account;
use palisade_model::Gap;
use palisade_model::eks::SessionTags;

/// More made-up values of one kind than this are not tried.
const MOST: usize = 12;

/// The keys of the tags that a session of Pod Identity carries.
const TAGS: [&str; 6] = [
    "eks-cluster-arn",
    "eks-cluster-name",
    "kubernetes-namespace",
    "kubernetes-pod-name",
    "kubernetes-pod-uid",
    "kubernetes-service-account",
];

/// A pod for which Pod Identity takes a role on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pod {
    /// The ARN of its cluster.
    pub cluster: String,
    /// Its service account.
    pub account: ServiceAccount,
    /// Whether the session carries tags, so that `sts:TagSession` is asked for.
    pub is_tagged: bool,
}

impl Pod {
    /// The name of its cluster.
    fn cluster_name(&self) -> &str {
        self.cluster.rsplit('/').next().unwrap_or(&self.cluster)
    }
}

/// The pods worth asking a role about.
#[derive(Clone, Debug)]
pub struct Pods {
    /// Those of its associations that were seen.
    pub seen: Vec<Pod>,
    /// Made-up ones in clusters of its account, where there are no associations, or where there may be more than were seen.
    pub made_up: Vec<Pod>,
    /// Why there may be more associations than were seen.
    pub gap: Option<Gap>,
}

impl Pods {
    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &Pod> {
        self.seen.iter().chain(&self.made_up)
    }
}

/// The pods worth asking a role about.
pub fn pods(trust: &TrustPolicy<'_>, account: &Account<'_>) -> Pods {
    let (associations, gap) = associations_of(trust.role, account);
    let made_up = if associations.is_empty() || gap.is_some() { made_up(trust, account) } else { Vec::new() };
    let pod = |(cluster, association): (&palisade_model::eks::Cluster, &palisade_model::eks::PodIdentity)| {
        let tags = association.details.known().map(|details| details.session_tags);
        Pod {
            cluster: cluster.arn.to_string(),
            account: ServiceAccount::new(association.namespace.as_str(), association.service_account.as_str()),
            is_tagged: !matches!(tags, Ok(SessionTags::Disabled)),
        }
    };
    Pods { seen: associations.into_iter().map(pod).collect(), made_up, gap }
}

/// Whether Pod Identity may do something (`sts:AssumeRole`, `sts:TagSession`) to a role for a pod.
pub fn can<'a>(trust: &TrustPolicy<'a>, principal: &str, action: &str, pod: &Pod) -> Decision<'a> {
    let caller = Caller::service(principal);
    let context = context(RequestContext::of(&caller).as_of(trust.now), trust.role.account(), pod);
    let request =
        Request { caller: &caller, action, resource: trust.role.as_str(), resource_account: None, context: &context };
    let policies = Policies {
        resource: vec![Attached { name: "the trust policy", document: trust.document }],
        resource_control: trust.resource_control.clone(),
        ..Policies::default()
    };
    evaluate(&request, &policies)
}

/// What is known of the request for a pod.
fn context(context: RequestContext, account: &str, pod: &Pod) -> RequestContext {
    let context = context
        .known("aws:SourceAccount", [account])
        .known("aws:SourceArn", [pod.cluster.as_str()])
        .absent("sts:ExternalId");
    if !pod.is_tagged {
        return TAGS.iter().fold(context.absent("aws:TagKeys"), |context, tag| context.absent(&tag_key(tag)));
    }
    context
        .known("aws:TagKeys", TAGS)
        .known(&tag_key("eks-cluster-arn"), [pod.cluster.as_str()])
        .known(&tag_key("eks-cluster-name"), [pod.cluster_name()])
        .known(&tag_key("kubernetes-namespace"), [pod.account.namespace.as_str()])
        .known(&tag_key("kubernetes-service-account"), [pod.account.name.as_str()])
}

fn tag_key(tag: &str) -> String {
    format!("aws:RequestTag/{tag}")
}

fn made_up(trust: &TrustPolicy<'_>, account: &Account<'_>) -> Vec<Pod> {
    let [canary, _] = CANARIES;
    let own = |arn: &String| arn.split(':').nth(4) == Some(trust.role.account());
    let arn_of = |name: &str| {
        let (partition, account) = (trust.role.partition(), trust.role.account());
        format!("arn:{partition}:eks:us-east-1:{account}:cluster/{name}")
    };
    let clusters = account.inventory().regions.values().flat_map(|region| region.eks.clusters.seen());
    let mut arns: BTreeSet<String> = clusters.map(|cluster| cluster.arn.to_string()).collect();
    arns.extend(filled(trust, &["aws:SourceArn", &tag_key("eks-cluster-arn")]).into_iter().filter(own));
    arns.extend(filled(trust, &[&tag_key("eks-cluster-name")]).iter().map(|name| arn_of(name)));
    arns.insert(arn_of("zz-canary-cluster-3e07"));
    let mut namespaces = filled(trust, &[&tag_key("kubernetes-namespace")]);
    namespaces.insert(canary.namespace.to_owned());
    let mut names = filled(trust, &[&tag_key("kubernetes-service-account")]);
    names.insert(canary.name.to_owned());
    let mut pods = Vec::new();
    for cluster in arns.iter().take(MOST) {
        for namespace in namespaces.iter().take(MOST) {
            let accounts = names.iter().take(MOST).map(|name| ServiceAccount::new(namespace.as_str(), name.as_str()));
            pods.extend(accounts.map(|account| Pod { cluster: cluster.clone(), account, is_tagged: true }));
        }
    }
    pods
}

/// The values that conditions want of these keys, with a name that nobody has in place of each wildcard.
fn filled(trust: &TrustPolicy<'_>, keys: &[&str]) -> BTreeSet<String> {
    let conditions = trust.document.statements.iter().flat_map(|statement| &statement.conditions);
    let about = conditions.filter(|condition| keys.iter().any(|key| condition.key().eq_ignore_ascii_case(key)));
    about.flat_map(Condition::values).map(|value| one_of(value, trust.role.account())).collect()
}

/// A text that a pattern covers. In an ARN a wildcard for the account stands for the role's.
fn one_of(pattern: &str, account: &str) -> String {
    let [canary, _] = CANARIES;
    let part = |(place, part): (usize, &str)| match (place, part) {
        (3, "*") => "us-east-1".to_owned(),
        (4, "*") => account.to_owned(),
        _ => part.replace('*', "zz-canary").replace('?', &canary.letter.to_string()),
    };
    if !pattern.starts_with("arn:") {
        return part((0, pattern));
    }
    pattern.splitn(6, ':').enumerate().map(part).collect::<Vec<_>>().join(":")
}

//! The webhooks that an API server asks, and who answers.

use crate::in_cluster::is_live;
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::{
    AdmissionObjects, AdmissionRule, FailurePolicy, Objects, ServiceKind, Webhook, WebhookConfiguration, WebhookTarget,
};
use palisade_model::{Action, Gap, Listing};

/// All configurations of webhooks: those that may refuse, and those that may change.
pub fn configurations(objects: &Objects) -> [&Listing<WebhookConfiguration>; 2] {
    let AdmissionObjects { validating_webhooks, mutating_webhooks, .. } = &objects.admission;
    [validating_webhooks, mutating_webhooks]
}

/// Whether a webhook is one of EKS's own: these answer on the machine of the API server itself, which nobody else can
/// make use of.
pub fn is_on_api_server(webhook: &Webhook) -> bool {
    match &webhook.target {
        WebhookTarget::Url(url) => {
            let host = url.strip_prefix("https://").unwrap_or(url);
            let host = host.split('/').next().unwrap_or_default();
            ["127.0.0.1", "localhost", "[::1]"]
                .iter()
                .any(|own| host.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with(':')))
        }
        WebhookTarget::Service { .. } | WebhookTarget::Other => false,
    }
}

/// How evidence names a webhook.
pub fn named(configuration: &WebhookConfiguration, webhook: &Webhook) -> String {
    format!("webhook {} of {}", webhook.name, configuration.name)
}

/// Whether rules are about the creation of pods.
pub fn creates_pods(rules: &[AdmissionRule]) -> bool {
    rules.iter().any(AdmissionRule::creates_pods)
}

/// Why nobody answers for a webhook; `None` when somebody can. A gap when that cannot be told.
pub fn unanswered(webhook: &Webhook, cluster: &Cluster, objects: &Objects) -> Result<Option<String>, Gap> {
    let (namespace, name) = match &webhook.target {
        WebhookTarget::Service { namespace, name } => (namespace, name),
        WebhookTarget::Url(_) => return Ok(None),
        WebhookTarget::Other => {
            return Err(cluster.unclear(
                Action::KubernetesListValidatingWebhooks,
                format!("the target of webhook {} is not known", webhook.name),
            ));
        }
    };
    let services = &objects.network.services;
    let Some(service) = services.find(|service| service.namespace == *namespace && service.name == *name)? else {
        return Ok(Some(format!("service {namespace}/{name} is not there")));
    };
    let is_by_pods = match &service.kind {
        ServiceKind::ClusterIp | ServiceKind::NodePort | ServiceKind::LoadBalancer => !service.selector.is_empty(),
        ServiceKind::ExternalName | ServiceKind::Other(_) => false,
    };
    if !is_by_pods {
        let why = format!("service {namespace}/{name} does not say which pods it leads to");
        return Err(cluster.unclear(Action::KubernetesListServices, why));
    }
    let ready = objects.pods.find(|pod| {
        let is_meant = service.selector.iter().all(|(key, value)| pod.labels.get(key) == Some(value));
        pod.namespace == *namespace && pod.ready && is_live(pod) && is_meant
    })?;
    Ok(ready.is_none().then(|| format!("service {namespace}/{name} has no ready pod")))
}

/// Whether a failure lets requests through.
pub fn fails_open(policy: &FailurePolicy, cluster: &Cluster) -> Result<bool, Gap> {
    match policy {
        FailurePolicy::Fail => Ok(false),
        FailurePolicy::Ignore => Ok(true),
        FailurePolicy::Other(policy) => {
            let action = Action::KubernetesListValidatingWebhooks;
            Err(Gap::not_known(action, &cluster.arn, "failurePolicy", policy))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use palisade_scenes::admission::{about, webhook};

    #[test]
    fn only_the_machine_itself_is_the_api_server() {
        for (url, is) in [
            ("https://127.0.0.1:21443", true),
            ("https://localhost", true),
            ("https://[::1]:443/", true),
            ("https://127.0.0.1.guard.example", false),
            ("https://localhost.guard.example:443", false),
            ("https://guard.example/127.0.0.1", false),
        ] {
            let configuration = webhook(|webhook| webhook.target = WebhookTarget::Url(url.to_owned()));
            assert_eq!(is_on_api_server(&configuration.webhooks[0]), is, "{url}");
        }
    }

    #[test]
    fn rules_are_about_pods_when_all_their_parts_are() {
        for (operations, groups, resources, is) in [
            ("*", "*", "*", true),
            ("UPDATE,CREATE", "apps,", "deployments,pods", true),
            ("CREATE", "", "pods", true),
            ("UPDATE", "", "pods", false),
            ("CREATE", "apps", "*", false),
            ("CREATE", "", "pods/ephemeralcontainers", false),
            ("CREATE", "", "*/*", true),
        ] {
            assert_eq!(creates_pods(&[about(operations, groups, resources)]), is, "{operations} {groups} {resources}");
        }
        let of_cluster = AdmissionRule { scope: "Cluster".to_owned(), ..about("*", "*", "*") };
        assert!(!creates_pods(&[of_cluster]));
    }
}

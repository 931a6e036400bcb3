use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::{Webhook, WebhookConfiguration, WebhookTarget};
use palisade_model::{Action, Gap};
use palisade_reason::in_cluster::webhooks::{configurations, is_on_api_server, named};

check! {
    /// Webhook is answered outside the cluster
    ///
    /// ## Why
    /// Whatever a webhook is asked about goes to its address: specifications, environments, and Secrets where its rules
    /// hold them. A mutating one changes what is written. Outside the cluster neither network policies nor the audit
    /// log show who answers.
    ///
    /// Webhooks of EKS itself, which answer on the API server's own machine, are left out.
    ///
    /// ## Severity
    /// Medium: it may be meant so; whoever holds the address holds the cluster.
    ///
    /// ## Fix
    /// Run the webhook in the cluster and name its service, or make sure whose the address is.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#url>
    CHECK {
        id: "kubernetes-webhook-external-url",
        severity: Severity::Medium,
        controls: &[Control::checklist("admission-controlled")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    let mut gathered = Gathered::default();
    for list in configurations(cluster.inside.known()?) {
        gathered.each(list, |configuration| {
            let judged = configuration.webhooks.iter().map(|webhook| judge(configuration, webhook, cluster));
            Ok(judged.collect::<Result<Vec<_>, _>>()?.into_iter().flatten())
        });
    }
    gathered.outcome()
}

fn judge(configuration: &WebhookConfiguration, webhook: &Webhook, cluster: &Cluster) -> Result<Option<String>, Gap> {
    match &webhook.target {
        WebhookTarget::Service { .. } => Ok(None),
        WebhookTarget::Url(_) if is_on_api_server(webhook) => Ok(None),
        WebhookTarget::Url(url) => Ok(Some(format!("{} is answered by {url}", named(configuration, webhook)))),
        WebhookTarget::Other => {
            let why = format!("the target of {} is not known", named(configuration, webhook));
            Err(cluster.unclear(Action::KubernetesListValidatingWebhooks, why))
        }
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_scenes::Scene;
    use palisade_scenes::admission::webhook;
    use palisade_scenes::kubernetes::inside;

    let at = |target: WebhookTarget| webhook(|webhook| webhook.target = target);
    let url = |url: &str| at(WebhookTarget::Url(url.to_owned()));
    let refusing = |configurations: Vec<WebhookConfiguration>| -> Scene {
        inside(|objects| objects.admission.validating_webhooks = Listing::whole(configurations))
    };
    let changing = |configuration: WebhookConfiguration| -> Scene {
        inside(|objects| objects.admission.mutating_webhooks = Listing::whole(vec![configuration]))
    };
    Cases::default()
        .pass(refusing(vec![webhook(|_| {})]))
        .pass(changing(url("https://127.0.0.1:23443")))
        .fail(refusing(vec![webhook(|_| {}), url("https://guard.example")]))
        .fail(changing(url("https://guard.example:8443")))
        .fail(changing(url("https://127.0.0.1.guard.example")))
        .unknown(changing(at(WebhookTarget::Other)))
        .not_applicable(inside(|_| {}))
}

use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::{Webhook, WebhookConfiguration};
use palisade_reason::in_cluster::webhooks::{creates_pods, fails_open, is_on_api_server, named};

check! {
    /// Webhook that guards pods lets everything through when it does not answer
    ///
    /// ## Why
    /// With the failure policy `Ignore` a request goes on as if nobody had been asked, when the webhook is down, slow,
    /// or not yet started. Whoever can overload it, or waits for it to restart, makes the pods that it refuses. The
    /// charts of Gatekeeper and of some others install it like that.
    ///
    /// Judged are webhooks that may refuse, and that are asked about the creation of pods. Those of EKS itself, which
    /// answer on the API server's own machine, are left out.
    ///
    /// ## Severity
    /// Medium: it takes a moment in which the webhook does not answer.
    ///
    /// ## Fix
    /// Set `failurePolicy: Fail`, with several replicas of the controller, and leave its own namespace out of the
    /// webhook.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#failure-policy>
    /// - <https://open-policy-agent.github.io/gatekeeper/website/docs/failing-closed/>
    CHECK {
        id: "kubernetes-webhook-fails-open",
        severity: Severity::Medium,
        controls: &[Control::checklist("admission-controlled")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    let configurations = &cluster.inside.known()?.admission.validating_webhooks;
    let mut gathered = Gathered::default();
    for configuration in configurations.seen() {
        for webhook in configuration.webhooks.iter().filter(|webhook| guards(webhook)) {
            let open = fails_open(&webhook.failure_policy, cluster);
            gathered.add(open.map(|open| open.then(|| told(configuration, webhook))));
        }
    }
    if let Some(gap) = configurations.gap() {
        gathered.add(Err::<Option<String>, _>(gap.clone()));
    }
    gathered.outcome()
}

fn guards(webhook: &Webhook) -> bool {
    creates_pods(&webhook.rules) && !is_on_api_server(webhook)
}

fn told(configuration: &WebhookConfiguration, webhook: &Webhook) -> String {
    format!("{} has failurePolicy Ignore", named(configuration, webhook))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_model::kubernetes::{FailurePolicy, WebhookTarget};
    use palisade_scenes::Scene;
    use palisade_scenes::admission::{about, webhook};
    use palisade_scenes::kubernetes::inside;

    let with = |configurations: Vec<WebhookConfiguration>| -> Scene {
        inside(|objects| objects.admission.validating_webhooks = Listing::whole(configurations))
    };
    let ignoring = |change: fn(&mut Webhook)| {
        webhook(|webhook| {
            webhook.failure_policy = FailurePolicy::Ignore;
            change(webhook);
        })
    };
    let of_eks = ignoring(|webhook| webhook.target = WebhookTarget::Url("https://127.0.0.1:21443".to_owned()));
    let mutating = ignoring(|_| {});
    Cases::default()
        .pass(with(vec![webhook(|_| {})]))
        .pass(with(vec![webhook(|_| {}), of_eks.clone()]))
        .fail(with(vec![webhook(|_| {}), ignoring(|_| {})]))
        .fail(with(vec![ignoring(|webhook| webhook.rules = vec![about("CREATE", "", "pods")])]))
        .fail(with(vec![ignoring(|webhook| webhook.target = WebhookTarget::Url("https://guard.example".to_owned()))]))
        .unknown(with(vec![webhook(|webhook| webhook.failure_policy = FailurePolicy::Other("Ask".to_owned()))]))
        .not_applicable(with(vec![of_eks]))
        .not_applicable(with(vec![ignoring(|webhook| webhook.rules = vec![about("CREATE", "cert.example", "*")])]))
        .not_applicable(inside(|objects| objects.admission.mutating_webhooks = Listing::whole(vec![mutating])))
}

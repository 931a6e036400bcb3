use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_reason::in_cluster::webhooks::{configurations, named, unanswered};

check! {
    /// Nobody answers for a webhook
    ///
    /// ## Why
    /// A webhook whose service is gone, or has no ready pod, refuses all that it is asked about or, with the failure
    /// policy `Ignore`, checks nothing. A configuration that was left behind by a deleted chart is also a name that
    /// somebody else can answer to, who then sees what is written to the cluster.
    ///
    /// ## Severity
    /// Medium: a control does not work, or the cluster cannot be changed.
    ///
    /// ## Fix
    /// Delete what is left over; bring the controller back, with several replicas.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/cluster-administration/admission-webhooks-good-practices/>
    CHECK {
        id: "kubernetes-webhook-dead",
        severity: Severity::Medium,
        controls: &[Control::checklist("admission-controlled")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    let objects = cluster.inside.known()?;
    let mut gathered = Gathered::default();
    for list in configurations(objects) {
        gathered.each(list, |configuration| {
            let problems = configuration.webhooks.iter().map(|webhook| {
                let problem = unanswered(webhook, cluster, objects)?;
                Ok(problem.map(|problem| format!("{}: {problem}", named(configuration, webhook))))
            });
            Ok(problems.collect::<Result<Vec<_>, _>>()?.into_iter().flatten())
        });
    }
    gathered.outcome()
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_model::kubernetes::{Objects, ServiceKind, WebhookConfiguration, WebhookTarget};
    use palisade_scenes::Scene;
    use palisade_scenes::admission::{answered, webhook};
    use palisade_scenes::in_cluster::service;
    use palisade_scenes::kubernetes::inside;

    let with = |configuration: WebhookConfiguration, change: fn(&mut Objects)| -> Scene {
        inside(|objects| {
            objects.admission.validating_webhooks = Listing::whole(vec![configuration]);
            change(objects);
        })
    };
    let at = |target: WebhookTarget| webhook(|webhook| webhook.target = target);
    let mutating = inside(|objects| objects.admission.mutating_webhooks = Listing::whole(vec![webhook(|_| {})]));
    Cases::default()
        .pass(with(webhook(|_| {}), |objects| answered(objects, "guard", "guard", true)))
        .pass(with(webhook(|_| {}), |objects| {
            answered(objects, "guard", "guard", false);
            answered(objects, "guard", "guard", true);
        }))
        .pass(with(at(WebhookTarget::Url("https://127.0.0.1:21443".to_owned())), |_| {}))
        .fail(with(webhook(|_| {}), |_| {}))
        .fail(with(webhook(|_| {}), |objects| answered(objects, "guard", "guard", false)))
        .fail(with(webhook(|_| {}), |objects| answered(objects, "shop", "guard", true)))
        .fail(mutating)
        .unknown(with(at(WebhookTarget::Other), |_| {}))
        .unknown(with(webhook(|_| {}), |objects| {
            let service = service(|service| {
                (service.namespace, service.name) = ("guard".to_owned(), "guard".to_owned());
                service.kind = ServiceKind::ExternalName;
            });
            objects.network.services = Listing::whole(vec![service]);
        }))
        .not_applicable(inside(|_| {}))
}

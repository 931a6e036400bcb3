use crate::check::{Control, Gathered, Inside, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::kubernetes::Namespace;
use palisade_reason::in_cluster::workloads::workloads_of;

check! {
    /// Objects stand in the namespace default
    ///
    /// ## Why
    /// The namespace `default` is where everything lands that names no other. Rights, quotas, network policies and Pod
    /// Security levels are set by namespace, so that whatever stands together there shares them.
    ///
    /// Told of are workloads, services (but `kubernetes`), ingresses, and service accounts other than `default`.
    ///
    /// ## Severity
    /// Low: it weakens the bounds between workloads, which other checks judge.
    ///
    /// ## Fix
    /// Move the objects into namespaces of their own.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/>
    CHECK {
        id: "kubernetes-namespace-default-used",
        severity: Severity::Low,
        controls: &[Control::cis("eks-1.8.0:4.5.2"), Control::checklist("namespaces-separate")],
        since: "0.1.0",
        rule: Rule::Namespace(evaluate),
    }
}

const DEFAULT: &str = "default";

fn evaluate(inside: &Inside<'_, Namespace>, _: &Context) -> Outcome {
    if inside.object.name != DEFAULT {
        return Ok(Verdict::NotApplicable);
    }
    let objects = inside.objects;
    let (workloads, gap) = workloads_of(objects, DEFAULT);
    let mut gathered = Gathered::default();
    gathered.add(Ok::<_, Gap>(workloads.iter().map(|workload| workload.owner().to_string())));
    gathered.add(gap.map_or(Ok(Vec::new()), |gap| Err(gap.clone())));
    gathered.each(&objects.network.services, |service| {
        let is_own = service.namespace == DEFAULT && service.name != "kubernetes";
        Ok(is_own.then(|| format!("Service {}", service.name)))
    });
    gathered.each(&objects.network.ingresses, |ingress| {
        Ok((ingress.namespace == DEFAULT).then(|| format!("Ingress {}", ingress.name)))
    });
    gathered.each(&objects.service_accounts, |account| {
        let is_own = account.namespace == DEFAULT && account.name != DEFAULT;
        Ok(is_own.then(|| format!("ServiceAccount {}", account.name)))
    });
    gathered.outcome()
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_model::kubernetes::{Objects, ServiceAccount};
    use palisade_scenes::Scene;
    use palisade_scenes::kubernetes::{namespace, new_namespace, new_service_account, new_workload};

    let with = |change: fn(&mut Objects)| -> Scene {
        let mut scene = namespace(|_| {});
        scene.subject = scene.subject.as_str().replace("namespaces/shop", "namespaces/default").into();
        scene.objects(|objects| objects.namespaces = Listing::whole(vec![new_namespace(DEFAULT)])).objects(change)
    };
    let account = |name: &str| ServiceAccount { namespace: DEFAULT.to_owned(), ..new_service_account(name) };
    Cases::default()
        .pass(with(|_| {}))
        .pass(with(|_| {}).with_accounts(vec![account("default")]))
        .fail(with(|_| {}).with_accounts(vec![account("default"), account("build")]))
        .fail(with(|objects| {
            let mut workload = new_workload("web");
            workload.namespace = DEFAULT.to_owned();
            objects.workloads.jobs = Listing::whole(vec![workload]);
        }))
        .not_applicable(namespace(|_| {}))
}

use crate::check::{Control, Inside, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::kubernetes::Namespace;
use palisade_reason::in_cluster::workloads::{is_for_agents, workloads_of};

check! {
    /// Namespace has no quota
    ///
    /// ## Why
    /// Without a quota one workload, broken or broken into, takes the processors, memory and addresses of the cluster
    /// from all others.
    ///
    /// Namespaces of node agents and those without workloads are left out.
    ///
    /// ## Severity
    /// Low: it costs others their service, and gives nobody access.
    ///
    /// ## Fix
    /// Set a ResourceQuota for the namespace, and a LimitRange for pods that ask for nothing.
    ///
    /// ## References
    /// - <https://kubernetes.io/docs/concepts/policy/resource-quotas/>
    /// - <https://docs.aws.amazon.com/eks/latest/best-practices/tenant-isolation.html>
    CHECK {
        id: "kubernetes-namespace-quota-missing",
        severity: Severity::Low,
        controls: &[Control::checklist("namespaces-separate")],
        since: "0.1.0",
        rule: Rule::Namespace(evaluate),
    }
}

fn evaluate(inside: &Inside<'_, Namespace>, _: &Context) -> Outcome {
    let Inside { object: namespace, objects, .. } = inside;
    let (workloads, gap) = workloads_of(objects, &namespace.name);
    if is_for_agents(&namespace.name) {
        return Ok(Verdict::NotApplicable);
    }
    if workloads.is_empty() {
        return gap.map_or(Ok(Verdict::NotApplicable), |gap| Err(gap.clone()));
    }
    let quota = objects.resource_quotas.find(|quota| quota.namespace.as_ref() == Some(&namespace.name))?;
    Ok(Verdict::fail_when(quota.is_none(), || format!("there is no ResourceQuota for {} workloads", workloads.len())))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_model::kubernetes::ObjectName;
    use palisade_scenes::kubernetes::namespace;

    let with = |of: Option<&str>| {
        let quota = of.map(|of| ObjectName { namespace: Some(of.to_owned()), name: "compute".to_owned() });
        namespace(|_| {}).objects(|objects| objects.resource_quotas = Listing::whole(quota.into_iter().collect()))
    };
    Cases::default()
        .pass(with(Some("shop")))
        .fail(with(None))
        .fail(with(Some("billing")))
        .not_applicable(with(None).objects(|objects| objects.workloads.deployments = Listing::whole(vec![])))
}

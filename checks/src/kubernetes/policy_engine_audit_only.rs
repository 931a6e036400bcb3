use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::{Enforcement, EnginePolicy};
use palisade_model::{Action, Gap, Listing};

check! {
    /// Policies of the policy engine refuse nothing
    ///
    /// ## Why
    /// Kyverno's policies report unless they say `Enforce`, and Gatekeeper's constraints may say `dryrun` or `warn`. An
    /// engine whose policies all do so lets everything through, and writes down what it was. Most policies that are
    /// copied from a library come like that.
    ///
    /// ## Severity
    /// Medium: what was meant to be refused is not.
    ///
    /// ## Fix
    /// Set `validate.failureAction: Enforce`, `validationActions: [Deny]` or `enforcementAction: deny` policy by
    /// policy, as the reports of each run dry.
    ///
    /// ## References
    /// - <https://kyverno.io/docs/policy-types/cluster-policy/validate/>
    /// - <https://open-policy-agent.github.io/gatekeeper/website/docs/violations/>
    CHECK {
        id: "kubernetes-policy-engine-audit-only",
        severity: Severity::Medium,
        controls: &[Control::checklist("admission-controlled")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    let admission = &cluster.inside.known()?.admission;
    let mut gathered = Gathered::default();
    for list in [&admission.kyverno, &admission.gatekeeper] {
        let is_about_validation = |policy: &&EnginePolicy| !policy.modes.is_empty();
        if list.seen().iter().any(|policy| is_about_validation(&policy)) || list.gap().is_some() {
            gathered.add(judge(list, cluster));
        }
    }
    gathered.outcome()
}

/// What all policies of an engine do instead of refusing; nothing as soon as one refuses.
fn judge(list: &Listing<EnginePolicy>, cluster: &Cluster) -> Result<Vec<String>, Gap> {
    let mut told = Vec::new();
    let mut odd = None;
    for policy in list.seen() {
        if policy.modes.contains(&Enforcement::Deny) {
            return Ok(Vec::new());
        }
        for mode in &policy.modes {
            match mode {
                Enforcement::Deny => {}
                Enforcement::Audit => told.push(format!("{} {} only reports", policy.kind, policy.name)),
                Enforcement::Warn => told.push(format!("{} {} only warns", policy.kind, policy.name)),
                Enforcement::Other(mode) => {
                    let (action, what) =
                        (Action::KubernetesListClusterPolicies, format!("the mode of {}", policy.name));
                    odd = Some(Gap::not_known(action, &cluster.arn, what, mode));
                }
            }
        }
    }
    list.complete()?;
    odd.map_or(Ok(told), Err)
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::kubernetes::PolicyEngine;
    use palisade_scenes::admission::engine_policy;
    use palisade_scenes::kubernetes::inside;

    let kyverno = |modes: &[&[Enforcement]]| {
        let policies = modes.iter().map(|modes| engine_policy(PolicyEngine::Kyverno, modes)).collect();
        inside(|objects| objects.admission.kyverno = Listing::whole(policies))
    };
    let gatekeeper = |modes: &[Enforcement]| {
        let policies = vec![engine_policy(PolicyEngine::Gatekeeper, modes)];
        inside(|objects| objects.admission.gatekeeper = Listing::whole(policies))
    };
    let odd = [Enforcement::Other("Delay".to_owned())];
    let (audit, deny) = ([Enforcement::Audit], [Enforcement::Deny]);
    let both = kyverno(&[&audit]).objects(|objects| {
        let denying = engine_policy(PolicyEngine::Gatekeeper, &[Enforcement::Deny]);
        objects.admission.gatekeeper = Listing::whole(vec![denying]);
    });
    Cases::default()
        .pass(kyverno(&[&[Enforcement::Audit, Enforcement::Deny]]))
        .pass(kyverno(&[&audit, &deny, &odd]))
        .pass(gatekeeper(&deny))
        .fail(kyverno(&[&audit, &[]]))
        .fail(gatekeeper(&[Enforcement::Audit, Enforcement::Warn]))
        .fail(both)
        .unknown(kyverno(&[&odd]))
        .not_applicable(kyverno(&[&[]]))
        .not_applicable(inside(|_| {}))
}

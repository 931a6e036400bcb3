use std::collections::BTreeSet;

use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::iam::Role;
use palisade_reason::access::roles::{is_service, trust, trusted_services};

check! {
    /// Role serves tasks of many families
    ///
    /// ## Why
    /// A role that serves several tasks allows each of them what any of them needs. A flaw in the least of them opens the data
    /// of all, and nobody dares to take a permission away.
    ///
    /// Counted are the families of definitions by which something runs in any audited Region and whose task role it is. Up to
    /// three pass: what serves requests, what works in the background and what migrates the data of one application.
    ///
    /// ## Severity
    /// Low: it takes a flaw in one of the tasks, and then spreads the harm.
    ///
    /// ## Fix
    /// Give each family a role of its own with the permissions that it uses.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html>
    CHECK {
        id: "ecs-role-one-for-many",
        severity: Severity::Low,
        controls: &[Control::checklist("one-role-per-task")],
        since: "0.1.0",
        rule: Rule::Role(evaluate),
    }
}

/// How many families may share a role: the parts of one application.
const MOST_FAMILIES: usize = 3;

/// How many families evidence names.
const MOST_NAMES: usize = 8;

fn evaluate(role: &Role, context: &Context) -> Outcome {
    if !trusted_services(trust(role)?).into_iter().any(|service| is_service(service, "ecs-tasks")) {
        return Ok(Verdict::NotApplicable);
    }
    let (families, gap) = families(role, context);
    if families.len() <= MOST_FAMILIES {
        let verdict = if families.is_empty() { Verdict::NotApplicable } else { Verdict::Pass };
        return gap.map_or(Ok(verdict), Err);
    }
    let named: Vec<_> = families.iter().take(MOST_NAMES).copied().collect();
    let unnamed = families.len().saturating_sub(MOST_NAMES);
    let rest = if unnamed == 0 { String::new() } else { format!(" and {unnamed} more") };
    Ok(Verdict::fail(format!("task role of {} families: {}{rest}", families.len(), named.join(", "))))
}

/// The families of which something runs as the role, and the gap when there may be more.
fn families<'c>(role: &Role, context: &'c Context) -> (BTreeSet<&'c str>, Option<Gap>) {
    let mut families = BTreeSet::new();
    let mut gap = None;
    for region in context.inventory().regions.values() {
        gap = gap.or_else(|| region.ecs.definitions.gap().or_else(|| region.ecs.unknown_uses().next()).cloned());
        for definition in region.ecs.definitions.seen() {
            let Ok(Some(running)) = context.uses().running(definition, &region.ecs) else { continue };
            if running.task.task_role.as_ref() == Some(&role.arn) {
                families.insert(running.task.family.as_str());
            }
        }
    }
    (families, gap.or_else(|| context.inventory().regions_gap.clone()))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecs::{Definition, Origin};
    use palisade_model::{Fact, Listing};
    use palisade_scenes::Scene;
    use palisade_scenes::iam::trusting;
    use palisade_scenes::role_arn;
    use palisade_scenes::tasks::{definition, definition_arn, new_task_definition};

    // A service whose rollout has a stage of each family.
    let served = |families: &[&str]| -> Scene {
        let mut scene = definition(|_| {});
        scene.subject = role_arn("web-task");
        families.iter().fold(scene, |scene, family| {
            let arn = definition_arn(&format!("{family}:1"));
            let added = Definition {
                arn: arn.clone(),
                origin: Origin::Task,
                details: Fact::Known(Some(new_task_definition(family))),
            };
            let scene = scene.ecs(|ecs| {
                ecs.definitions = Listing::whole([ecs.definitions.seen(), &[added]].concat());
            });
            scene.and_service(|details| {
                let mut stage = details.deployments[0].clone();
                stage.definition = arn;
                details.deployments.push(stage);
            })
        })
    };
    let unused = served(&[]).and_definition(|task| task.task_role = None);
    Cases::default()
        .pass(served(&[]))
        .pass(served(&["worker", "migration"]))
        .fail(served(&["worker", "migration", "reports"]))
        .fail(served(&["a", "b", "c", "d", "e", "f", "g", "h", "i"]))
        .not_applicable(unused)
        .not_applicable(trusting(serde_json::json!({
            "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole"
        })))
}

use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecr::Registry;
use palisade_model::{Arn, Fact, Gap};

check! {
    /// Pulls of what runs are not recorded as use
    ///
    /// ## Why
    /// A registry can leave the pulls of chosen principals out of an image's last pull, so that scanners do not make every
    /// image look used. Where the role of nodes, of a Fargate profile or the execution role of tasks is among them, images
    /// that run look unused: lifecycle rules by the last pull archive or delete them, and the next start fails.
    ///
    /// Judged are the roles of node groups and Fargate profiles, and the execution roles of task definitions in use.
    ///
    /// ## Severity
    /// Low: it takes a lifecycle rule by the last pull to lose an image.
    ///
    /// ## Fix
    /// Take the role off the list (`DeregisterPullTimeUpdateExclusion`), and give scanners a role of their own.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-time-update-exclusions.html>
    CHECK {
        id: "ecr-pull-time-exclusion-of-workload",
        severity: Severity::Low,
        controls: &[Control::checklist("image-lifecycle")],
        since: "0.1.0",
        rule: Rule::Registry(evaluate),
    }
}

fn evaluate(registry: &Registry, context: &Context) -> Outcome {
    let excluded = registry.pull_time_exclusions.seen();
    let gap = registry.pull_time_exclusions.gap();
    if excluded.is_empty() {
        return gap.map_or(Ok(Verdict::NotApplicable), |gap| Err(gap.clone()));
    }
    let region = context.audited_region(&registry.arn)?;
    let mut gathered = Gathered::default();
    let mut ask = |who: &str, role: &Arn| {
        let told = || format!("pulls of {role}, the role of {who}, are not recorded");
        gathered.add(Ok(excluded.contains(role).then(told)));
    };
    let mut unread: Vec<&Gap> = gap.into_iter().collect();
    for cluster in region.eks.clusters.seen() {
        for group in cluster.node_groups.seen() {
            match &group.details {
                Fact::Known(details) => details.role.iter().for_each(|role| ask(details.arn.resource(), role)),
                Fact::Unknown(gap) => unread.push(gap),
            }
        }
        for profile in cluster.fargate_profiles.seen() {
            match &profile.details {
                Fact::Known(details) => details.role.iter().for_each(|role| ask(details.arn.resource(), role)),
                Fact::Unknown(gap) => unread.push(gap),
            }
        }
        unread.extend(cluster.node_groups.gap());
        unread.extend(cluster.fargate_profiles.gap());
    }
    for definition in region.ecs.definitions.seen() {
        match &definition.details {
            Fact::Known(Some(task)) => {
                task.execution_role.iter().for_each(|role| ask(definition.arn.resource(), role));
            }
            Fact::Known(None) => {}
            Fact::Unknown(gap) => unread.push(gap),
        }
    }
    unread.extend(region.eks.clusters.gap());
    unread.extend(region.ecs.definitions.gap());
    for gap in unread {
        gathered.add(Err::<Option<String>, _>(gap.clone()));
    }
    match gathered.outcome() {
        // Nothing runs here that pulls by a role.
        Ok(Verdict::NotApplicable) => Ok(Verdict::Pass),
        outcome => outcome,
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_scenes::Scene;
    use palisade_scenes::clusters::node_group;
    use palisade_scenes::tasks::definition;
    use palisade_scenes::{cluster, registry, role_arn};

    let registry_of = |scene: Scene, excluded: &[Arn]| -> Scene {
        let excluded = excluded.to_vec();
        let mut scene = scene.and_registry(move |registry| registry.pull_time_exclusions = Listing::whole(excluded));
        scene.subject = registry(|_| {}).subject;
        scene
    };
    let scanner = || role_arn("scanner");
    let tasks = || definition(|task| task.execution_role = Some(role_arn("web-execution")));
    let nodes = || {
        let group = node_group(|group| group.role = Some(role_arn("nodes")));
        cluster(|cluster| cluster.node_groups = Listing::whole(vec![group]))
    };
    Cases::default()
        .not_applicable(registry_of(tasks(), &[]))
        .pass(registry_of(tasks(), &[scanner()]))
        .pass(registry_of(registry(|_| {}), &[scanner()]))
        .fail(registry_of(tasks(), &[scanner(), role_arn("web-execution")]))
        .pass(registry_of(nodes(), &[scanner()]))
        .fail(registry_of(nodes(), &[role_arn("nodes")]))
}

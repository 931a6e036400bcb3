use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecs::{InCluster, LaunchType, Service, ServiceDetails, ServiceRevision};
use palisade_model::{Action, Gap};
use palisade_reason::tasks::services::{choice, described, running};
use palisade_reason::tasks::uses::launch_type;

check! {
    /// GuardDuty does not watch the tasks of a service
    ///
    /// ## Why
    /// Runtime Monitoring of GuardDuty sees from within a task what no log shows: processes that should not be there,
    /// calls to mining pools, credentials that are fetched by a shell. Each revision of a service says whether it is
    /// there; one that was deployed before it was switched on has to be deployed anew. Managed Instances, Windows and
    /// machines outside of AWS cannot have it.
    ///
    /// ## Severity
    /// Medium: it opens nothing; an intrusion goes on for longer.
    ///
    /// ## Fix
    /// Switch on Runtime Monitoring in GuardDuty with the automated agent for Fargate, see that the execution role may
    /// pull the agent, and deploy the service anew. On EC2, install the agent on the instances.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-guard-duty-integration.html>
    /// - <https://docs.aws.amazon.com/securityhub/latest/userguide/guardduty-controls.html#guardduty-12>
    CHECK {
        id: "ecs-runtime-monitoring-off",
        severity: Severity::Medium,
        controls: &[Control::security_hub("GuardDuty.12"), Control::checklist("tasks-watched")],
        since: "0.1.0",
        rule: Rule::EcsService(evaluate),
    }
}

fn evaluate(service: &InCluster<'_, Service>, _: &Context) -> Outcome {
    let Some(details) = running(service.object)? else { return Ok(Verdict::NotApplicable) };
    if !can_be_watched(details, service)? {
        return Ok(Verdict::NotApplicable);
    }
    let revisions = service.object.revisions.known()?;
    if revisions.is_empty() {
        let why = "no revision of it is kept that says whether GuardDuty is there";
        return Err(Gap::undecided(Action::EcsDescribeServiceRevisions, &service.object.arn, why));
    }
    let mut gathered = Gathered::default();
    for revision in revisions {
        gathered.add(judge(revision));
    }
    gathered.outcome()
}

fn judge(revision: &ServiceRevision) -> Result<Option<String>, Gap> {
    let ServiceRevision { arn, guard_duty, .. } = revision;
    let unsaid = || Gap::undecided(Action::EcsDescribeServiceRevisions, arn, "guardDutyEnabled is not said");
    let not_known = |word: &str| Gap::not_known(Action::EcsDescribeServiceRevisions, arn, "guardDutyEnabled", word);
    let is_on = guard_duty.as_ref().ok_or_else(unsaid)?.is_on(not_known)?;
    Ok((!is_on).then(|| format!("guardDutyEnabled of {} is false", arn.resource())))
}

/// Whether GuardDuty could watch some of its tasks: those of Linux on Fargate and EC2.
fn can_be_watched(details: &ServiceDetails, service: &InCluster<'_, Service>) -> Result<bool, Gap> {
    let of = |launch: &_, definition| match launch_type(launch, service.cluster)? {
        LaunchType::Fargate | LaunchType::Ec2 => {
            let is_windows = |text: &str| text.to_ascii_uppercase().starts_with("WINDOWS");
            Ok(match &launch.platform_family {
                Some(family) => !is_windows(family),
                None => !described(definition, service.ecs)?.operating_system.as_deref().is_some_and(is_windows),
            })
        }
        LaunchType::External | LaunchType::ManagedInstances => Ok(false),
        LaunchType::Other(word) => {
            Err(Gap::not_known(Action::EcsDescribeServices, &service.object.arn, "launchType", word))
        }
    };
    let mut gap = None;
    let stages = details.running_deployments().map(|stage| (choice(stage, details), &stage.definition));
    let own = details.definition.iter().filter(|_| details.deployments.is_empty());
    for (launch, definition) in stages.chain(own.map(|definition| (&details.launch, definition))) {
        match of(launch, definition) {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(unread) => gap = Some(unread),
        }
    }
    gap.map_or(Ok(false), Err)
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecs::LaunchChoice;
    use palisade_model::{Fact, Switch};
    use palisade_scenes::Scene;
    use palisade_scenes::tasks::service;

    fn revised(scene: Scene, change: impl FnOnce(&mut Vec<ServiceRevision>)) -> Scene {
        scene.ecs_cluster(|cluster| {
            if let Fact::Known(revisions) = &mut cluster.services.seen_mut()[0].revisions {
                change(revisions);
            }
        })
    }
    let saying = |scene: Scene, state: Option<Switch>| revised(scene, |revisions| revisions[0].guard_duty = state);
    let off = |scene: Scene| saying(scene, Some(Switch::Off));
    let launched = |launch_type: LaunchType| {
        service(|details| {
            let choice = LaunchChoice { launch_type: Some(launch_type), ..LaunchChoice::default() };
            (details.launch, details.deployments[0].launch) = (choice.clone(), choice);
        })
    };
    let windows = || {
        service(|details| {
            let family = || Some("Windows Server 2022 Core".to_owned());
            (details.launch.platform_family, details.deployments[0].launch.platform_family) = (family(), family());
        })
    };
    Cases::default()
        .pass(service(|_| {}))
        .fail(off(service(|_| {})))
        .fail(revised(service(|_| {}), |revisions| {
            let mut old = revisions[0].clone();
            old.guard_duty = Some(Switch::Off);
            revisions.push(old);
        }))
        .unknown(saying(service(|_| {}), None))
        .unknown(saying(service(|_| {}), Some(Switch::Other("partly".to_owned()))))
        .unknown(revised(service(|_| {}), Vec::clear))
        .fail(off(service(|_| {}).on_ec2()))
        .not_applicable(off(windows()))
        .not_applicable(off(launched(LaunchType::ManagedInstances)))
        .not_applicable(off(launched(LaunchType::External)))
        .unknown(off(launched(LaunchType::Other("EDGE".to_owned()))))
        .not_applicable(off(service(|_| {})).and_stage(|stage| (stage.desired, stage.running) = (0, 0)))
}

use crate::check::{Control, Gathered, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecs::{Ecs, InCluster, LaunchChoice, LaunchType, Launcher, Service, Task};
use palisade_model::{Action, Arn, Gap, Switch};
use palisade_reason::tasks::platforms::{Support, support};
use palisade_reason::tasks::services::{choice, described};
use palisade_reason::tasks::uses::{launch_type, of_task as launch_type_of_task};

check! {
    /// Tasks ask for a version of Fargate's platform that is given up
    ///
    /// ## Why
    /// A platform version is the kernel, the runtime and the agent under a task on Fargate. One that AWS gave up gets
    /// no security updates; from a day on nothing can be started on it, and then AWS stops what still runs. The table
    /// of versions goes by AWS's list. `LATEST`, or none, is always supported; services that use a capacity provider
    /// strategy are judged too.
    ///
    /// ## Severity
    /// High: what becomes known of the kernel stays open, and at the next start the tasks do not come back.
    ///
    /// ## Fix
    /// Set the platform version to `LATEST` and deploy anew.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-versions-retired.html>
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-fargate.html>
    /// - <https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-10>
    CHECK {
        id: "ecs-platform-version-retired",
        severity: Severity::High,
        controls: &[
            Control::security_hub("ECS.10"),
            Control::prowler("ecs_service_fargate_latest_platform_version"),
            Control::cis("compute-services-1.1.0:3.8"),
            Control::checklist("tasks-kept-up"),
        ],
        since: "0.1.0",
        rule: Rule::Several(&[Rule::EcsService(of_service), Rule::EcsTask(of_task), Rule::Launcher(of_launcher)]),
    }
}

/// A version that was asked for, and what tells what it is of.
struct Asked<'a> {
    version: Option<&'a str>,
    family: Option<&'a str>,
    definition: Option<&'a Arn>,
}

fn of_service(service: &InCluster<'_, Service>, _: &Context) -> Outcome {
    let details = service.object.details.known()?;
    let mut gathered = Gathered::default();
    let mut add = |name: &str, said: &LaunchChoice, definition: Option<&Arn>| match launch_type(said, service.cluster) {
        Ok(LaunchType::Fargate) => {
            let version = said.platform_version.as_deref();
            let asked = Asked { version, family: said.platform_family.as_deref(), definition };
            gathered.add(judge(name, &asked, &service.object.arn, service.ecs));
        }
        Ok(LaunchType::Ec2 | LaunchType::External | LaunchType::ManagedInstances) => {}
        Ok(LaunchType::Other(word)) => {
            let gap = Gap::not_known(Action::EcsDescribeServices, &service.object.arn, "launchType", word);
            gathered.add(Err::<Option<String>, _>(gap));
        }
        Err(gap) => gathered.add(Err::<Option<String>, _>(gap)),
    };
    // What the service asks for holds for the next deployment too, and for one that is scaled to nothing.
    add(&service.object.name, &details.launch, details.definition.as_ref());
    for stage in details.running_deployments() {
        add(&stage.id, choice(stage, details), Some(&stage.definition));
    }
    gathered.outcome()
}

fn of_task(task: &InCluster<'_, Task>, _: &Context) -> Outcome {
    let details = task.object.details.known()?;
    if details.is_stopped || launch_type_of_task(details, task.cluster)? != LaunchType::Fargate {
        return Ok(Verdict::NotApplicable);
    }
    let asked = Asked {
        version: details.platform_version.as_deref(),
        family: details.platform_family.as_deref(),
        definition: Some(&details.definition),
    };
    let found = judge("the task", &asked, &task.object.arn, task.ecs)?;
    Ok(Verdict::fail_if_any(found))
}

fn of_launcher(launcher: &Launcher, context: &Context) -> Outcome {
    let details = launcher.details.known()?;
    if details.enabled == Switch::Off {
        return Ok(Verdict::NotApplicable);
    }
    let region = context.audited_region(&launcher.arn)?;
    let mut gathered = Gathered::default();
    for target in &details.targets {
        let LaunchChoice { launch_type, providers, platform_version, platform_family } = &target.launch;
        let is_provider = |name: &String| matches!(name.as_str(), "FARGATE" | "FARGATE_SPOT");
        // Only Fargate takes a version.
        let is_fargate = *launch_type == Some(LaunchType::Fargate)
            || providers.first().is_some_and(is_provider)
            || platform_version.is_some();
        if is_fargate {
            let version = platform_version.as_deref();
            let asked = Asked { version, family: platform_family.as_deref(), definition: target.definition.as_ref() };
            gathered.add(judge(&target.id, &asked, &launcher.arn, &region.ecs));
        }
    }
    gathered.outcome()
}

fn judge(name: &str, asked: &Asked<'_>, resource: &Arn, ecs: &Ecs) -> Result<Option<String>, Gap> {
    let Some(version) = asked.version else { return Ok(None) };
    let not_known = || Gap::not_known(Action::EcsDescribeServices, resource, "platformVersion", version);
    let of_linux = support(version, false).ok_or_else(not_known)?;
    // What Linux supports, Windows does, for its versions began anew.
    if of_linux == Support::Supported {
        return Ok(None);
    }
    match support(version, is_windows(asked, ecs)?).ok_or_else(not_known)? {
        Support::Supported => Ok(None),
        Support::Retired(Some(day)) => {
            Ok(Some(format!("platformVersion of {name} is {version}, which was retired on {day}")))
        }
        Support::Retired(None) => Ok(Some(format!("platformVersion of {name} is {version}, which is not supported"))),
    }
}

/// Whether containers are of Windows: by what was said with the version, or else by the definition.
fn is_windows(asked: &Asked<'_>, ecs: &Ecs) -> Result<bool, Gap> {
    let starts = |text: &str| text.to_ascii_uppercase().starts_with("WINDOWS");
    match (asked.family, asked.definition) {
        (Some(family), _) => Ok(starts(family)),
        (None, Some(definition)) => Ok(described(definition, ecs)?.operating_system.as_deref().is_some_and(starts)),
        (None, None) => Ok(false),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_model::ecs::{CapacityProvider, ProviderKind};
    use palisade_scenes::Scene;
    use palisade_scenes::tasks::{launcher, service, task};

    fn asking(change: impl Fn(&mut LaunchChoice)) -> Scene {
        service(|details| {
            change(&mut details.launch);
            change(&mut details.deployments[0].launch);
        })
    }
    let version =
        |version: Option<&'static str>| asking(move |choice| choice.platform_version = version.map(str::to_owned));
    let family = |version: &'static str, family: Option<&'static str>| {
        asking(move |choice| {
            choice.platform_version = Some(version.to_owned());
            choice.platform_family = family.map(str::to_owned);
        })
    };
    let by_provider = |provider: &'static str| {
        asking(move |choice| {
            choice.launch_type = None;
            choice.providers = vec![provider.to_owned()];
            choice.platform_version = Some("1.3.0".to_owned());
        })
        .ecs_cluster(|cluster| {
            cluster.capacity_providers = Fact::Known(vec![CapacityProvider {
                name: "machines".to_owned(),
                arn: "arn:aws:ecs:eu-west-1:111122223333:capacity-provider/machines".into(),
                kind: ProviderKind::AutoScaling { group: None, termination_protection: true },
            }]);
        })
    };
    let launching = |version: Option<&'static str>| {
        launcher(move |target| target.launch.platform_version = version.map(str::to_owned))
    };
    Cases::default()
        .pass(service(|_| {}))
        .pass(version(Some("LATEST")))
        .pass(version(None))
        .fail(version(Some("1.3.0")))
        .unknown(version(Some("newest")))
        .pass(family("1.0.0", Some("Windows Server 2022 Core")))
        .fail(family("1.0.0", Some("Linux")))
        .fail(family("1.0.0", None))
        .pass(family("1.0.0", None).and_definition(|task| {
            task.operating_system = Some("WINDOWS_SERVER_2022_CORE".to_owned());
        }))
        .fail(by_provider("FARGATE_SPOT"))
        .not_applicable(by_provider("machines"))
        .unknown(by_provider("gone"))
        .fail(version(Some("1.3.0")).and_stage(|stage| (stage.desired, stage.running) = (0, 0)))
        .not_applicable(service(|_| {}).on_ec2())
        .pass(task(|_| {}))
        .fail(task(|task| task.platform_version = Some("1.3.0".to_owned())))
        .not_applicable(task(|task| {
            (task.platform_version, task.is_stopped) = (Some("1.3.0".to_owned()), true);
        }))
        .not_applicable(task(|task| {
            (task.platform_version, task.launch_type) = (None, Some(LaunchType::Ec2));
        }))
        .pass(launching(None))
        .fail(launching(Some("1.3.0")))
        .not_applicable(launcher(|target| target.launch = LaunchChoice::default()))
}

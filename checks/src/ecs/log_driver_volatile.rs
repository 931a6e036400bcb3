use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_reason::tasks::uses::Running;

check! {
    /// Logs of a container stay on its machine
    ///
    /// ## Why
    /// Files of Docker are gone with the machine, with the container, and with the next rotation; whoever gets onto the machine
    /// can change them. Scaling in, an update of the machine image or an attacker takes them all.
    ///
    /// Judged are the drivers that keep logs in files of the machine (`json-file`, `local`) or nowhere (`none`), and containers
    /// without log configuration that run on a machine, where Docker's default is `json-file`. A router of logs (FireLens) is
    /// not judged itself.
    ///
    /// ## Severity
    /// Low: something else may collect the files, and until then they are there.
    ///
    /// ## Fix
    /// Use `awslogs`, or `awsfirelens` beside a router of logs.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html>
    /// - <https://docs.docker.com/engine/logging/configure/>
    CHECK {
        id: "ecs-log-driver-volatile",
        severity: Severity::Low,
        controls: &[Control::checklist("tasks-logged")],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

/// Drivers that keep logs where they are gone with the machine, or nowhere.
///
/// Source: <https://docs.docker.com/engine/logging/configure/#supported-logging-drivers>
const VOLATILE: [&str; 3] = ["json-file", "local", "none"];

fn evaluate(running: &Running<'_>, _: &Context) -> Outcome {
    let mut gathered = Gathered::default();
    for container in running.task.containers.iter().filter(|container| container.router.is_none()) {
        let name = &container.name;
        match &container.log {
            Some(log) => {
                let is_volatile = VOLATILE.contains(&log.driver.as_str());
                gathered.add(Ok(is_volatile.then(|| format!("container {name}: logDriver is {}", log.driver))));
            }
            // One that logs nothing and shares no machine is none of this check's.
            None if running.shares_machines() == Ok(false) => {}
            None => {
                let told = || Some(format!("container {name} has no logConfiguration"));
                gathered.add(running.shares_machines().map(|_| told()));
            }
        }
    }
    gathered.outcome()
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecs::{FirelensRouter, Log};
    use palisade_scenes::tasks::{container, container_on_ec2};

    let to = |driver: &str| {
        container_on_ec2(|container| container.log = Some(Log { driver: driver.to_owned(), ..Log::default() }))
    };
    Cases::default()
        .pass(container(|_| {}))
        .pass(container_on_ec2(|_| {}))
        .pass(to("awsfirelens"))
        .pass(to("splunk"))
        .pass(to("syslog"))
        .fail(to("json-file"))
        .fail(to("none"))
        .fail(container_on_ec2(|container| container.log = None))
        .not_applicable(container(|container| container.log = None))
        .not_applicable(container_on_ec2(|container| {
            container.router = Some(FirelensRouter { kind: "fluentbit".to_owned(), configured_by: None });
            container.log = None;
        }))
}

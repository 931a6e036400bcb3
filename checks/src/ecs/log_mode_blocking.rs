use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::ecs::{Ecs, Log};
use palisade_model::{Action, Arn, Gap};
use palisade_reason::tasks::uses::Running;

check! {
    /// Container waits for its logs
    ///
    /// ## Why
    /// In the mode `blocking` a container stands still while its logs cannot be delivered: an outage of the log's destination
    /// becomes one of the application, which no longer answers its health check either.
    ///
    /// Judged are essential containers whose driver sends logs away. Where the definition says nothing, the account's setting
    /// `defaultLogDriverMode` holds, and where nobody set that, `non-blocking` since 2025-06-25.
    ///
    /// ## Severity
    /// Low: it takes an outage of something else. Logs that must not be lost for anything may be meant to block.
    ///
    /// ## Fix
    /// Set the log option `mode` to `non-blocking` with a `max-buffer-size` that fits, or `defaultLogDriverMode` for the
    /// account.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html>
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html#default-log-driver-mode>
    CHECK {
        id: "ecs-log-mode-blocking",
        severity: Severity::Low,
        controls: &[
            Control::prowler("ecs_task_definitions_logging_block_mode"),
            Control::checklist("tasks-logged"),
        ],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

/// Drivers that send logs away, so that a container may wait for them. Others write to files of the machine, or hand over
/// to a router.
const SENDING: [&str; 5] = ["awslogs", "fluentd", "gelf", "splunk", "syslog"];

/// The account's setting.
const SETTING: &str = "defaultLogDriverMode";

fn evaluate(running: &Running<'_>, _: &Context) -> Outcome {
    let mut gathered = Gathered::default();
    for container in running.task.containers.iter().filter(|container| container.essential) {
        let Some(log) = container.log.as_ref().filter(|log| SENDING.contains(&log.driver.as_str())) else { continue };
        let found = blocking(log, running.ecs, &running.definition.arn);
        gathered.add(found.map(|found| found.map(|text| format!("container {}: {text}", container.name))));
    }
    gathered.outcome()
}

/// By which setting a container waits for its logs, if it does.
fn blocking(log: &Log, ecs: &Ecs, definition: &Arn) -> Result<Option<String>, Gap> {
    if let Some(mode) = log.options.get("mode") {
        return read(mode, Action::EcsDescribeTaskDefinition, definition, "mode");
    }
    match ecs.settings.known()?.get(SETTING) {
        Some(mode) => read(mode, Action::EcsListAccountSettings, definition, SETTING),
        None => Ok(None),
    }
}

fn read(mode: &str, action: Action, definition: &Arn, setting: &str) -> Result<Option<String>, Gap> {
    match mode {
        "blocking" => Ok(Some(format!("{setting} is {mode}"))),
        "non-blocking" => Ok(None),
        other => Err(Gap::not_known(action, definition, setting, other)),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_scenes::Scene;
    use palisade_scenes::tasks::{container, definition, new_container};

    let log = |driver: &str, mode: Option<&str>| Log {
        driver: driver.to_owned(),
        options: mode.map(|mode| ("mode".to_owned(), mode.to_owned())).into_iter().collect(),
        secrets: vec![],
    };
    let to = |driver: &str, mode: Option<&str>| -> Scene {
        let log = log(driver, mode);
        container(|container| container.log = Some(log))
    };
    let set = |mode: Option<&str>| {
        let settings = mode.map(|mode| (SETTING.to_owned(), mode.to_owned())).into_iter().collect();
        to("awslogs", None).ecs(|ecs| ecs.settings = Fact::Known(settings))
    };
    Cases::default()
        .pass(to("awslogs", Some("non-blocking")))
        .pass(to("awslogs", None))
        .pass(set(None))
        .pass(set(Some("non-blocking")))
        .fail(to("awslogs", Some("blocking")))
        .fail(to("splunk", Some("blocking")))
        .fail(set(Some("blocking")))
        .unknown(set(Some("half-blocking")))
        .unknown(to("awslogs", Some("half-blocking")))
        .not_applicable(to("awsfirelens", None))
        .not_applicable(to("json-file", Some("blocking")))
        .not_applicable(container(|container| container.log = None))
        .pass(definition(|task| {
            let mut helper = new_container("helper");
            helper.essential = false;
            helper.log = Some(log("awslogs", Some("blocking")));
            task.containers.push(helper);
        }))
}

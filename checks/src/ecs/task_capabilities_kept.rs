use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use crate::ecs::isolation::{capability, is_windows};
use crate::ecs::told::each_container;
use palisade_model::ecs::Origin;
use palisade_reason::tasks::uses::Running;

check! {
    /// Container keeps capabilities that it may not need
    ///
    /// ## Why
    /// Docker leaves a container about a dozen capabilities, among them to change the owner of files, to become another user
    /// and to forge packets. Hardly a program needs one. Job definitions of Batch and Windows have no such setting.
    ///
    /// ## Severity
    /// Low: they serve who runs as root in the container, and none of them reaches the machine by itself.
    ///
    /// ## Fix
    /// Set `linuxParameters.capabilities.drop` to `ALL`, and add the few by name that the program asks for.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_KernelCapabilities.html>
    /// - <https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities>
    CHECK {
        id: "ecs-task-capabilities-kept",
        severity: Severity::Low,
        controls: &[Control::checklist("tasks-isolated")],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

fn evaluate(running: &Running<'_>, _: &Context) -> Outcome {
    if is_windows(running)? || running.definition.origin == Origin::Job {
        return Ok(Verdict::NotApplicable);
    }
    each_container(running, |container| {
        let dropped = &container.dropped_capabilities;
        let drops_all = dropped.iter().any(|name| capability(name) == "ALL");
        let told = || match dropped.as_slice() {
            [] => "drops no capability".to_owned(),
            some => format!("drops {}, not ALL", some.join(", ")),
        };
        Ok((!drops_all).then(told))
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecs::Container;
    use palisade_scenes::definitions::{daemon_definition, job_definition};
    use palisade_scenes::tasks::{container, container_on_ec2};

    let dropped = |names: &'static [&'static str]| {
        move |container: &mut Container| {
            container.dropped_capabilities = names.iter().map(|name| (*name).to_owned()).collect();
        }
    };
    Cases::default()
        .pass(container(|_| {}))
        .pass(container(dropped(&["all"])))
        .pass(container_on_ec2(dropped(&["NET_RAW", "ALL"])))
        .pass(container(|container| container.added_capabilities = vec!["CHOWN".to_owned()]))
        .fail(container(dropped(&[])))
        .fail(container_on_ec2(dropped(&["NET_RAW", "MKNOD"])))
        .fail(daemon_definition(|task| task.containers[0].dropped_capabilities.clear()))
        .not_applicable(job_definition(|task| task.containers[0].dropped_capabilities.clear()))
        .not_applicable(container(dropped(&[])).on_windows())
}

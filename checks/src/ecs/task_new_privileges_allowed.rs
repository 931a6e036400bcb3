use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use crate::ecs::isolation::takes_security_options;
use crate::ecs::told::each_container;
use palisade_reason::tasks::uses::Running;

check! {
    /// Container may gain rights by the programs that it starts
    ///
    /// ## Why
    /// Without `no-new-privileges` a program in the container that is marked as root's (setuid), such as `su` or `mount`,
    /// makes root of whoever starts it, and the user of the container is worth less. Fargate, Managed Instances, Windows,
    /// managed daemons and jobs of Batch have no such option.
    ///
    /// ## Severity
    /// Informational: it counts where a container runs as a user of its own and its image has such programs.
    ///
    /// ## Fix
    /// Add `no-new-privileges` to `dockerSecurityOptions`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html>
    /// - <https://docs.kernel.org/userspace-api/no_new_privs.html>
    CHECK {
        id: "ecs-task-new-privileges-allowed",
        severity: Severity::Informational,
        controls: &[Control::checklist("tasks-isolated")],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

fn evaluate(running: &Running<'_>, _: &Context) -> Outcome {
    if !takes_security_options(running)? {
        return Ok(Verdict::NotApplicable);
    }
    each_container(running, |container| {
        let holds = |option: &String| {
            let option = option.trim().to_ascii_lowercase().replace('=', ":");
            matches!(option.as_str(), "no-new-privileges" | "no-new-privileges:true")
        };
        let is_held = container.security_options.iter().any(holds);
        Ok((!is_held).then(|| "dockerSecurityOptions has no no-new-privileges".to_owned()))
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecs::Container;
    use palisade_scenes::definitions::{daemon_definition, job_definition};
    use palisade_scenes::tasks::{container, container_on_ec2};

    let options = |options: &'static [&'static str]| {
        move |container: &mut Container| {
            container.security_options = options.iter().map(|option| (*option).to_owned()).collect();
        }
    };
    Cases::default()
        .pass(container_on_ec2(|_| {}))
        .pass(container_on_ec2(options(&["label:level:s0", "no-new-privileges:true"])))
        .pass(container_on_ec2(options(&["no-new-privileges=true"])))
        .fail(container_on_ec2(options(&[])))
        .fail(container_on_ec2(options(&["no-new-privileges:false"])))
        .fail(container_on_ec2(options(&["apparmor:shop-web"])))
        .unknown(container(options(&[])).on_unknown_provider())
        .not_applicable(container(options(&[])))
        .not_applicable(container(options(&[])).on_managed_instances())
        .not_applicable(daemon_definition(|_| {}))
        .not_applicable(job_definition(|_| {}))
        .not_applicable(container_on_ec2(options(&[])).on_windows())
}

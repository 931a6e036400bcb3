use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use crate::ecs::isolation::takes_security_options;
use crate::ecs::told::each_container;
use palisade_reason::tasks::uses::Running;

check! {
    /// Container switches off what keeps it in
    ///
    /// ## Why
    /// AppArmor, SELinux and seccomp hold a container back where namespaces and capabilities do not: they keep it from mounts,
    /// from files of other containers, and from calls of the kernel in which holes are found. `apparmor:unconfined`,
    /// `label:disable`, the label `spc_t`, `seccomp:unconfined` and `systempaths:unconfined` take that away. Fargate and
    /// Managed Instances take no such options, nor do managed daemons and jobs of Batch.
    ///
    /// ## Severity
    /// Medium: harm needs a hole in the program, and then one in the kernel.
    ///
    /// ## Fix
    /// Take the option out of `dockerSecurityOptions`; where a program does not run without, give it a profile of its own.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html>
    /// - <https://docs.docker.com/engine/security/apparmor/>
    CHECK {
        id: "ecs-task-security-options-weak",
        severity: Severity::Medium,
        controls: &[Control::checklist("tasks-isolated")],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

/// Options that switch something off, with `:` where some write `=`.
const WEAK: &[&str] =
    &["apparmor:unconfined", "label:disable", "label:type:spc_t", "seccomp:unconfined", "systempaths:unconfined"];

fn evaluate(running: &Running<'_>, _: &Context) -> Outcome {
    if takes_security_options(running) == Ok(false) {
        return Ok(Verdict::NotApplicable);
    }
    each_container(running, |container| {
        let is_weak = |option: &&String| WEAK.contains(&option.trim().to_ascii_lowercase().replace('=', ":").as_str());
        let weak: Vec<_> = container.security_options.iter().filter(is_weak).map(String::as_str).collect();
        Ok((!weak.is_empty()).then(|| format!("dockerSecurityOptions has {}", weak.join(", "))))
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecs::Container;
    use palisade_scenes::definitions::daemon_definition;
    use palisade_scenes::tasks::{container, container_on_ec2};

    let option = |option: &'static str| {
        move |container: &mut Container| {
            container.security_options = vec!["no-new-privileges".to_owned(), option.to_owned()];
        }
    };
    let mut cases = Cases::default();
    for scene in palisade_scenes::definitions::samples() {
        cases = cases.pass(scene);
    }
    for text in ["apparmor:unconfined", "apparmor=unconfined", "label:disable", "seccomp:unconfined", "Label:Disable"] {
        cases = cases.fail(container_on_ec2(option(text)));
    }
    for text in
        ["apparmor:shop-web", "label:level:s0:c100,c200", "credentialspec:file://shop.json", "no-new-privileges"]
    {
        cases = cases.pass(container_on_ec2(option(text)));
    }
    cases
        .pass(container_on_ec2(|container| container.security_options.clear()))
        .fail(container(option("label:disable")).on_unknown_provider())
        .not_applicable(container(option("label:disable")))
        .not_applicable(container(option("label:disable")).on_managed_instances())
        .not_applicable(daemon_definition(|_| {}))
        .not_applicable(container_on_ec2(|_| {}).on_windows())
}

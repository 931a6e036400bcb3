use super::volumes::{efs, place};
use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecs::EfsVolume;
use palisade_reason::tasks::uses::Running;

check! {
    /// Task mounts a file system without IAM, or the whole of it
    ///
    /// ## Why
    /// Without IAM everything that reaches the file system over the network may mount it, as whichever user it says it is. And a
    /// task that mounts the root, by no access point, has the data of all others on it.
    ///
    /// ## Severity
    /// Medium: it takes somebody in the network, or a flaw in what the task runs.
    ///
    /// ## Fix
    /// Give the task an access point of its own, set `iam` to `ENABLED`, and let the file system's policy allow the task role
    /// that access point.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EFSAuthorizationConfig.html>
    /// - <https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html>
    CHECK {
        id: "ecs-efs-without-iam",
        severity: Severity::Medium,
        controls: &[Control::checklist("task-data-encrypted")],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

fn evaluate(running: &Running<'_>, _: &Context) -> Outcome {
    let volumes: Vec<_> = efs(running.task).collect();
    if volumes.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    let told = volumes.into_iter().flat_map(|(volume, efs)| {
        let place = place(volume, efs);
        against(efs).map(move |text| format!("{place}: {text}"))
    });
    Ok(Verdict::fail_if_any(told))
}

/// What speaks against a file system.
fn against(efs: &EfsVolume) -> impl Iterator<Item = &'static str> {
    let is_whole = efs.root.as_deref().is_none_or(|root| root.trim_matches('/').is_empty());
    let open = (!efs.uses_iam).then_some("iam is not ENABLED");
    let whole =
        (efs.access_point.is_none() && is_whole).then_some("the root of the file system, without an access point");
    open.into_iter().chain(whole)
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecs::{Volume, VolumeKind};
    use palisade_scenes::tasks::definition;

    let with = |uses_iam: bool, access_point: Option<&str>, root: Option<&str>| {
        let efs = EfsVolume {
            file_system: "fs-0a1b2c3d".to_owned(),
            root: root.map(str::to_owned),
            encrypts_transit: true,
            uses_iam,
            access_point: access_point.map(str::to_owned),
        };
        definition(|task| task.volumes = vec![Volume { name: "data".to_owned(), kind: VolumeKind::Efs(efs) }])
    };
    let point = Some("fsap-0a1b2c3d");
    Cases::default()
        .pass(with(true, point, None))
        .pass(with(true, point, Some("/")))
        .pass(with(true, None, Some("/shop")))
        .fail(with(false, point, None))
        .fail(with(true, None, None))
        .fail(with(true, None, Some("/")))
        .fail(with(false, None, Some("/shop")))
        .not_applicable(definition(|_| {}))
}

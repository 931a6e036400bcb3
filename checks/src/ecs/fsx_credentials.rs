use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::Arn;
use palisade_model::ecs::VolumeKind;
use palisade_reason::tasks::uses::Running;

check! {
    /// Credentials of a file system are somebody else's
    ///
    /// ## Why
    /// The task logs in to FSx for Windows with what another account keeps: whoever has that account can change the credentials
    /// under the task, or take them away, and knows them.
    ///
    /// Accounts that the configuration lists under `trusted_accounts` are not reported.
    ///
    /// ## Severity
    /// Low: the other account is named, and has the credentials anyway.
    ///
    /// ## Fix
    /// Keep the credentials as a secret or parameter of this account, or list the other account under `trusted_accounts`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_FSxWindowsFileServerAuthorizationConfig.html>
    CHECK {
        id: "ecs-fsx-credentials",
        severity: Severity::Low,
        controls: &[Control::checklist("task-secrets-referenced")],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

fn evaluate(running: &Running<'_>, context: &Context) -> Outcome {
    let volumes = running.task.volumes.iter();
    let credentials: Vec<_> = volumes.filter_map(|volume| Some((&volume.name, credentials(&volume.kind)?))).collect();
    if credentials.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    // What is no ARN is a name of this account.
    let is_foreign = |arn: &str| arn.starts_with("arn:") && !context.trusts(Arn::from(arn).account());
    let foreign = credentials.into_iter().filter(|(_, arn)| is_foreign(arn));
    Ok(Verdict::fail_if_any(foreign.map(|(name, arn)| format!("volume {name}: credentialsParameter is {arn}"))))
}

fn credentials(kind: &VolumeKind) -> Option<&str> {
    match kind {
        VolumeKind::Fsx { credentials } => credentials.as_deref(),
        VolumeKind::Scratch
        | VolumeKind::Host(_)
        | VolumeKind::Docker { .. }
        | VolumeKind::Efs(_)
        | VolumeKind::S3Files { .. }
        | VolumeKind::AtLaunch
        | VolumeKind::Other(_) => None,
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecs::Volume;
    use palisade_scenes::tasks::definition;

    let with = |credentials: Option<&str>| {
        let kind = VolumeKind::Fsx { credentials: credentials.map(str::to_owned) };
        definition(|task| task.volumes = vec![Volume { name: "share".to_owned(), kind }])
    };
    let of = |account: &str| format!("arn:aws:secretsmanager:eu-west-1:{account}:secret:fsx-AbC123");
    Cases::default()
        .pass(with(Some(&of("111122223333"))))
        .pass(with(Some("fsx")))
        .fail(with(Some(&of("444455556666"))))
        .pass(
            with(Some(&of("444455556666")))
                .settings(|settings| _ = settings.trusted_accounts.insert("444455556666".into())),
        )
        .not_applicable(with(None))
        .not_applicable(definition(|_| {}))
}

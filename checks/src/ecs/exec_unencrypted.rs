use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecs::{Cluster, ExecLogging, ExecSettings, InCluster};
use palisade_model::{Action, Gap};
use palisade_reason::tasks::exec::of_cluster;

check! {
    /// Sessions in containers are not encrypted with a key of the account
    ///
    /// ## Why
    /// What goes between a client and a container by ECS Exec goes over TLS, and with a key of the account is encrypted
    /// once more, so that only who may use the key takes part. Logs of sessions hold passwords that were typed and data
    /// that was shown; a log group or bucket that need not be encrypted may keep them in clear text.
    ///
    /// ## Severity
    /// Low: all of it is encrypted on its way by TLS.
    ///
    /// ## Fix
    /// Name a key under `kmsKeyId` of `executeCommandConfiguration`, allow the role of the tasks `kms:Decrypt` on it,
    /// and set `cloudWatchEncryptionEnabled` and `s3EncryptionEnabled`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html>
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ExecuteCommandLogConfiguration.html>
    CHECK {
        id: "ecs-exec-unencrypted",
        severity: Severity::Low,
        controls: &[Control::checklist("task-data-encrypted")],
        since: "0.1.0",
        rule: Rule::EcsCluster(evaluate),
    }
}

fn evaluate(cluster: &InCluster<'_, Cluster>, _: &Context) -> Outcome {
    let (opened, gap) = of_cluster(cluster);
    if opened.is_empty() {
        return gap.map_or(Ok(Verdict::NotApplicable), Err);
    }
    let ExecSettings { key, logging } = &cluster.object.details.known()?.exec;
    let mut told: Vec<_> = key.is_none().then(|| "kmsKeyId is not set".to_owned()).into_iter().collect();
    match logging {
        ExecLogging::Override { group, bucket } => {
            let group = group.as_ref().filter(|(_, is_encrypted)| !is_encrypted);
            told.extend(group.map(|(name, _)| format!("cloudWatchEncryptionEnabled is false for {name}")));
            let bucket = bucket.as_ref().filter(|(_, is_encrypted)| !is_encrypted);
            told.extend(bucket.map(|(name, _)| format!("s3EncryptionEnabled is false for {name}")));
        }
        ExecLogging::Other(word) if told.is_empty() => {
            return Err(Gap::not_known(Action::EcsDescribeClusters, &cluster.object.arn, "logging", word));
        }
        ExecLogging::Default | ExecLogging::None | ExecLogging::Other(_) => {}
    }
    Ok(Verdict::fail_if_any(told))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::tasks::ecs_cluster;

    let on = |logging: ExecLogging, has_key: bool| {
        ecs_cluster(|details| {
            details.exec.logging = logging;
            if !has_key {
                details.exec.key = None;
            }
        })
        .and_service(|details| details.exec = true)
    };
    let place = |name: &str, encrypted: bool| Some((name.to_owned(), encrypted));
    let to = |group, bucket| ExecLogging::Override { group, bucket };
    Cases::default()
        .not_applicable(ecs_cluster(|details| details.exec.key = None))
        .pass(on(ExecLogging::Default, true))
        .fail(on(ExecLogging::Default, false))
        .pass(on(to(place("/ecs/exec", true), None), true))
        .fail(on(to(place("/ecs/exec", true), None), false))
        .fail(on(to(place("/ecs/exec", false), None), true))
        .fail(on(to(place("/ecs/exec", true), place("sessions", false)), true))
        .unknown(on(ExecLogging::Other("STREAM".to_owned()), true))
        .fail(on(ExecLogging::Other("STREAM".to_owned()), false))
}

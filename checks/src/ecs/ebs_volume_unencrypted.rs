use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::Gap;
use palisade_model::ecs::{InCluster, ManagedVolume, Service};

check! {
    /// Volumes of tasks are not encrypted
    ///
    /// ## Why
    /// For tasks that ask for it, ECS makes a volume of EBS each. Without `encrypted`, and in a Region in which new
    /// volumes are not encrypted by default, what the task writes lies on it in clear text, and so it does in snapshots
    /// of it. A volume that does not say is encrypted where the cluster names a key for volumes.
    ///
    /// ## Severity
    /// Medium: it takes access to the volume or a snapshot of it, which is one permission, or one share with another
    /// account.
    ///
    /// ## Fix
    /// Set `encrypted` in the service's volume configuration, and switch on encryption by default in the Region.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ebs-kms-encryption.html>
    /// - <https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html>
    CHECK {
        id: "ecs-ebs-volume-unencrypted",
        severity: Severity::Medium,
        controls: &[Control::checklist("task-data-encrypted")],
        since: "0.1.0",
        rule: Rule::EcsService(evaluate),
    }
}

fn evaluate(service: &InCluster<'_, Service>, _: &Context) -> Outcome {
    let details = service.object.details.known()?;
    let mut gathered = Gathered::default();
    for stage in details.running_deployments() {
        for volume in &stage.volumes {
            gathered.add(judge(volume, &stage.id, service));
        }
    }
    gathered.outcome()
}

fn judge(volume: &ManagedVolume, stage: &str, service: &InCluster<'_, Service>) -> Result<Option<String>, Gap> {
    let said = match volume.encrypted {
        Some(true) => return Ok(None),
        Some(false) => "encrypted is false",
        None if volume.key.is_some() => return Ok(None),
        None => "encrypted is not set",
    };
    if *service.ecs.ebs_encrypted_by_default.known()? {
        return Ok(None);
    }
    // With a key of the cluster ECS encrypts what does not say otherwise.
    if volume.encrypted.is_none() && service.cluster.details.known()?.volume_key.is_some() {
        return Ok(None);
    }
    Ok(Some(format!("volume {} of {stage}: {said}, and the Region does not encrypt by default", volume.name)))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Fact;
    use palisade_scenes::tasks::service;

    let with = |encrypted: Option<bool>, by_default: bool| {
        service(|_| {})
            .and_stage(|stage| {
                let name = "data".to_owned();
                stage.volumes = vec![ManagedVolume { name, encrypted, key: None, role: None }];
            })
            .ecs(|ecs| ecs.ebs_encrypted_by_default = Fact::Known(by_default))
    };
    let keyed = |scene: palisade_scenes::Scene| {
        scene.ecs_cluster(|cluster| {
            if let Fact::Known(details) = &mut cluster.details {
                details.volume_key = Some("alias/volumes".to_owned());
            }
        })
    };
    let unread = |scene: palisade_scenes::Scene| {
        let gap = Gap::undecided(palisade_model::Action::Ec2GetEbsEncryptionByDefault, &scene.subject, "denied");
        scene.ecs(|ecs| ecs.ebs_encrypted_by_default = Fact::Unknown(gap))
    };
    Cases::default()
        .pass(with(Some(true), false))
        .fail(with(Some(false), false))
        .fail(with(None, false))
        .pass(with(Some(false), true))
        .pass(with(None, true))
        .pass(with(None, false).and_stage(|stage| stage.volumes[0].key = Some("alias/data".to_owned())))
        .pass(keyed(with(None, false)))
        .fail(keyed(with(Some(false), false)))
        .unknown(unread(with(Some(false), false)))
        .unknown(unread(with(None, false)))
        .not_applicable(with(Some(false), false).and_stage(|stage| (stage.desired, stage.running) = (0, 0)))
        .not_applicable(service(|_| {}))
}

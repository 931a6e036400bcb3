use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::PersistentVolume;
use palisade_model::{Action, Gap};

check! {
    /// Volume of EFS is mounted without encryption on the way
    ///
    /// ## Why
    /// The driver of EFS mounts over TLS, unless the volume says `encryptInTransit: "false"`. What pods read and write
    /// then goes through the VPC in the clear, and the file system cannot ask who mounts it.
    ///
    /// ## Severity
    /// Medium: it takes somebody in the VPC.
    ///
    /// ## Fix
    /// Make the volume without that attribute, and let the file system's policy refuse mounts without TLS.
    ///
    /// ## References
    /// - <https://github.com/kubernetes-sigs/aws-efs-csi-driver#encryption-in-transit>
    /// - <https://docs.aws.amazon.com/efs/latest/ug/encryption-in-transit.html>
    CHECK {
        id: "kubernetes-volume-transit-unencrypted",
        severity: Severity::Medium,
        controls: &[Control::checklist("volumes-encrypted")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    let volumes = &cluster.inside.known()?.persistent_volumes;
    let mut gathered = Gathered::default();
    for volume in volumes.seen().iter().filter(|volume| volume.driver.as_deref() == Some("efs.csi.aws.com")) {
        gathered.add(judge(volume, cluster));
    }
    if let Some(gap) = volumes.gap() {
        gathered.add(Err::<Option<String>, _>(gap.clone()));
    }
    gathered.outcome()
}

fn judge(volume: &PersistentVolume, cluster: &Cluster) -> Result<Option<String>, Gap> {
    let mut attributes = volume.attributes.iter();
    let value = attributes.find(|(name, _)| name.eq_ignore_ascii_case("encryptInTransit")).map(|(_, value)| value);
    match value.map(|value| value.to_ascii_lowercase()).as_deref() {
        Some("true") | None => Ok(None),
        Some("false") => Ok(Some(format!("persistent volume {} has encryptInTransit: false", volume.name))),
        Some(value) => {
            let what = format!("encryptInTransit of persistent volume {}", volume.name);
            Err(Gap::not_known(Action::KubernetesListPersistentVolumes, &cluster.arn, what, value))
        }
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_scenes::Scene;
    use palisade_scenes::kubernetes::inside;

    let volume = |driver: &str, attributes: &[(&str, &str)]| PersistentVolume {
        name: "pv-1".to_owned(),
        driver: Some(driver.to_owned()),
        handle: Some("fs-01234567::fsap-01234567".to_owned()),
        attributes: attributes.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect(),
        storage_class: None,
        claim: Some("shop/data".to_owned()),
    };
    let with = |volumes: Vec<PersistentVolume>| -> Scene {
        inside(|objects| objects.persistent_volumes = Listing::whole(volumes))
    };
    let efs = |attributes: &[(&str, &str)]| volume("efs.csi.aws.com", attributes);
    Cases::default()
        .pass(with(vec![efs(&[])]))
        .pass(with(vec![efs(&[("encryptInTransit", "true")])]))
        .fail(with(vec![efs(&[]), efs(&[("encryptInTransit", "false")])]))
        .fail(with(vec![efs(&[("encryptintransit", "False")])]))
        .unknown(with(vec![efs(&[("encryptInTransit", "maybe")])]))
        .not_applicable(with(vec![volume("ebs.csi.aws.com", &[("encryptInTransit", "false")])]))
        .not_applicable(inside(|_| {}))
}

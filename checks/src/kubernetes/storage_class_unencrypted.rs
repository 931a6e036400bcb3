use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::StorageClass;

check! {
    /// Storage class makes volumes that are not encrypted
    ///
    /// ## Why
    /// A volume of EBS that was made without encryption stays so, and so do its snapshots: whoever may share or copy
    /// one reads what the pods wrote.
    ///
    /// Where the account encrypts all new volumes by default, the class makes encrypted ones as well. That setting is
    /// not read, and it can be switched off behind the cluster's back.
    ///
    /// ## Severity
    /// Medium: it takes somebody who may read snapshots.
    ///
    /// ## Fix
    /// Make a class with `encrypted: "true"`, and a `kmsKeyId` of your own. Parameters of a class cannot be changed,
    /// nor volumes that are there.
    ///
    /// ## References
    /// - <https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/parameters.md>
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/create-storage-class.html>
    CHECK {
        id: "kubernetes-storage-class-unencrypted",
        severity: Severity::Medium,
        controls: &[Control::checklist("volumes-encrypted")],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

/// The drivers of EBS: as an add-on, in Auto Mode, and the one that Kubernetes had.
const DRIVERS: [&str; 3] = ["ebs.csi.aws.com", "ebs.csi.eks.amazonaws.com", "kubernetes.io/aws-ebs"];

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    let classes = &cluster.inside.known()?.storage_classes;
    let mut gathered = Gathered::default();
    for class in classes.seen().iter().filter(|class| DRIVERS.contains(&class.provisioner.as_str())) {
        gathered.add(Ok(judge(class)));
    }
    if let Some(gap) = classes.gap() {
        gathered.add(Err::<Option<String>, _>(gap.clone()));
    }
    gathered.outcome()
}

fn judge(class: &StorageClass) -> Option<String> {
    // The driver reads the names of parameters in any case of letters.
    let mut parameters = class.parameters.iter();
    let value = parameters.find(|(name, _)| name.eq_ignore_ascii_case("encrypted")).map(|(_, value)| value.as_str());
    match value {
        Some(value) if value.eq_ignore_ascii_case("true") => None,
        Some(value) => Some(format!("storage class {} has encrypted: {value}", class.name)),
        None => Some(format!("storage class {} does not say encrypted", class.name)),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Listing;
    use palisade_scenes::Scene;
    use palisade_scenes::kubernetes::inside;

    let class = |provisioner: &str, parameters: &[(&str, &str)]| StorageClass {
        name: "fast".to_owned(),
        provisioner: provisioner.to_owned(),
        parameters: parameters.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect(),
        is_default: true,
    };
    let with =
        |classes: Vec<StorageClass>| -> Scene { inside(|objects| objects.storage_classes = Listing::whole(classes)) };
    let encrypted = || class("ebs.csi.aws.com", &[("type", "gp3"), ("encrypted", "true")]);
    Cases::default()
        .pass(with(vec![encrypted()]))
        .pass(with(vec![class("ebs.csi.eks.amazonaws.com", &[("Encrypted", "True")])]))
        .fail(with(vec![encrypted(), class("kubernetes.io/aws-ebs", &[("type", "gp2")])]))
        .fail(with(vec![class("ebs.csi.aws.com", &[("encrypted", "false")])]))
        .fail(with(vec![class("ebs.csi.eks.amazonaws.com", &[("encrypted", "yes")])]))
        .not_applicable(with(vec![class("efs.csi.aws.com", &[])]))
        .not_applicable(inside(|_| {}))
}

use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::Action;
use palisade_model::eks::{Cluster, Release};

check! {
    /// Secrets of the cluster are not encrypted
    ///
    /// ## Why
    /// Before version 1.28 the cluster keeps Secrets in its database as they are, unless it was given a key of KMS.
    /// Then nothing but the disk's encryption protects passwords and tokens from whoever gets at the database or a copy
    /// of it.
    ///
    /// From 1.28 on EKS encrypts all that the API stores; whether with a key of one's own is the matter of
    /// `eks-cluster-secrets-without-customer-key`.
    ///
    /// ## Severity
    /// High: the most valuable data of the cluster lies open where it is stored, on a version that is no longer patched
    /// for free.
    ///
    /// ## Fix
    /// Associate an encryption configuration with a key of KMS, then write all Secrets anew; or upgrade the cluster.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/enable-kms.html>
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/envelope-encryption.html>
    CHECK {
        id: "eks-cluster-secrets-unencrypted",
        severity: Severity::High,
        controls: &[
            Control::security_hub("EKS.3"),
            Control::cis("eks-1.8.0:5.3.1"),
            Control::checklist("cluster-secrets-encrypted"),
        ],
        since: "0.1.0",
        rule: Rule::Cluster(evaluate),
    }
}

/// The first version that EKS encrypts by itself.
///
/// Source: <https://docs.aws.amazon.com/eks/latest/userguide/envelope-encryption.html>
const ENCRYPTED_SINCE: Release = Release { major: 1, minor: 28 };

fn evaluate(cluster: &Cluster, _: &Context) -> Outcome {
    let Some(configuration) = cluster.control_plane()? else { return Ok(Verdict::NotApplicable) };
    if configuration.secrets_key.is_some() {
        return Ok(Verdict::Pass);
    }
    let release = Release::read(&configuration.version, Action::EksDescribeCluster, &cluster.arn)?;
    Ok(Verdict::fail_when(release < ENCRYPTED_SINCE, || {
        format!("the version is {} and no encryptionConfig names a key for secrets", configuration.version)
    }))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::configured_cluster;

    let with = |version: &str, key: Option<&str>| {
        configured_cluster(|configuration| {
            configuration.version = version.to_owned();
            configuration.secrets_key = key.map(str::to_owned);
        })
    };
    let key = Some("arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d");
    Cases::default()
        .pass(with("1.27", key))
        .pass(with("1.28", None))
        .pass(with("1.35", None))
        .fail(with("1.27", None))
        .fail(with("1.9", None))
        .unknown(with("latest", None))
        .not_applicable(configured_cluster(|configuration| configuration.elsewhere = Some("connected".to_owned())))
}

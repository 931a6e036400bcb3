use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::Action;
use palisade_model::eks::{Cluster, Release};

check! {
    /// Secrets of the cluster are encrypted with a key of AWS
    ///
    /// ## Why
    /// From version 1.28 on EKS encrypts what the API stores with a key that AWS owns. Only with a key of its own does
    /// the account decide who may decrypt, see each use in CloudTrail, and make all copies unreadable by disabling the
    /// key.
    ///
    /// Clusters before 1.28, which are not encrypted without a key, are the matter of
    /// `eks-cluster-secrets-unencrypted`.
    ///
    /// ## Severity
    /// Low: the data is encrypted; what is missing is control over the key.
    ///
    /// ## Fix
    /// Associate an encryption configuration with a key of KMS. It cannot be taken away again.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/enable-kms.html>
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/envelope-encryption.html>
    /// - <https://docs.aws.amazon.com/securityhub/latest/userguide/eks-controls.html#eks-3>
    CHECK {
        id: "eks-cluster-secrets-without-customer-key",
        severity: Severity::Low,
        controls: &[
            Control::security_hub("EKS.3"),
            Control::prowler("eks_cluster_kms_cmk_encryption_in_secrets_enabled"),
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
    if release < ENCRYPTED_SINCE {
        return Ok(Verdict::NotApplicable);
    }
    Ok(Verdict::fail("no encryptionConfig names a key for secrets"))
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
        .pass(with("1.35", key))
        .fail(with("1.28", None))
        .fail(with("1.35", None))
        .not_applicable(with("1.27", None))
        .unknown(with("", None))
        .not_applicable(configured_cluster(|configuration| configuration.elsewhere = Some("connected".to_owned())))
}

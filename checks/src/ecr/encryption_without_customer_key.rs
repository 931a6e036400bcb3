use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecr::{Encryption, Repository};
use palisade_model::{Action, Gap};

check! {
    /// Images are encrypted with a key that the account does not control
    ///
    /// ## Why
    /// With a key of S3's or AWS's own everybody who may pull can also decrypt. With a key of the account its policy is a
    /// second gate, its use is logged, and disabling it makes the images unreadable.
    ///
    /// A key that is named by its id passes; who manages it is not looked up.
    ///
    /// ## Severity
    /// Low: images are encrypted in any case.
    ///
    /// ## Fix
    /// Encryption is chosen as a repository is created: make a new one with `encryptionType` `KMS` and a key of the
    /// account, and move the images there.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html>
    /// - <https://docs.aws.amazon.com/securityhub/latest/userguide/ecr-controls.html#ecr-5>
    CHECK {
        id: "ecr-encryption-without-customer-key",
        severity: Severity::Low,
        controls: &[Control::security_hub("ECR.5"), Control::checklist("customer-managed-key")],
        since: "0.1.0",
        rule: Rule::Repository(evaluate),
    }
}

fn evaluate(repository: &Repository, _: &Context) -> Outcome {
    let (kind, key) = match &repository.encryption {
        Encryption::Aes256 => return Ok(Verdict::fail("encryptionType is AES256")),
        Encryption::Kms(key) => ("KMS", key),
        Encryption::KmsDsse(key) => ("KMS_DSSE", key),
        Encryption::Other(kind) => {
            let action = Action::EcrDescribeRepositories;
            return Err(Gap::not_known(action, &repository.arn, "encryptionType", kind));
        }
    };
    Ok(match key {
        None => Verdict::fail(format!("encryptionType is {kind}, and no key is named")),
        Some(key) => Verdict::fail_when(key.contains("alias/aws/"), || {
            format!("encryptionType is {kind} with AWS's own key {key}")
        }),
    })
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::{Scene, repository};

    let with = |encryption: Encryption| -> Scene { repository(|repository| repository.encryption = encryption) };
    let key = |name: &str| Some(format!("arn:aws:kms:eu-west-1:111122223333:{name}"));
    Cases::default()
        .pass(with(Encryption::Kms(key("key/0a1b2c3d"))))
        .pass(with(Encryption::KmsDsse(key("alias/shop"))))
        .fail(with(Encryption::Aes256))
        .fail(with(Encryption::Kms(None)))
        .fail(with(Encryption::KmsDsse(None)))
        .fail(with(Encryption::Kms(key("alias/aws/ecr"))))
        .unknown(with(Encryption::Other("QUANTUM".to_owned())))
}

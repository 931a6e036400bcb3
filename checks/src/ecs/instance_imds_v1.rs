use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::ecs::{ContainerInstance, InCluster};
use palisade_model::eks::{MetadataOptions, Tokens};
use palisade_model::{Action, Arn, Gap};
use palisade_reason::tasks::instances::{instance, metadata_is_off};

check! {
    /// Metadata service of a machine answers without a token
    ///
    /// ## Why
    /// The metadata service of an EC2 instance gives out the credentials of its role. Without asking for a token
    /// (IMDSv1) it answers each request that reaches it, also that of a server which can be made to fetch an address;
    /// the hop limit does not stop it.
    ///
    /// ## Severity
    /// High: one flaw in one container gives away the role of the machine.
    ///
    /// ## Fix
    /// Set `HttpTokens` to `required` in the launch template, and with `modify-instance-metadata-options` for instances
    /// that run.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html>
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-iam-roles.html>
    CHECK {
        id: "ecs-instance-imds-v1",
        severity: Severity::High,
        controls: &[
            Control::security_hub("EC2.8"),
            Control::prowler("ec2_instance_imdsv2_enabled"),
            Control::cis("compute-services-1.1.0:2.8"),
            Control::checklist("task-credentials-kept"),
        ],
        since: "0.1.0",
        rule: Rule::ContainerInstance(evaluate),
    }
}

fn evaluate(machine: &InCluster<'_, ContainerInstance>, context: &Context) -> Outcome {
    let ContainerInstance { arn, details } = machine.object;
    let region = context.audited_region(arn)?;
    let Some((id, instance)) = instance(details.known()?, region, arn)? else { return Ok(Verdict::NotApplicable) };
    match judge(&instance.metadata, &id, arn) {
        Ok(None) => Ok(Verdict::Pass),
        Ok(Some(_)) | Err(_) if metadata_is_off(&instance.metadata, &id, arn)? => Ok(Verdict::Pass),
        Ok(Some(found)) => Ok(Verdict::fail(found)),
        Err(gap) => Err(gap),
    }
}

fn judge(metadata: &MetadataOptions, id: &str, machine: &Arn) -> Result<Option<String>, Gap> {
    match &metadata.tokens {
        Some(Tokens::Required) => Ok(None),
        Some(Tokens::Optional) => Ok(Some(format!("HttpTokens of {id} is optional"))),
        Some(Tokens::Other(word)) => {
            Err(Gap::not_known(Action::Ec2DescribeInstances, machine, format!("HttpTokens of {id}"), word))
        }
        None => Err(Gap::undecided(Action::Ec2DescribeInstances, machine, format!("HttpTokens of {id} is not said"))),
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::Switch;
    use palisade_scenes::tasks::container_instance;

    let tokens = |tokens: Option<Tokens>, enabled: Switch| {
        container_instance(|_| {}).ec2_instance(|instance| {
            (instance.metadata.tokens, instance.metadata.enabled) = (tokens, Some(enabled));
        })
    };
    let new = || Switch::Other("dreaming".to_owned());
    Cases::default()
        .pass(container_instance(|_| {}))
        .fail(tokens(Some(Tokens::Optional), Switch::On))
        .pass(tokens(Some(Tokens::Optional), Switch::Off))
        .unknown(tokens(Some(Tokens::Optional), new()))
        .pass(tokens(Some(Tokens::Required), new()))
        .unknown(tokens(None, Switch::On))
        .unknown(tokens(Some(Tokens::Other("later".to_owned())), Switch::On))
        .unknown(container_instance(|details| details.instance = Some("i-gone".to_owned())))
        .not_applicable(container_instance(|details| details.instance = None))
}

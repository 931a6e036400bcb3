use crate::check::{Control, Gathered, Outcome, Rule, Severity, check};
use crate::context::Context;
use palisade_model::ecs::{ContainerInstance, InstanceDetails, LaunchType};
use palisade_model::eks::{MetadataOptions, Tokens};
use palisade_model::iam::Role;
use palisade_model::network::Instance;
use palisade_model::{Action, Gap, Region};
use palisade_reason::tasks::instances::{instance, metadata_is_off, role};
use palisade_reason::tasks::machines::{is_on_ec2, of_use};
use palisade_reason::tasks::power::beyond_agent;
use palisade_reason::tasks::uses::Running;
use std::collections::BTreeMap;

check! {
    /// Task reaches the role of its machine
    ///
    /// ## Why
    /// The metadata service of an EC2 instance gives the credentials of the instance's role to whoever asks from
    /// within, and a container is within. A role for each task does not take that away. Whether a task gets there
    /// depends on its network mode:
    ///
    /// - `awsvpc`: it does, unless the agent of the machine runs with `ECS_AWSVPC_BLOCK_IMDS`, which each machine
    ///   tells;
    /// - `bridge`: it does not where the service is off, or asks for tokens with a hop limit of one. Rules of the
    ///   machine's own firewall may be in the way too, and cannot be seen: this is a failure only if the role has more
    ///   than the agent needs, and else could not be checked;
    /// - `host`: it does, which matters if the role has more than the agent needs.
    ///
    /// Judged are all machines on which the task runs or may be placed. Fargate has no such role; that of a machine
    /// outside of AWS is not asked for. For Managed Instances ECS does not tell.
    ///
    /// ## Severity
    /// High: whoever breaks into the container has the rights of the machine, and with them often those of all its
    /// tasks.
    ///
    /// ## Fix
    /// Set `ECS_AWSVPC_BLOCK_IMDS=true` in the agent's configuration and use `awsvpc`; with `bridge`, require tokens
    /// and set the hop limit to 1. Leave the role of machines no more than `AmazonEC2ContainerServiceforEC2Role`.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-iam-roles.html>
    /// - <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html>
    /// - <https://github.com/aws/amazon-ecs-agent/blob/master/README.md>
    CHECK {
        id: "ecs-task-reaches-instance-role",
        severity: Severity::High,
        controls: &[Control::checklist("task-credentials-kept")],
        since: "0.1.0",
        rule: Rule::TaskDefinition(evaluate),
    }
}

fn evaluate(running: &Running<'_>, context: &Context) -> Outcome {
    let arn = &running.definition.arn;
    let mut gathered = Gathered::default();
    let mut machines: BTreeMap<_, &ContainerInstance> = BTreeMap::new();
    for used in running.uses {
        match &used.launch_type {
            Ok(LaunchType::ManagedInstances) => {
                let why = "ECS does not tell whether tasks on Managed Instances reach the role of their instance";
                gathered.add(unknown(Gap::undecided(Action::EcsDescribeContainerInstances, arn, why)));
            }
            Ok(launch_type) => match is_on_ec2(launch_type, used.who) {
                Ok(true) if running.network_mode() == "none" => gathered.add(Ok(None::<String>)),
                Ok(true) => match of_use(used, running) {
                    Ok(found) => machines.extend(found.into_iter().map(|machine| (&machine.arn, machine))),
                    Err(gap) => gathered.add(unknown(gap)),
                },
                Ok(false) => {}
                Err(gap) => gathered.add(unknown(gap)),
            },
            Err(gap) => gathered.add(unknown(gap.clone())),
        }
    }
    if let Some((first, _)) = machines.first_key_value() {
        let region = context.audited_region(first)?;
        for machine in machines.values() {
            gathered.add(judge(machine, running, region, context));
        }
    }
    gathered.outcome()
}

fn unknown(gap: Gap) -> Result<Option<String>, Gap> {
    Err(gap)
}

fn judge(
    machine: &ContainerInstance,
    running: &Running<'_>,
    region: &Region,
    context: &Context,
) -> Result<Option<String>, Gap> {
    let details = machine.details.known()?;
    let mode = running.network_mode();
    if mode == "awsvpc" && details.has(InstanceDetails::BLOCKS_METADATA) {
        return Ok(None);
    }
    let Some((id, instance)) = instance(details, region, &machine.arn)? else { return Ok(None) };
    let Some(held) = role(instance, context, &machine.arn)? else { return Ok(None) };
    let judged = match mode {
        "awsvpc" => Ok(Some(format!("{} is not among its attributes", InstanceDetails::BLOCKS_METADATA))),
        "host" => Ok(beyond_agent(held, context)?.map(|why| format!("networkMode is host, and the role {why}"))),
        "bridge" | "nat" => through_bridge(machine, &id, instance, held, context),
        other => Err(Gap::not_known(Action::EcsDescribeTaskDefinition, &running.definition.arn, "networkMode", other)),
    };
    match judged {
        Ok(None) => Ok(None),
        // What speaks against it counts only where the service is on.
        Ok(Some(_)) | Err(_) if metadata_is_off(&instance.metadata, &id, &machine.arn)? => Ok(None),
        Ok(Some(why)) => Ok(Some(format!("the role {} of {id} is within reach: {why}", held.name))),
        Err(gap) => Err(gap),
    }
}

fn through_bridge<'a>(
    machine: &ContainerInstance,
    id: &str,
    instance: &Instance,
    held: &'a Role,
    context: &Context<'a>,
) -> Result<Option<String>, Gap> {
    let MetadataOptions { tokens, hop_limit, .. } = &instance.metadata;
    if matches!((tokens, hop_limit), (Some(Tokens::Required), Some(1))) {
        return Ok(None);
    }
    let unseen = || {
        let why = format!("whether the firewall of {id} keeps containers from the metadata service cannot be seen");
        Gap::undecided(Action::EcsDescribeContainerInstances, &machine.arn, why)
    };
    let hops = hop_limit.filter(|hops| *hops >= 2).ok_or_else(unseen)?;
    let more = beyond_agent(held, context)?.ok_or_else(unseen)?;
    Ok(Some(format!("HttpPutResponseHopLimit is {hops}, and the role {more}")))
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_model::ecs::{CapacityProvider, LaunchChoice, ProviderKind};
    use palisade_model::iam::InlinePolicy;
    use palisade_model::{Fact, Listing, Switch};
    use palisade_scenes::Scene;
    use palisade_scenes::iam::allow;
    use palisade_scenes::tasks::{definition, definition_on_ec2};

    let mode = |mode: Option<&str>| definition_on_ec2(|task| task.network_mode = mode.map(str::to_owned));
    let wide = |scene: Scene| {
        scene.iam(|iam| {
            let role = iam.roles.seen_mut().iter_mut().find(|role| role.name == "machines").unwrap();
            let document = palisade_scenes::policy(allow("s3:*", "*"));
            role.inline.push(InlinePolicy { name: "own".to_owned(), document });
        })
    };
    let options = |scene: Scene, enabled: Switch, tokens: Tokens, hops: u32| {
        scene.ec2_instance(|instance| {
            instance.metadata = MetadataOptions { enabled: Some(enabled), tokens: Some(tokens), hop_limit: Some(hops) };
        })
    };
    let unblocked = || mode(Some("awsvpc")).machine(|details| details.attributes.clear());
    let launched = |launch_type: LaunchType| {
        let choice = LaunchChoice { launch_type: Some(launch_type.clone()), ..LaunchChoice::default() };
        mode(Some("awsvpc"))
            .and_task_of_service(|task| task.launch_type = Some(launch_type))
            .and_service(|details| (details.launch, details.deployments[0].launch) = (choice.clone(), choice))
    };
    let by_provider = || {
        let choice = LaunchChoice { providers: vec!["machines".to_owned()], ..LaunchChoice::default() };
        unblocked()
            .and_service(|details| (details.launch, details.deployments[0].launch) = (choice.clone(), choice))
            .machine(|details| details.capacity_provider = Some("machines".to_owned()))
            .ecs_cluster(|cluster| {
                cluster.capacity_providers = Fact::Known(vec![CapacityProvider {
                    name: "machines".to_owned(),
                    arn: "arn:aws:ecs:eu-west-1:111122223333:capacity-provider/machines".into(),
                    kind: ProviderKind::AutoScaling { group: None, termination_protection: true },
                }]);
            })
    };
    Cases::default()
        .pass(mode(Some("awsvpc")))
        .fail(unblocked())
        .fail(by_provider())
        .pass(unblocked().ec2_instance(|instance| instance.profile = None))
        .pass(options(unblocked(), Switch::Off, Tokens::Required, 1))
        .unknown(options(unblocked(), Switch::Other("dreaming".to_owned()), Tokens::Required, 1))
        .pass(mode(Some("bridge")))
        .pass(wide(mode(None)))
        .pass(options(wide(mode(Some("bridge"))), Switch::Off, Tokens::Optional, 2))
        .fail(options(wide(mode(Some("bridge"))), Switch::On, Tokens::Required, 2))
        .fail(options(wide(mode(None)), Switch::On, Tokens::Optional, 64))
        .unknown(options(mode(Some("bridge")), Switch::On, Tokens::Required, 2))
        .unknown(options(wide(mode(Some("bridge"))), Switch::On, Tokens::Optional, 1))
        .pass(mode(Some("host")))
        .fail(wide(mode(Some("host"))))
        .pass(wide(mode(Some("none"))))
        .unknown(mode(Some("overlay")))
        .unknown(mode(Some("awsvpc")).ecs_cluster(|cluster| {
            cluster.instances = Listing::whole(vec![]);
        }))
        .unknown(launched(LaunchType::ManagedInstances))
        .unknown(launched(LaunchType::Other("EDGE".to_owned())))
        .not_applicable(launched(LaunchType::External))
        .not_applicable(definition(|_| {}))
}

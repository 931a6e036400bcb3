//! Scenes of what definitions of tasks belong to: daemons, jobs, images, and what they run on.

use palisade_model::ecr::Content;
use palisade_model::ecs::{
    CapacityProvider, Container, Definition, FirelensRouter, LaunchChoice, LaunchType, Origin, PortMapping,
    ProviderKind, SecretReference, TaskDefinition,
};
use palisade_model::{Arn, Fact, Listing};

use super::tasks::{DIGEST, daemon, definition, definition_on_ec2, new_container, new_task_definition};
use super::{ACCOUNT, REGION, Scene, changed, image, push, repository_arn};

/// An account whose managed daemon has this definition, changed from one that is as it should be; the definition is the
/// subject.
pub fn daemon_definition(change: impl FnOnce(&mut TaskDefinition)) -> Scene {
    let scene = daemon(change);
    let found = scene.inventory.regions.values().flat_map(|region| region.ecs.definitions.seen());
    let subject = found.filter(|one| one.origin == Origin::Daemon).map(|one| one.arn.clone()).next().unwrap();
    Scene { subject, ..scene }
}

/// An account with a job definition of Batch that asks for EC2, then changed; it is the subject.
pub fn job_definition(change: impl FnOnce(&mut TaskDefinition)) -> Scene {
    let arn = Arn::from(format!("arn:aws:batch:{REGION}:{ACCOUNT}:job-definition/nightly:4"));
    let mut task = new_task_definition("nightly");
    task.network_mode = None;
    task.requires = vec!["EC2".to_owned()];
    let details = Fact::Known(Some(changed(task, change)));
    let job = Definition { arn: arn.clone(), origin: Origin::Job, details };
    Scene { subject: arn, ..definition(|_| {}).ecs(|ecs| push(&mut ecs.definitions, job)) }
}

impl Scene {
    /// Lets the service run on instances that ECS manages.
    pub fn on_managed_instances(self) -> Self {
        self.on_launch_type(&LaunchType::ManagedInstances)
    }

    /// Lets the service run on what its cluster's provider is, which is a kind that is not known.
    pub fn on_unknown_provider(self) -> Self {
        let provider = CapacityProvider {
            name: "new".to_owned(),
            arn: Arn::from(format!("arn:aws:ecs:{REGION}:{ACCOUNT}:capacity-provider/new")),
            kind: ProviderKind::Other("ORBITAL".to_owned()),
        };
        let choice = LaunchChoice { providers: vec!["new".to_owned()], ..LaunchChoice::default() };
        self.ecs_cluster(|cluster| {
            cluster.tasks = Listing::whole(vec![]);
            cluster.capacity_providers = Fact::Known(vec![provider]);
        })
        .and_service(|details| {
            details.launch = choice.clone();
            details.deployments.iter_mut().for_each(|stage| stage.launch = choice.clone());
        })
    }

    fn on_launch_type(self, launch_type: &LaunchType) -> Self {
        let choice = LaunchChoice { launch_type: Some(launch_type.clone()), ..LaunchChoice::default() };
        self.and_service(|details| {
            details.launch = choice.clone();
            details.deployments.iter_mut().for_each(|stage| stage.launch = choice.clone());
        })
        .and_task_of_service(|task| {
            task.launch_type = Some(launch_type.clone());
            task.platform_version = None;
            task.platform_family = None;
        })
    }

    /// Lets the definition `web:3` be one of Windows, on Fargate.
    pub fn on_windows(self) -> Self {
        self.and_definition(|task| task.operating_system = Some("WINDOWS_SERVER_2022_CORE".to_owned()))
    }

    /// Puts the image that the service runs into the account's registry, with these contents.
    pub fn with_image(self, contents: Fact<Vec<Content>>) -> Self {
        let made = image(|image| {
            image.repository = repository_arn("shop/web");
            image.arn = format!("{}/{DIGEST}", image.repository).into();
            DIGEST.clone_into(&mut image.artifact.digest);
            image.contents = contents;
        });
        let mut repositories = made.inventory.regions.into_values().next().unwrap().ecr.repositories.into_items();
        repositories[0].arn = repository_arn("shop/web");
        "shop/web".clone_into(&mut repositories[0].name);
        self.region(|region| region.ecr.repositories = Listing::whole(repositories))
    }
}

/// Definitions on EC2 with what AWS's examples put beside an application, each as careful as such a container can be: the
/// daemon of X-Ray, the agent of CloudWatch, a router of logs, the proxy of App Mesh, and one for commands in containers.
pub fn samples() -> Vec<Scene> {
    let beside = |name: &str, image: &str, change: fn(&mut Container)| {
        let mut side = new_container(name);
        image.clone_into(&mut side.image);
        change(&mut side);
        definition_on_ec2(|task| task.containers.push(side))
    };
    vec![
        beside("xray-daemon", "public.ecr.aws/xray/aws-xray-daemon:3.x", |side| {
            side.ports = vec![PortMapping { first: 2000, last: 2000, host: None, is_udp: true }];
            side.essential = false;
        }),
        beside("cloudwatch-agent", "public.ecr.aws/cloudwatch-agent/cloudwatch-agent:latest", |side| {
            let from = "ecs-cwagent-config".to_owned();
            side.secrets = vec![SecretReference { name: "CW_CONFIG_CONTENT".to_owned(), from }];
            side.ports.clear();
        }),
        beside("log_router", "public.ecr.aws/aws-observability/aws-for-fluent-bit:stable", |side| {
            side.router = Some(FirelensRouter { kind: "fluentbit".to_owned(), configured_by: None });
            side.user = Some("1000".to_owned());
            side.ports.clear();
        }),
        beside("envoy", "public.ecr.aws/appmesh/aws-appmesh-envoy:v1.29.12.1-prod", |side| {
            side.user = Some("1337".to_owned());
            side.limits = vec!["nofile".to_owned()];
        }),
        definition_on_ec2(|task| {
            task.containers[0].has_init = true;
            task.containers[0].added_capabilities = vec!["CHOWN".to_owned()];
        })
        .and_service(|details| details.exec = true),
    ]
}

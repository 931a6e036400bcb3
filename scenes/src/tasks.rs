//! Scenes of ECS: a service, its tasks, and what they run on.

use std::collections::{BTreeMap, BTreeSet};

use palisade_model::ecs::{
    CapacityProvider, Cluster, ClusterDetails, Container, ContainerInstance, Controller, Daemon, DaemonDetails,
    DaemonRevision, Definition, Deployment, Ecs, ExecLogging, ExecSettings, Gateway, GatewayDetails, ImageOfRevision,
    InstanceDetails, LaunchChoice, LaunchType, Launcher, LauncherDetails, LauncherKind, Log, Origin, Overrides,
    Placement, PortMapping, ProviderKind, RunningContainer, Service, ServiceDetails, ServiceRevision, Stage, Target,
    Task, TaskDefinition, TaskDetails,
};
use palisade_model::eks::{MetadataOptions, Tokens};
use palisade_model::load_balancing::{Listener, ListenerAction, LoadBalancer, LoadBalancing, TargetGroup};
use palisade_model::network::{Ingress, Instance, Interface, RouteTable, SecurityGroup, Subnet};
use palisade_model::{Arn, Fact, Listing, Switch};

use super::{ACCOUNT, REGION, Scene, VPC, changed, function, new_role, role_arn};

pub const DIGEST: &str = "sha256:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945";
pub const TASK_ID: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";

/// An account whose one service `web` of the cluster `shop` runs the definition `web:3` on Fargate, all as it should be;
/// then the definition changed. The definition is the subject.
pub fn definition(change: impl FnOnce(&mut TaskDefinition)) -> Scene {
    let mut scene = fargate();
    scene.subject = definition_arn("web:3");
    scene.and_definition(change)
}

/// As [`definition`], with its one container changed.
pub fn container(change: impl FnOnce(&mut Container)) -> Scene {
    definition(|task| change(&mut task.containers[0]))
}

/// As [`definition`], on an EC2 instance.
pub fn definition_on_ec2(change: impl FnOnce(&mut TaskDefinition)) -> Scene {
    definition(change).on_ec2()
}

/// As [`container`], on an EC2 instance.
pub fn container_on_ec2(change: impl FnOnce(&mut Container)) -> Scene {
    container(change).on_ec2()
}

/// The same account with the service changed; it is the subject.
pub fn service(change: impl FnOnce(&mut ServiceDetails)) -> Scene {
    let mut scene = fargate();
    scene.subject = service_arn("web");
    scene.and_service(change)
}

/// The same account with the cluster changed; it is the subject.
pub fn ecs_cluster(change: impl FnOnce(&mut ClusterDetails)) -> Scene {
    let mut scene = fargate();
    scene.subject = ecs_cluster_arn();
    scene.ecs_cluster(|cluster| with(&mut cluster.details, change))
}

/// The same account with a task that somebody started by hand, then changed; it is the subject.
pub fn task(change: impl FnOnce(&mut TaskDetails)) -> Scene {
    let mut scene = fargate();
    let details = changed(new_task(), change);
    scene.subject = task_arn();
    scene.ecs_cluster(|cluster| {
        let task = Task { arn: task_arn(), details: Fact::Known(details) };
        cluster.tasks = Listing::whole([cluster.tasks.seen(), &[task]].concat());
    })
}

/// The same account with a machine, then changed; it is the subject. Its EC2 instance is `i-0a1b2c3d`.
pub fn container_instance(change: impl FnOnce(&mut InstanceDetails)) -> Scene {
    let mut scene = fargate().on_ec2();
    scene.subject = container_instance_arn();
    scene.machine(change)
}

/// The same account with a managed daemon `agent` and its definition, then changed; the daemon is the subject.
pub fn daemon(change: impl FnOnce(&mut TaskDefinition)) -> Scene {
    let mut scene = fargate();
    scene.subject = daemon_arn();
    let details = changed(new_task_definition("agent"), change);
    let definition =
        Definition { arn: daemon_definition_arn(), origin: Origin::Daemon, details: Fact::Known(Some(details)) };
    scene.ecs(|ecs| super::push(&mut ecs.definitions, definition)).ecs_cluster(|cluster| {
        let details = DaemonDetails {
            status: "ACTIVE".to_owned(),
            revisions: vec![daemon_revision_arn()],
            capacity_providers: vec![],
        };
        let revision = DaemonRevision { arn: daemon_revision_arn(), definition: daemon_definition_arn(), exec: false };
        cluster.daemons = Listing::whole(vec![Daemon {
            arn: daemon_arn(),
            name: "agent".to_owned(),
            details: Fact::Known(details),
            revisions: Fact::Known(vec![revision]),
        }]);
    })
}

/// The same account with a rule `nightly` that starts `web:3`, its target then changed; the rule is the subject.
pub fn launcher(change: impl FnOnce(&mut Target)) -> Scene {
    let mut scene = fargate();
    let arn = Arn::from(format!("arn:aws:events:{REGION}:{ACCOUNT}:rule/nightly"));
    scene.subject = arn.clone();
    let target = Target {
        id: "ecs".to_owned(),
        cluster: Some(ecs_cluster_arn()),
        definition: Some(definition_arn("web:3")),
        launch: on_fargate(),
        network: Some(placement()),
        exec: false,
        overrides: Overrides::default(),
        role: Some(role_arn("rules")),
    };
    let details = LauncherDetails { enabled: Switch::On, targets: vec![changed(target, change)] };
    let kind = LauncherKind::Rule;
    let launcher = Launcher { arn, kind, name: "nightly".to_owned(), details: Fact::Known(details) };
    scene.ecs(|ecs| super::push(&mut ecs.launchers, launcher))
}

/// The same account with a gateway, then changed; it is the subject.
pub fn gateway_of_ecs(change: impl FnOnce(&mut GatewayDetails)) -> Scene {
    let mut scene = fargate();
    let arn = Arn::from(format!("arn:aws:ecs:{REGION}:{ACCOUNT}:gateway/front"));
    scene.subject = arn.clone();
    let details = GatewayDetails {
        access: "PRIVATE".to_owned(),
        web_acl: None,
        security_group: Some("sg-closed".to_owned()),
        desync_mode: Some("defensive".to_owned()),
        has_access_logs: true,
        role: None,
    };
    let details = Fact::Known(changed(details, change));
    scene.ecs(|ecs| super::push(&mut ecs.gateways, Gateway { arn, name: "front".to_owned(), details }))
}

impl Scene {
    /// Changes what belongs to ECS.
    pub fn ecs(self, change: impl FnOnce(&mut Ecs)) -> Self {
        self.region(|region| {
            change(&mut region.ecs);
            region.ecs.definitions.seen_mut().sort_by(|left, right| left.arn.cmp(&right.arn));
        })
    }

    /// Changes the cluster `shop` of ECS.
    pub fn ecs_cluster(self, change: impl FnOnce(&mut Cluster)) -> Self {
        self.ecs(|ecs| {
            if let Some(cluster) = ecs.clusters.seen_mut().first_mut() {
                change(cluster);
            }
        })
    }

    /// Changes the service `web` and the stage of its rollout alike.
    pub fn and_service(self, change: impl FnOnce(&mut ServiceDetails)) -> Self {
        self.ecs_cluster(|cluster| {
            if let Some(service) = cluster.services.seen_mut().first_mut() {
                with(&mut service.details, change);
            }
        })
    }

    /// Changes the one stage of the service's rollout.
    pub fn and_stage(self, change: impl FnOnce(&mut Deployment)) -> Self {
        self.and_service(|details| change(&mut details.deployments[0]))
    }

    /// Changes the place of the service and of its stage in the network.
    pub fn placed(self, change: impl Fn(&mut Placement)) -> Self {
        self.and_service(|details| {
            let stages = details.deployments.iter_mut().filter_map(|stage| stage.network.as_mut());
            details.network.iter_mut().chain(stages).for_each(&change);
        })
    }

    /// Changes the definition `web:3`.
    pub fn and_definition(self, change: impl FnOnce(&mut TaskDefinition)) -> Self {
        self.ecs(|ecs| {
            let own = ecs.definitions.seen_mut().iter_mut().find(|one| one.arn == definition_arn("web:3"));
            if let Some(Definition { details: Fact::Known(Some(task)), .. }) = own {
                change(task);
            }
        })
    }

    /// Changes the task of the service.
    pub fn and_task_of_service(self, change: impl FnOnce(&mut TaskDetails)) -> Self {
        self.ecs_cluster(|cluster| {
            if let Some(task) = cluster.tasks.seen_mut().first_mut() {
                with(&mut task.details, change);
            }
        })
    }

    /// Changes the machine that [`Scene::on_ec2`] adds.
    pub fn machine(self, change: impl FnOnce(&mut InstanceDetails)) -> Self {
        self.ecs_cluster(|cluster| {
            if let Some(instance) = cluster.instances.seen_mut().first_mut() {
                with(&mut instance.details, change);
            }
        })
    }

    /// Changes the EC2 instance of that machine.
    pub fn ec2_instance(self, change: impl FnOnce(&mut Instance)) -> Self {
        self.region(|region| {
            with(&mut region.network.instances, |all| {
                if let Some(instance) = all.values_mut().next() {
                    change(instance);
                }
            });
        })
    }

    /// Lets the service run on an EC2 instance, whose tasks are kept from its metadata.
    pub fn on_ec2(self) -> Self {
        let scene = self.and_service(|details| {
            let choice = LaunchChoice { launch_type: Some(LaunchType::Ec2), ..LaunchChoice::default() };
            details.launch = choice.clone();
            details.deployments.iter_mut().for_each(|stage| stage.launch = choice.clone());
        });
        let scene = scene.and_task_of_service(|task| {
            task.launch_type = Some(LaunchType::Ec2);
            task.platform_version = None;
            task.platform_family = None;
            task.instance = Some(container_instance_arn());
        });
        let scene = scene.ecs_cluster(|cluster| {
            let details = InstanceDetails {
                instance: Some("i-0a1b2c3d".to_owned()),
                status: "ACTIVE".to_owned(),
                agent_version: Some("1.105.1".to_owned()),
                agent_connected: true,
                attributes: vec![InstanceDetails::BLOCKS_METADATA.to_owned()],
                capacity_provider: None,
            };
            let instance = ContainerInstance { arn: container_instance_arn(), details: Fact::Known(details) };
            cluster.instances = Listing::whole(vec![instance]);
        });
        let profile = Arn::from(format!("arn:aws:iam::{ACCOUNT}:instance-profile/machines"));
        let mut role = new_role("machines");
        role.instance_profiles = vec![profile.clone()];
        scene.iam(|iam| super::push(&mut iam.roles, role)).region(|region| {
            let metadata =
                MetadataOptions { enabled: Some(Switch::On), tokens: Some(Tokens::Required), hop_limit: Some(1) };
            let instance = Instance {
                metadata,
                has_public_address: false,
                subnet: Some("subnet-private".to_owned()),
                security_groups: vec!["sg-closed".to_owned()],
                profile: Some(profile),
            };
            region.network.instances = Fact::Known(BTreeMap::from([("i-0a1b2c3d".to_owned(), instance)]));
        })
    }

    /// Puts the service behind a load balancer that faces the internet, with one listener of HTTPS; then changed.
    pub fn behind_load_balancer(self, change: impl FnOnce(&mut LoadBalancer)) -> Self {
        let group = target_group_arn();
        let scene = self.and_service(|details| {
            details.targets = vec![palisade_model::ecs::ServiceTarget {
                group: Some(target_group_arn()),
                classic: None,
                container: Some("app".to_owned()),
                port: Some(8080),
            }];
        });
        let arn = |kind: &str| Arn::from(format!("arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:{kind}"));
        let listener = Listener {
            arn: arn("listener/app/front/0a1b/2c3d"),
            protocol: "HTTPS".to_owned(),
            port: 443,
            tls_policy: Some("ELBSecurityPolicy-TLS13-1-2-2021-06".to_owned()),
            default_actions: vec![ListenerAction::Forward(vec![group.clone()])],
            rules: Fact::Known(vec![]),
        };
        let balancer = LoadBalancer {
            arn: arn("loadbalancer/app/front/0a1b"),
            name: "front".to_owned(),
            kind: "application".to_owned(),
            is_internet_facing: true,
            security_groups: vec!["sg-open".to_owned()],
            listeners: Fact::Known(vec![listener]),
            web_acl: Fact::Known(Some(Arn::from(format!(
                "arn:aws:wafv2:{REGION}:{ACCOUNT}:regional/webacl/front/0a1b"
            )))),
        };
        let target =
            TargetGroup { arn: group, protocol: Some("HTTPS".to_owned()), load_balancers: vec![balancer.arn.clone()] };
        let balancer = changed(balancer, change);
        scene.region(|region| {
            region.load_balancing =
                LoadBalancing { target_groups: Fact::Known(vec![target]), load_balancers: Fact::Known(vec![balancer]) };
        })
    }

    /// Gives the task and the service public addresses in a public subnet, with an open group.
    pub fn in_public(self) -> Self {
        self.placed(|place| {
            place.assigns_public_address = true;
            place.subnets = vec!["subnet-public".to_owned()];
            place.security_groups = vec!["sg-open".to_owned()];
        })
        .region(|region| {
            with(&mut region.network.interfaces, |all| {
                for interface in all.values_mut() {
                    interface.public_address = Some("203.0.113.10".to_owned());
                    interface.subnet = Some("subnet-public".to_owned());
                    interface.security_groups = vec!["sg-open".to_owned()];
                }
            });
        })
    }
}

fn with<T>(fact: &mut Fact<T>, change: impl FnOnce(&mut T)) {
    if let Fact::Known(value) = fact {
        change(value);
    }
}

pub fn ecs_cluster_arn() -> Arn {
    ecs_arn("cluster/shop")
}

pub fn service_arn(name: &str) -> Arn {
    ecs_arn(&format!("service/shop/{name}"))
}

pub fn definition_arn(revision: &str) -> Arn {
    ecs_arn(&format!("task-definition/{revision}"))
}

pub fn task_arn() -> Arn {
    ecs_arn(&format!("task/shop/{TASK_ID}"))
}

pub fn container_instance_arn() -> Arn {
    ecs_arn(&format!("container-instance/shop/{TASK_ID}"))
}

pub fn daemon_arn() -> Arn {
    ecs_arn("daemon/shop/agent")
}

fn daemon_definition_arn() -> Arn {
    ecs_arn("daemon-task-definition/agent:2")
}

fn daemon_revision_arn() -> Arn {
    ecs_arn("daemon-revision/shop/agent/7000000000000000001")
}

fn target_group_arn() -> Arn {
    format!("arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:targetgroup/web/0a1b").into()
}

fn ecs_arn(resource: &str) -> Arn {
    format!("arn:aws:ecs:{REGION}:{ACCOUNT}:{resource}").into()
}

pub fn image_address() -> String {
    format!("{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/shop/web@{DIGEST}")
}

/// A Region without ECS.
pub(super) fn no_ecs() -> Ecs {
    Ecs::empty(None)
}

fn placement() -> Placement {
    Placement {
        subnets: vec!["subnet-private".to_owned()],
        security_groups: vec!["sg-closed".to_owned()],
        assigns_public_address: false,
    }
}

fn on_fargate() -> LaunchChoice {
    LaunchChoice {
        launch_type: Some(LaunchType::Fargate),
        providers: vec![],
        platform_version: Some("1.4.0".to_owned()),
        platform_family: Some("Linux".to_owned()),
    }
}

/// A container as it should be.
pub fn new_container(name: &str) -> Container {
    let log = Log {
        driver: "awslogs".to_owned(),
        options: [("awslogs-group", "/ecs/shop"), ("awslogs-region", REGION), ("mode", "non-blocking")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
        secrets: vec![],
    };
    Container {
        name: name.to_owned(),
        image: image_address(),
        essential: true,
        user: Some("10001:10001".to_owned()),
        read_only_root: true,
        dropped_capabilities: vec!["ALL".to_owned()],
        has_init: true,
        security_options: vec!["no-new-privileges".to_owned()],
        log: Some(log),
        ports: vec![PortMapping { first: 8080, last: 8080, host: Some(8080), is_udp: false }],
        resolves_once: true,
        has_health_check: true,
        has_memory: true,
        ..Container::default()
    }
}

/// A definition as it should be.
pub fn new_task_definition(family: &str) -> TaskDefinition {
    TaskDefinition {
        family: family.to_owned(),
        status: "ACTIVE".to_owned(),
        network_mode: Some("awsvpc".to_owned()),
        task_role: Some(role_arn("web-task")),
        execution_role: Some(role_arn("web-execution")),
        requires: vec!["FARGATE".to_owned()],
        compatibilities: vec!["EC2".to_owned(), "FARGATE".to_owned()],
        operating_system: Some("LINUX".to_owned()),
        has_memory: true,
        containers: vec![new_container("app")],
        ..TaskDefinition::default()
    }
}

fn new_task() -> TaskDetails {
    TaskDetails {
        definition: definition_arn("web:3"),
        group: Some("family:web".to_owned()),
        started_by: None,
        status: "RUNNING".to_owned(),
        is_stopped: false,
        launch_type: Some(LaunchType::Fargate),
        capacity_provider: None,
        platform_version: Some("1.4.0".to_owned()),
        platform_family: Some("Linux".to_owned()),
        instance: None,
        exec: false,
        overrides: Overrides::default(),
        containers: vec![RunningContainer {
            name: "app".to_owned(),
            image: Some(image_address()),
            digest: Some(DIGEST.to_owned()),
            bindings: vec![],
        }],
        interfaces: vec!["eni-0a1b2c3d".to_owned()],
        has_ipv6_address: false,
        storage_key: None,
        isolation: None,
        started_at: None,
    }
}

fn new_service() -> Service {
    let stage = Deployment {
        id: "ecs-svc/7000000000000000001".to_owned(),
        stage: Stage::Primary,
        definition: definition_arn("web:3"),
        desired: 2,
        running: 2,
        launch: on_fargate(),
        network: Some(placement()),
        volumes: vec![],
        connect: None,
        targets: vec![],
    };
    let details = ServiceDetails {
        status: "ACTIVE".to_owned(),
        desired: 2,
        running: 2,
        is_daemon: false,
        launch: on_fargate(),
        definition: Some(definition_arn("web:3")),
        network: Some(placement()),
        targets: vec![],
        controller: Controller::Ecs,
        circuit_breaker: Some(true),
        has_alarms: false,
        exec: false,
        is_express: false,
        deployments: vec![stage],
        tags: BTreeMap::new(),
    };
    let revision = ServiceRevision {
        arn: ecs_arn("service-revision/shop/web/7000000000000000001"),
        definition: Some(definition_arn("web:3")),
        images: vec![ImageOfRevision {
            container: "app".to_owned(),
            image: image_address(),
            digest: Some(DIGEST.to_owned()),
        }],
        guard_duty: Some(Switch::On),
    };
    Service {
        arn: service_arn("web"),
        name: "web".to_owned(),
        details: Fact::Known(details),
        revisions: Fact::Known(vec![revision]),
        express: Fact::Known(None),
    }
}

/// The account that all scenes of ECS begin with: everything as it should be, on Fargate.
fn fargate() -> Scene {
    let mut task_of_service = new_task();
    task_of_service.group = Some("service:web".to_owned());
    task_of_service.started_by = Some("ecs-svc/7000000000000000001".to_owned());
    let provider = CapacityProvider {
        name: "FARGATE".to_owned(),
        arn: ecs_arn("capacity-provider/FARGATE"),
        kind: ProviderKind::Fargate,
    };
    let cluster = Cluster {
        arn: ecs_cluster_arn(),
        name: "shop".to_owned(),
        details: Fact::Known(ClusterDetails {
            status: "ACTIVE".to_owned(),
            exec: ExecSettings {
                key: Some(format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/0a1b2c3d")),
                logging: ExecLogging::Override { group: Some(("/ecs/exec".to_owned(), true)), bucket: None },
            },
            fargate_storage_key: Some(format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/0a1b2c3d")),
            container_insights: Some("enhanced".to_owned()),
            capacity_providers: vec!["FARGATE".to_owned()],
            ..ClusterDetails::default()
        }),
        capacity_providers: Fact::Known(vec![provider]),
        services: Listing::whole(vec![new_service()]),
        tasks: Listing::whole(vec![Task {
            arn: ecs_arn("task/shop/f0e1d2c3b4a5968778695a4b3c2d1e0f"),
            details: Fact::Known(task_of_service),
        }]),
        instances: Listing::whole(vec![]),
        daemons: Listing::whole(vec![]),
    };
    let definition = Definition {
        arn: definition_arn("web:3"),
        origin: Origin::Task,
        details: Fact::Known(Some(new_task_definition("web"))),
    };
    let ecs = Ecs {
        clusters: Listing::whole(vec![cluster]),
        definitions: Listing::whole(vec![definition]),
        launchers: Listing::whole(vec![]),
        settings: Fact::Known(
            [("defaultLogDriverMode", "non-blocking"), ("guardDutyActivate", "on")]
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .into(),
        ),
        gateways: Listing::whole(vec![]),
        ebs_encrypted_by_default: Fact::Known(false),
        buckets: Fact::Known(BTreeSet::from(["shop-settings".to_owned()])),
    };
    let mut roles: Vec<_> = ["web-task", "web-execution"].map(new_role).into();
    for role in &mut roles {
        role.trust = super::policy(serde_json::json!({
            "Effect": "Allow",
            "Principal": { "Service": "ecs-tasks.amazonaws.com" },
            "Action": "sts:AssumeRole",
            "Condition": { "StringEquals": { "aws:SourceAccount": ACCOUNT } }
        }));
    }
    let mut scene = function(|_| {});
    scene.subject = ecs_cluster_arn();
    scene.iam(|iam| iam.roles = Listing::whole([iam.roles.seen(), &roles].concat())).region(|region| {
        region.ecs = ecs;
        region.network.subnets = Fact::Known(["subnet-private", "subnet-public"].map(subnet).into());
        region.network.route_tables = Fact::Known(vec![
            RouteTable {
                vpc: VPC.to_owned(),
                is_main: true,
                subnets: vec![],
                leads_to_internet: false,
                leads_to_internet_by_ipv6: false,
            },
            RouteTable {
                vpc: VPC.to_owned(),
                is_main: false,
                subnets: vec!["subnet-public".to_owned()],
                leads_to_internet: true,
                leads_to_internet_by_ipv6: true,
            },
        ]);
        region.network.security_groups = Fact::Known(
            [
                ("sg-closed", group("tasks", "10.0.0.0/16")),
                ("sg-open", group("open", "0.0.0.0/0")),
                ("sg-default", group("default", "10.0.0.0/16")),
            ]
            .map(|(id, group)| (id.to_owned(), group))
            .into(),
        );
        region.network.interfaces = Fact::Known(BTreeMap::from([(
            "eni-0a1b2c3d".to_owned(),
            Interface {
                public_address: None,
                subnet: Some("subnet-private".to_owned()),
                security_groups: vec!["sg-closed".to_owned()],
            },
        )]));
    })
}

fn subnet(id: &str) -> (String, Subnet) {
    let subnet = Subnet { zone: "euw1-az1".to_owned(), vpc: Some(VPC.to_owned()), gives_public_addresses: Some(false) };
    (id.to_owned(), subnet)
}

fn group(name: &str, cidr: &str) -> SecurityGroup {
    let rule = Ingress {
        protocol: "-1".to_owned(),
        from_port: None,
        to_port: None,
        cidrs: vec![cidr.to_owned()],
        prefix_lists: vec![],
    };
    SecurityGroup { name: name.to_owned(), vpc: Some(VPC.to_owned()), ingress: vec![rule] }
}

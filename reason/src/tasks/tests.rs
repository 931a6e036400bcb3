//! What definitions are used for, where they run, and who reaches them.

use std::collections::BTreeSet;

use palisade_model::ecs::{CapacityProvider, InCluster, LaunchChoice, LaunchType, Origin, ProviderKind};
use palisade_model::network::Ingress;
use palisade_model::{Action, By, Fact, Gap, Listing, Place, Reason, Switch};
use palisade_scenes::Scene;
use palisade_scenes::tasks::{daemon, definition, definition_arn, launcher, service, task};

use super::reach::{service_reached, task_reached};
use super::uses::{Uses, launch_type};
use crate::account::Account;

fn gap(action: Action) -> Gap {
    Gap { action, place: Place::account(), reason: Reason::Denied(By::Identity) }
}

/// On what the definition runs, and who runs it.
fn uses(scene: &Scene, arn: &palisade_model::Arn) -> (Result<BTreeSet<LaunchType>, Gap>, Vec<String>) {
    let ecs = &scene.inventory.regions[&palisade_scenes::REGION.into()].ecs;
    let uses = Uses::new(&scene.inventory);
    match uses.running(ecs.definition(arn).unwrap(), ecs).unwrap() {
        None => (Ok(BTreeSet::new()), vec![]),
        Some(running) => (running.launch_types(), running.users().into_iter().map(str::to_owned).collect()),
    }
}

fn of_web(scene: &Scene) -> (Result<BTreeSet<LaunchType>, Gap>, Vec<String>) {
    uses(scene, &definition_arn("web:3"))
}

#[test]
fn a_definition_is_used_by_what_runs_it_and_by_what_will() {
    let fargate = || Ok(BTreeSet::from([LaunchType::Fargate]));
    let web = || vec!["service/shop/web".to_owned()];
    assert_eq!(of_web(&definition(|_| {})), (fargate(), web()));
    assert_eq!(of_web(&launcher(|_| {})).1, ["rule/nightly", "service/shop/web"]);
    let off = launcher(|_| {}).ecs(|ecs| {
        let Fact::Known(details) = &mut ecs.launchers.seen_mut()[0].details else { return };
        details.enabled = Switch::Off;
    });
    assert_eq!(of_web(&off).1, web());
    let odd = launcher(|_| {}).ecs(|ecs| {
        let Fact::Known(details) = &mut ecs.launchers.seen_mut()[0].details else { return };
        details.enabled = Switch::Other("PAUSED".to_owned());
    });
    assert_eq!(of_web(&odd).1.len(), 2, "what may be on counts");
    let idle = service(|details| {
        details.deployments[0].desired = 0;
        details.deployments[0].running = 0;
    });
    assert_eq!(of_web(&idle).1, web(), "a task of it still runs");
    let idle = idle.ecs_cluster(|cluster| cluster.tasks = Listing::whole(vec![]));
    assert_eq!(of_web(&idle), (Ok(BTreeSet::new()), vec![]));
    let stopped = task(|task| task.is_stopped = true);
    assert_eq!(of_web(&stopped).1, web());
    let scene = daemon(|_| {});
    let all = scene.inventory.regions[&palisade_scenes::REGION.into()].ecs.definitions.seen();
    let arn = all.iter().find(|definition| definition.origin == Origin::Daemon).unwrap().arn.clone();
    let managed = Ok(BTreeSet::from([LaunchType::ManagedInstances]));
    assert_eq!(uses(&scene, &arn), (managed, vec!["daemon/shop/agent".to_owned()]));
}

#[test]
fn a_strategy_decides_the_launch_type_by_its_first_provider() {
    let cluster =
        |scene: &Scene| scene.inventory.regions[&palisade_scenes::REGION.into()].ecs.clusters.seen()[0].clone();
    let by = |providers: &[&str]| LaunchChoice {
        providers: providers.iter().map(|name| (*name).to_owned()).collect(),
        ..LaunchChoice::default()
    };
    let scene = definition(|_| {}).ecs_cluster(|cluster| {
        let provider = |name: &str, kind| CapacityProvider { name: name.to_owned(), arn: cluster.arn.clone(), kind };
        let group = ProviderKind::AutoScaling { group: None, termination_protection: false };
        let managed = ProviderKind::ManagedInstances { infrastructure_role: None, instance_profile: None };
        let odd = ProviderKind::Other("ORBIT".to_owned());
        cluster.capacity_providers =
            Fact::Known(vec![provider("machines", group), provider("managed", managed), provider("odd", odd)]);
    });
    let plain = cluster(&scene);
    for (choice, expected) in [
        (by(&["FARGATE_SPOT", "FARGATE"]), Some(LaunchType::Fargate)),
        (by(&["machines"]), Some(LaunchType::Ec2)),
        (by(&["managed"]), Some(LaunchType::ManagedInstances)),
        (by(&["odd"]), None),
        (by(&["gone"]), None),
        (by(&[]), Some(LaunchType::Ec2)),
    ] {
        assert_eq!(launch_type(&choice, &plain).ok(), expected, "{choice:?}");
    }
    let unread = cluster(&scene.clone().ecs_cluster(|cluster| {
        cluster.capacity_providers = Fact::Unknown(gap(Action::EcsDescribeCapacityProviders));
    }));
    assert_eq!(launch_type(&by(&["machines"]), &unread), Err(gap(Action::EcsDescribeCapacityProviders)));
    assert_eq!(launch_type(&by(&["FARGATE"]), &unread), Ok(LaunchType::Fargate), "the name decides without a look");
    let by_default = cluster(&scene.ecs_cluster(|cluster| {
        let Fact::Known(details) = &mut cluster.details else { return };
        details.default_providers = vec!["FARGATE".to_owned()];
    }));
    assert_eq!(launch_type(&by(&[]), &by_default), Ok(LaunchType::Fargate));
}

fn reached(scene: &Scene) -> Result<bool, Gap> {
    let account = Account::new(&scene.inventory, &scene.settings);
    let region = account.region(&scene.subject).unwrap();
    let cluster = &region.ecs.clusters.seen()[0];
    let found = if let Some(object) = cluster.tasks.seen().iter().find(|task| task.arn == scene.subject) {
        task_reached(&InCluster { object, cluster, ecs: &region.ecs }, region, &account)
    } else {
        let object = &cluster.services.seen()[0];
        service_reached(&InCluster { object, cluster, ecs: &region.ecs }, region, &account)
    };
    found.map(|found| !found.is_empty())
}

/// A group that lets the internet in on these ports of TCP.
fn opening(scene: Scene, ports: (i32, i32)) -> Scene {
    scene.region(|region| {
        let Fact::Known(groups) = &mut region.network.security_groups else { return };
        let (from_port, to_port) = (Some(ports.0), Some(ports.1));
        let rule = Ingress {
            protocol: "tcp".to_owned(),
            from_port,
            to_port,
            cidrs: vec!["0.0.0.0/0".to_owned()],
            prefix_lists: vec![],
        };
        groups.get_mut("sg-open").unwrap().ingress = vec![rule];
    })
}

#[test]
fn the_internet_reaches_tasks_by_address_route_and_rule_together() {
    let public = || service(|_| {}).in_public();
    assert_eq!(reached(&service(|_| {})), Ok(false));
    assert_eq!(reached(&public()), Ok(true));
    assert_eq!(reached(&task(|_| {}).in_public()), Ok(true));
    assert_eq!(reached(&task(|_| {})), Ok(false));
    for (ports, expected) in [((8080, 8080), true), ((8000, 9000), true), ((80, 443), false)] {
        assert_eq!(reached(&opening(public(), ports)), Ok(expected), "{ports:?}");
    }
    let closed = public().placed(|place| place.security_groups = vec!["sg-closed".to_owned()]);
    assert_eq!(reached(&closed), Ok(false));
    let private = public().placed(|place| place.subnets = vec!["subnet-private".to_owned()]);
    assert_eq!(reached(&private), Ok(false));
    let by_default = public().placed(|place| place.security_groups = vec![]);
    assert_eq!(reached(&by_default), Ok(false), "the VPC's default group lets its own network in");
}

#[test]
fn addresses_of_ipv6_are_on_the_internet_where_routes_and_rules_for_it_let_it_in() {
    let with_ipv6 = |scene: Scene| {
        scene
            .ecs_cluster(|cluster| {
                let mut tasks = cluster.tasks.seen().to_vec();
                for task in &mut tasks {
                    let Fact::Known(details) = &mut task.details else { continue };
                    details.has_ipv6_address = true;
                }
                cluster.tasks = Listing::whole(tasks);
            })
            .region(|region| {
                let Fact::Known(groups) = &mut region.network.security_groups else { return };
                groups.get_mut("sg-open").unwrap().ingress[0].cidrs = vec!["::/0".to_owned()];
            })
    };
    let placed = |subnet: &'static str| {
        let place = move |scene: Scene| {
            scene.in_public().placed(move |place| {
                (place.assigns_public_address, place.subnets) = (false, vec![subnet.to_owned()]);
            })
        };
        place(service(|_| {}))
    };
    assert_eq!(reached(&placed("subnet-public")), Ok(false), "no task has such an address");
    assert_eq!(reached(&with_ipv6(placed("subnet-public"))), Ok(true));
    assert_eq!(reached(&with_ipv6(placed("subnet-private"))), Ok(false));
    assert_eq!(reached(&with_ipv6(service(|_| {}).in_public())), Ok(true));
    let closed = with_ipv6(placed("subnet-public")).region(|region| {
        let Fact::Known(groups) = &mut region.network.security_groups else { return };
        groups.get_mut("sg-open").unwrap().ingress[0].cidrs = vec!["0.0.0.0/0".to_owned()];
    });
    assert_eq!(reached(&closed), Ok(false), "the rule is of the other version");
    let unseen = |scene: Scene| scene.ecs_cluster(|cluster| cluster.tasks = Listing::unread(gap(Action::EcsListTasks)));
    assert_eq!(reached(&unseen(placed("subnet-public"))), Err(gap(Action::EcsListTasks)));
    assert_eq!(reached(&unseen(placed("subnet-private"))), Ok(false));
}

#[test]
fn what_is_closed_decides_whatever_else_was_not_read() {
    let public = || service(|_| {}).in_public();
    let groups = |scene: Scene| {
        scene.region(|region| {
            region.network.security_groups = Fact::Unknown(gap(Action::Ec2DescribeSecurityGroups));
        })
    };
    assert_eq!(reached(&groups(public())), Err(gap(Action::Ec2DescribeSecurityGroups)));
    assert_eq!(reached(&groups(service(|_| {}))), Ok(false));
    let routed = public().placed(|place| place.subnets = vec!["subnet-private".to_owned()]);
    assert_eq!(reached(&groups(routed)), Ok(false));
    let gone = public().placed(|place| place.security_groups = vec!["sg-gone".to_owned()]);
    assert!(reached(&gone).is_err(), "a group that is not described is not taken for one that is closed");
    let two = public().placed(|place| place.security_groups = vec!["sg-gone".to_owned(), "sg-open".to_owned()]);
    assert_eq!(reached(&two), Ok(true));
    let unseen = task(|_| {}).region(|region| region.network.interfaces = Fact::Known([].into()));
    assert!(reached(&unseen).is_err(), "a task that runs has its interface, described or not");
}

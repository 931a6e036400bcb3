//! Functions, controllers and tasks as workloads.

use palisade_model::environment::Variable;
use palisade_model::kubernetes::EnvironmentVariable;
use palisade_model::workload::{Kind, NetworkPlace, Unseen, Workload};
use palisade_model::{Action, By, Fact, Gap, Listing, Place, Reason};
use palisade_scenes::kubernetes::{container, inside};
use palisade_scenes::pods::association;
use palisade_scenes::running::annotated;
use palisade_scenes::{Scene, function, role_arn, tasks};

fn gap(action: Action) -> Gap {
    Gap { action, place: Place::account(), reason: Reason::Denied(By::Identity) }
}

/// The one controller of a scene.
fn controller(scene: &Scene) -> Workload<'_> {
    let mut seen = scene.inventory.workloads().seen;
    seen.retain(|workload| matches!(workload.kind, Kind::Controller(_)));
    assert_eq!(seen.len(), 1);
    seen.remove(0)
}

fn roles(scene: &Scene) -> (Vec<String>, bool) {
    let (roles, gap) = controller(scene).roles();
    (roles.into_iter().map(|role| role.resource().to_owned()).collect(), gap.is_some())
}

#[test]
fn a_function_is_a_workload_with_its_role_its_variables_and_its_place() {
    let scene = function(|function| function.environment = Fact::Known(vec![Variable::classify("TABLE", "orders")]));
    let all = scene.inventory.workloads();
    let [workload] = all.seen.as_slice() else { panic!("{:?}", all.seen) };
    assert_eq!((workload.name, workload.region()), ("orders", "eu-west-1"));
    assert_eq!(workload.roles(), (vec![&role_arn("orders-role")], None));
    assert_eq!(workload.variables().0.len(), 1);
    assert!(matches!(workload.place(), NetworkPlace::Service));
    let blind = function(|function| function.environment = Fact::Unknown(gap(Action::KmsDecrypt)));
    assert_eq!(blind.inventory.workloads().seen[0].variables(), (vec![], Some(gap(Action::KmsDecrypt))));
}

#[test]
fn pods_have_the_roles_of_their_service_account_by_annotation_and_by_association() {
    let scene = inside(|_| {});
    assert_eq!(roles(&scene), (vec![], false));
    let name = controller_account(&scene);
    let irsa = inside(|_| {}).with_accounts(vec![annotated(&name, role_arn("irsa").as_str())]);
    assert_eq!(roles(&irsa), (vec!["role/irsa".to_owned()], false));
    let associated = inside(|_| {}).and_associations(&[association(|pods, details| {
        pods.service_account.clone_from(&name);
        details.role = role_arn("pods");
        details.target_role = Some(role_arn("target"));
    })]);
    assert_eq!(roles(&associated), (vec!["role/pods".to_owned(), "role/target".to_owned()], false));
}

#[test]
fn what_could_not_be_read_of_roles_is_a_gap() {
    let blind =
        inside(|objects| objects.service_accounts = Listing::unread(gap(Action::KubernetesListServiceAccounts)));
    assert_eq!(roles(&blind), (vec![], true));
}

#[test]
fn a_list_that_could_not_be_read_is_told_by_kind() {
    let unread = inside(|objects| objects.workloads.jobs = Listing::unread(gap(Action::KubernetesListPods)));
    let Unseen { functions, controllers, tasks } = unread.inventory.workloads().unseen;
    assert_eq!((functions, controllers, tasks), (None, Some(gap(Action::KubernetesListPods)), None));
    let unread =
        tasks::definition(|_| {}).ecs_cluster(|cluster| cluster.tasks = Listing::unread(gap(Action::EcsListTasks)));
    assert_eq!(unread.inventory.workloads().unseen.tasks, Some(gap(Action::EcsListTasks)));
}

#[test]
fn the_variables_of_pods_are_those_written_in_their_template() {
    let scene = container(|container| {
        container.environment = vec![EnvironmentVariable::Literal(Variable::classify("TABLE", "orders"))];
    });
    assert_eq!(controller(&scene).variables().0[0].name, "TABLE");
}

fn controller_account(scene: &Scene) -> String {
    match controller(scene).kind {
        Kind::Controller(inside) => inside.object.template.service_account.clone(),
        Kind::Function(_) | Kind::Tasks(_) => unreachable!("it is a controller"),
    }
}

/// The roles of the tasks of ECS, by name, and whether there may be more.
fn roles_of_tasks(scene: &Scene) -> (Vec<String>, bool) {
    let all = scene.inventory.workloads().seen;
    let own = all.iter().filter(|workload| matches!(workload.kind, Kind::Tasks(_)));
    let found: Vec<_> = own.map(Workload::roles).collect();
    let names = found.iter().flat_map(|(roles, _)| roles).map(|arn| arn.resource().to_owned()).collect();
    (names, found.iter().any(|(_, gap)| gap.is_some()))
}

#[test]
fn tasks_run_as_the_role_of_their_definition_or_of_what_is_said_in_its_place() {
    assert_eq!(roles_of_tasks(&tasks::definition(|_| {})), (vec!["role/web-task".to_owned()], false));
    let other = tasks::task(|task| task.overrides.task_role = Some(role_arn("admin")));
    let expected = ["role/web-task", "role/admin"].map(str::to_owned).to_vec();
    assert_eq!(roles_of_tasks(&other), (expected, false));
    let stopped = tasks::task(|task| {
        task.is_stopped = true;
        task.overrides.task_role = Some(role_arn("admin"));
    });
    assert_eq!(roles_of_tasks(&stopped).0, ["role/web-task"]);
    let idle = tasks::service(|details| {
        details.deployments[0].desired = 0;
        details.deployments[0].running = 0;
    });
    assert_eq!(roles_of_tasks(&idle).0, Vec::<String>::new());
    let unread = tasks::definition(|_| {}).ecs(|ecs| {
        ecs.definitions = Listing::unread(gap(Action::EcsDescribeTaskDefinition));
    });
    assert_eq!(roles_of_tasks(&unread), (vec![], true));
}

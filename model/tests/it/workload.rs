//! Functions and controllers as workloads.

use palisade_model::environment::Variable;
use palisade_model::kubernetes::EnvironmentVariable;
use palisade_model::workload::{Kind, NetworkPlace, Unseen, Workload};
use palisade_model::{Action, By, Fact, Gap, Listing, Place, Reason};
use palisade_scenes::kubernetes::{container, inside};
use palisade_scenes::pods::association;
use palisade_scenes::running::annotated;
use palisade_scenes::{Scene, function, role_arn};

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
    let Unseen { functions, controllers } = unread.inventory.workloads().unseen;
    assert_eq!((functions, controllers), (None, Some(gap(Action::KubernetesListPods))));
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
        Kind::Function(_) => unreachable!("it is a controller"),
    }
}

//! The services that are answered: one line each.

use serde_json::Value;

use super::{
    Service, account, balancing, batch, ec2, ecr, ecr_public, ecs, eks, event_bridge, guard_duty, iam, inspector,
    lambda, logs, organizations, pipes, s3, scheduler, sqs, step_functions, sts, tagging, waf,
};

/// The services the simulator knows.
static SERVICES: &[&Service] = &[
    &sts::SERVICE,
    &account::SERVICE,
    &iam::operations::SERVICE,
    &organizations::SERVICE,
    &lambda::operations::SERVICE,
    &ec2::operations::SERVICE,
    &sqs::SERVICE,
    &tagging::SERVICE,
    &ecr::operations::SERVICE,
    &ecr_public::SERVICE,
    &inspector::operations::SERVICE,
    &eks::operations::SERVICE,
    &ecs::operations::SERVICE,
    &guard_duty::SERVICE,
    &logs::SERVICE,
    &event_bridge::SERVICE,
    &scheduler::SERVICE,
    &pipes::SERVICE,
    &step_functions::SERVICE,
    &batch::SERVICE,
    &balancing::SERVICE,
    &waf::SERVICE,
    &s3::SERVICE,
];

/// All operations that are answered, by the service's name in credential scopes.
pub(crate) fn operations() -> Value {
    let of_service = |service: &&Service| {
        let names: Value = service.operations.iter().map(|operation| operation.name).collect();
        (service.name.to_owned(), names)
    };
    Value::Object(SERVICES.iter().map(of_service).collect())
}

/// The service a credential scope names.
pub(crate) fn service(name: &str) -> Option<&'static Service> {
    SERVICES.iter().copied().find(|service| service.name == name)
}

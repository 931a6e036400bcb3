//! Attack paths: findings that are harmless enough one by one, and together lead from outside to much.

mod links;

use crate::check::checks;

checks! {
    any_pod_administrator,
    any_pod_escalation,
    pod_create_node_role,
    public_function_administrator,
    public_function_escalation,
    public_service_escalation,
    public_task_escalation,
    public_task_vulnerable,
}

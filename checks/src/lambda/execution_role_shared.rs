use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::lambda::Function;
use palisade_model::workload::{Kind, Unseen};

check! {
    /// Execution role is shared by several functions
    ///
    /// ## Why
    /// A role that serves several functions allows each of them what any of them needs. A hole in the least of them
    /// opens the data of all, and nobody dares to take a permission away.
    ///
    /// The threshold `functions_per_role` says how many functions may share one. Functions of all audited Regions
    /// count.
    ///
    /// ## Severity
    /// Medium: it takes a weakness in one of the functions, and then spreads the harm.
    ///
    /// ## Fix
    /// Give each function a role of its own with the permissions that it uses.
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege>
    CHECK {
        id: "lambda-execution-role-shared",
        severity: Severity::Medium,
        controls: &[Control::cis("compute-services-1.1.0:12.5"), Control::checklist("one-role-per-function")],
        since: "0.1.0",
        rule: Rule::Function(evaluate),
    }
}

/// How many of the other functions evidence names.
const MOST_NAMES: usize = 5;

fn evaluate(function: &Function, context: &Context) -> Outcome {
    let functions = context.workloads_of_role(&function.role).iter().filter_map(|workload| match workload.kind {
        Kind::Function(function) => Some(function),
        // The threshold speaks of functions; pods and tasks take a role on by a trust policy of their own kind.
        Kind::Controller(_) | Kind::Tasks(_) => None,
    });
    let functions: Vec<_> = functions.collect();
    if functions.len() <= context.settings.thresholds.functions_per_role {
        let Unseen { functions: unseen, controllers: _, tasks: _ } = &context.workloads().unseen;
        return unseen.clone().map_or(Ok(Verdict::Pass), Err);
    }
    let others: Vec<_> = functions.iter().filter(|other| other.arn != function.arn).collect();
    let named: Vec<_> = others.iter().take(MOST_NAMES).map(|other| place(other, function)).collect();
    let unnamed = others.len().saturating_sub(MOST_NAMES);
    let rest = if unnamed == 0 { String::new() } else { format!(" and {unnamed} more") };
    Ok(Verdict::fail(format!("Role is {}, also of {}{rest}", function.role, named.join(", "))))
}

/// The name of another function, with its Region where that differs.
fn place(other: &Function, function: &Function) -> String {
    if other.arn.region() == function.arn.region() {
        other.name.clone()
    } else {
        format!("{} ({})", other.name, other.arn.region())
    }
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use crate::testing::Cases;
    use palisade_scenes::{function, role_arn};

    let shared_by = |count: usize| {
        (1..count).fold(function(|_| {}), |scene, number| {
            scene.and_function(&format!("payments-{number}"), |function| function.role = role_arn("orders-role"))
        })
    };
    Cases::default()
        .pass(shared_by(1))
        .pass(shared_by(1).and_function("payments", |_| {}))
        .pass(shared_by(3).settings(|settings| settings.thresholds.functions_per_role = 3))
        .fail(shared_by(2))
        .fail(shared_by(8))
        .fail(shared_by(1).and_region("us-east-1", "payments", |function| function.role = role_arn("orders-role")))
}

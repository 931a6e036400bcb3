use crate::check::{Control, Outcome, Rule, Severity, Verdict, check};
use crate::context::Context;
use palisade_model::iam::User;

check! {
    /// User can escalate their privileges
    ///
    /// ## Why
    /// A user who may pass a role, change what a function runs, rewrite a policy, or make a key of somebody else, has what
    /// that role, function, policy or person has. So does whoever finds one of the user's access keys.
    ///
    /// A path is told when the user's policies together, those of the groups included, after denials, the boundary and the
    /// organisation's guard rails, allow all of its steps on things that exist or could be made under the names granted, and
    /// when it leads to more than the user has; over several steps too, as `iam-role-privilege-escalation` tells. A user who
    /// may do everything as it is has nothing to escalate to.
    ///
    /// ## Severity
    /// Medium: it takes one key or password of the user, and then a few calls.
    ///
    /// ## Fix
    /// Take the action from the user, or limit it: `iam:PassRole` to the roles that are passed, with a condition on
    /// `iam:PassedToService`; changes to functions to the functions that are meant; changes to identities with a condition
    /// on `iam:PermissionsBoundary`.
    ///
    /// ## References
    /// - <https://pathfinding.cloud/>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html>
    CHECK {
        id: "iam-user-privilege-escalation",
        severity: Severity::Medium,
        controls: &[
            Control::prowler("iam_inline_policy_allows_privilege_escalation"),
            Control::prowler("iam_policy_allows_privilege_escalation"),
            Control::checklist("no-path-to-administrator"),
        ],
        since: "0.1.0",
        rule: Rule::User(evaluate),
    }
}

fn evaluate(user: &User, context: &Context) -> Outcome {
    let Some(principal) = context.user(&user.arn)? else { return Ok(Verdict::NotApplicable) };
    context.escalations_from(&principal).verdict()
}

#[cfg(test)]
fn cases() -> crate::testing::Cases {
    use serde_json::{Value, json};

    use crate::testing::Cases;
    use palisade_model::iam::{Group, InlinePolicy};
    use palisade_model::{Fact, Listing};
    use palisade_scenes::iam::{allow, deny, permitted};
    use palisade_scenes::{Scene, policy};

    let user = |statement: Value, of_group: Value| -> Scene {
        let arn = palisade_model::Arn::from("arn:aws:iam::111122223333:user/ana");
        let inline = |statement: Value| vec![InlinePolicy { name: "own".to_owned(), document: policy(statement) }];
        let ana = User {
            arn: arn.clone(),
            name: "ana".to_owned(),
            id: "AIDAANA".to_owned(),
            groups: vec!["makers".to_owned()],
            inline: inline(statement),
            attached: vec![],
            boundary: None,
            access_keys: Fact::Known(vec![]),
        };
        let makers = Group {
            arn: "arn:aws:iam::111122223333:group/makers".into(),
            name: "makers".to_owned(),
            inline: inline(of_group),
            attached: vec![],
        };
        let mut scene = permitted(&[]).and_role("admin", &[allow("*", "*")]).iam(|iam| {
            iam.users = Listing::whole(vec![ana]);
            iam.groups = Listing::whole(vec![makers]);
        });
        scene.subject = arn;
        scene
    };
    let by_hop = |actions: Value, resource: &str| {
        let people = policy(serde_json::json!({
            "Effect": "Allow", "Principal": { "AWS": "111122223333" }, "Action": "sts:AssumeRole",
        }));
        user(allow("sts:AssumeRole", palisade_scenes::role_arn("deploy").as_str()), allow("s3:GetObject", "*"))
            .and_changed_role("deploy", &[allow(actions, resource)], |role| role.trust = people)
            .and_function("jobs", |function| function.role = palisade_scenes::role_arn("admin"))
    };
    let deploy = || allow(json!(["lambda:CreateFunction", "lambda:InvokeFunction"]), "*");
    Cases::default()
        .fail(user(deploy(), allow("iam:PassRole", "*")))
        .pass(user(deploy(), allow("s3:GetObject", "*")))
        .fail(by_hop(json!("lambda:UpdateFunctionCode"), "*"))
        .pass(by_hop(json!("lambda:UpdateFunctionCode"), palisade_scenes::function_arn("orders").as_str()))
        .pass(user(deploy(), deny("iam:PassRole", "*")))
        .pass(user(allow("iam:PassRole", "*"), allow("s3:GetObject", "*")))
        .fail(user(allow("iam:PutUserPolicy", "*"), allow("s3:GetObject", "*")))
        .not_applicable(user(allow("*", "*"), deploy()))
}

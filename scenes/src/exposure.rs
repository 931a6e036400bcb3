//! Scenes about functions that are open to the outside, and about what their role could become.

use serde_json::{Value, json};

use crate::iam::permitted;
use crate::{Scene, function_arn, new_role, policy};
use palisade_model::iam::{InlinePolicy, Role};
use palisade_model::lambda::{FunctionUrl, UrlAuth, Urls};
use palisade_model::{Fact, Listing};

/// The function `orders`, whose role has these statements, as the subject.
pub fn closed(statements: &[Value]) -> Scene {
    let mut scene = permitted(statements);
    scene.subject = function_arn("orders");
    scene
}

/// The function `orders`, which any AWS account may invoke.
pub fn open_api(statements: &[Value]) -> Scene {
    opened(statements, json!("lambda:InvokeFunction"), json!({}), None)
}

/// The function `orders` with a URL that anybody may call.
pub fn behind_public_url(statements: &[Value]) -> Scene {
    let condition = json!({ "StringEquals": { "lambda:FunctionUrlAuthType": "NONE" } });
    opened(statements, json!("lambda:InvokeFunctionUrl"), condition, Some(UrlAuth::None))
}

/// The function `orders` with a URL that any AWS account may call.
pub fn behind_iam_url(statements: &[Value]) -> Scene {
    let condition = json!({ "StringEquals": { "lambda:FunctionUrlAuthType": "AWS_IAM" } });
    opened(statements, json!("lambda:InvokeFunctionUrl"), condition, Some(UrlAuth::Iam))
}

#[expect(clippy::needless_pass_by_value, reason = "a literal `json!` reads better without a reference")]
fn opened(statements: &[Value], action: Value, condition: Value, auth: Option<UrlAuth>) -> Scene {
    let document = policy(json!({
        "Sid": "Everybody", "Effect": "Allow", "Principal": "*", "Action": action,
        "Resource": function_arn("orders").as_str(), "Condition": condition
    }));
    let urls = auth.map(|auth| FunctionUrl { function: function_arn("orders"), auth, cors: None });
    closed(statements).and_orders(|function| {
        function.policy = Fact::Known(Some(document));
        function.urls = Fact::Known(Urls::Read(urls.into_iter().collect()));
    })
}

impl Scene {
    /// Adds a role that trusts Lambda and has these statements, each in an inline policy of its own.
    pub fn and_role(self, name: &str, statements: &[Value]) -> Self {
        self.and_changed_role(name, statements, |_| {})
    }

    /// As `and_role`, and then changes the role.
    pub fn and_changed_role(self, name: &str, statements: &[Value], change: impl FnOnce(&mut Role)) -> Self {
        let mut role = new_role(name);
        role.inline = statements
            .iter()
            .enumerate()
            .map(|(index, statement)| InlinePolicy {
                name: format!("{name}-{index}"),
                document: policy(statement.clone()),
            })
            .collect();
        change(&mut role);
        self.iam(|iam| {
            iam.roles = Listing::new([iam.roles.seen(), &[role]].concat(), iam.roles.gap().cloned());
        })
    }
}

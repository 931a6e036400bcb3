//! Scenes about resource policies: what they give, and the URLs that they open.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{Scene, function, function_arn};
use palisade_model::iam::PolicyText;
use palisade_model::lambda::{Function, FunctionUrl, Qualifier, UrlAuth, Urls};
use palisade_model::{Fact, Listing};

/// A statement that allows somebody an action on the function `orders`, its versions and aliases.
#[expect(clippy::needless_pass_by_value, reason = "a literal `json!` reads better without a reference")]
pub fn allows(principal: Value, action: &str, condition: Value) -> Value {
    let resource = format!("{}*", function_arn("orders"));
    json!({
        "Sid": "shared", "Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource,
        "Condition": condition
    })
}

/// An account whose function `orders` has a resource policy of these statements.
pub fn policies(statements: &[Value]) -> Scene {
    let policy = PolicyText::parse(&json!({ "Version": "2012-10-17", "Statement": statements }).to_string());
    assert!(matches!(policy, PolicyText::Parsed(_)), "{policy:?}");
    function(|function| function.policy = Fact::Known(Some(policy)))
}

/// An alias of the function `orders`.
pub fn alias(name: &str, policy: Option<PolicyText>) -> Qualifier {
    let arn = format!("{}:{name}", function_arn("orders")).into();
    Qualifier { arn, weights: BTreeMap::new(), policy: Fact::Known(policy) }
}

impl Scene {
    /// Changes the function `orders`.
    pub fn and_orders(self, change: impl FnOnce(&mut Function)) -> Self {
        self.lambda(|lambda| {
            let mut functions = lambda.functions.seen().to_vec();
            change(functions.iter_mut().find(|function| function.name == "orders").unwrap());
            lambda.functions = Listing::new(functions, lambda.functions.gap().cloned());
        })
    }

    /// Gives the function `orders`, or an alias of it, URLs.
    pub fn with_urls(self, auths: &[UrlAuth], alias: Option<&str>) -> Self {
        let orders = function_arn("orders");
        let function = alias.map_or(orders.clone(), |alias| format!("{orders}:{alias}").into());
        let url = |auth: &UrlAuth| FunctionUrl { function: function.clone(), auth: auth.clone(), cors: None };
        let urls = auths.iter().map(url).collect();
        self.and_orders(|function| function.urls = Fact::Known(Urls::Read(urls)))
    }
}

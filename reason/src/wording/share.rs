//! What a statement of a resource's policy gives to whom.

use std::fmt;

use palisade_policy::{MatchedStatement, PolicyType};

use super::callers;
use crate::access::shares::Share;

/// How many actions evidence names.
const NAMED_ACTIONS: usize = 3;

/// `any AWS account may call lambda:InvokeFunction on function:orders by policy function:orders, statement 0 (all)`.
impl fmt::Display for Share<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { resource, policy, index, statement, grade, who, .. } = self;
        let resource = resource.resource();
        let reason = MatchedStatement { layer: PolicyType::Resource, policy, index: *index, statement };
        let actions = named(&self.actions);
        write!(formatter, "{} may call {actions} on {resource} by {reason}", callers(*grade, who))?;
        if !self.conditions.is_empty() {
            write!(formatter, ", {}", self.conditions.join(" and "))?;
        }
        if !self.secrets.is_empty() {
            write!(formatter, "; only who knows the value of {} gets in", self.secrets.join(" and "))?;
        }
        Ok(())
    }
}

/// `lambda:AddPermission, lambda:PutResourcePolicy, lambda:RemovePermission and 40 more actions`.
fn named(actions: &[String]) -> String {
    let shown = actions[..actions.len().min(NAMED_ACTIONS)].join(", ");
    match actions.len().saturating_sub(NAMED_ACTIONS) {
        0 => shown,
        1 => format!("{shown} and 1 more action"),
        more => format!("{shown} and {more} more actions"),
    }
}

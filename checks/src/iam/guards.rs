//! What a role's evidence says of guard rails that could not be read.

use palisade_model::Fact;

use crate::check::Verdict;
use crate::context::Context;

/// A failure when there is any evidence, which then also says when the organisation's guard rails could not be counted.
pub(super) fn verdict(evidence: Vec<String>, context: &Context) -> Verdict {
    let unread = if evidence.is_empty() { None } else { unread_guards(context) };
    Verdict::fail_if_any(evidence.into_iter().chain(unread))
}

fn unread_guards(context: &Context) -> Option<String> {
    let gap = match &context.inventory().organization {
        Fact::Unknown(gap) => gap,
        Fact::Known(None) => return None,
        Fact::Known(Some(organization)) => match &organization.service_control {
            Fact::Unknown(gap) => gap,
            Fact::Known(_) => return None,
        },
    };
    Some(format!("service control policies were not evaluated: {gap}"))
}

//! What is told of a role that can escalate: who is there first, and every path.

use crate::check::{Evidence, Outcome, Verdict};
use crate::context::Context;
use palisade_model::iam::Role;
use palisade_reason::access::start::starters;

/// The verdict on a role's paths; where there are any, with whoever starts on them before.
pub(super) fn escalates<'a>(role: &'a Role, context: &Context<'a>) -> Outcome {
    Ok(match context.escalations_of(role)?.verdict()? {
        Verdict::Fail(paths) => {
            let start = Evidence(starters(role, context)?);
            Verdict::Fail(std::iter::once(start).chain(paths).collect())
        }
        verdict @ (Verdict::Pass | Verdict::NotApplicable) => verdict,
    })
}

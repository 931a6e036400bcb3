//! What the checks of required tags have in common.

use std::collections::BTreeMap;

use palisade_model::Gap;

use crate::check::{Outcome, Verdict};
use crate::context::Context;

/// Which of the required tags are missing; not applicable where none is required, so that tags need not be known then.
pub(crate) fn required<'t>(
    tags: impl FnOnce() -> Result<&'t BTreeMap<String, String>, Gap>,
    context: &Context,
) -> Outcome {
    let required = &context.settings.required_tags;
    if required.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    let tags = tags()?;
    let missing: Vec<_> = required.iter().filter(|key| !tags.contains_key(*key)).map(String::as_str).collect();
    Ok(Verdict::fail_when(!missing.is_empty(), || format!("there is no tag {}", missing.join(", "))))
}

//! What a run judged.

use std::borrow::Cow;

use palisade_checks::audit;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a run judged, and under which settings: two reports can be compared as far as these agree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Scope {
    /// The ids of the checks that judged, sorted.
    pub checks: Vec<Cow<'static, str>>,
    /// Patterns of the resources that were judged; empty for all.
    pub resources: Vec<String>,
    /// Whether the run judged less than its configuration would have: by checks, services, severity or resources.
    pub selected: bool,
    /// A fingerprint of the settings that verdicts depend on, such as thresholds: 32 hexadecimal digits.
    #[schemars(regex(pattern = "^[0-9a-f]{32}$"))]
    pub settings: String,
}

impl Scope {
    pub(super) fn of(scope: &audit::Scope) -> Self {
        let audit::Scope { checks, resources, selected, settings } = scope;
        Self {
            checks: checks.iter().map(|check| (*check).into()).collect(),
            resources: resources.clone(),
            selected: *selected,
            settings: settings.clone(),
        }
    }
}

//! Resources: ARNs with wildcards.

use std::hash::{Hash, Hasher};

use super::containment::{begin_apart, begins_elsewhere, covers, overlap};
use super::template::{Match, Reading, Symbol, TextPattern};
use crate::request_context::Scope;

/// One entry of a `Resource` or `NotResource` element.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
#[derive(Debug, Clone)]
pub struct ResourcePattern {
    text: String,
    pattern: TextPattern,
    /// An ARN of fewer than six parts, filled up with `*`.
    completed: Option<TextPattern>,
}

/// What a kind of policy makes of an ARN with fewer than six parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ShortArns {
    /// Identity policies, boundaries and session policies: the missing parts are `*`.
    Completed,
    /// Service control policies: the same, if the ARN ends in `*`.
    CompletedAfterStar,
    /// Resource policies: the same, if there is a wildcard in the ARN.
    CompletedWithWildcard,
    /// Resource control policies: no such ARN.
    Refused,
}

impl ResourcePattern {
    /// Compiles a pattern; every text is accepted.
    pub fn new(text: impl Into<String>) -> ResourcePattern {
        let text = text.into();
        let pattern = TextPattern::compile(&text, Reading::Resource);
        let completed = completed(&text).map(|whole| TextPattern::compile(&whole, Reading::Resource));
        ResourcePattern { text, pattern, completed }
    }

    /// The pattern as the policy writes it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the pattern covers `resource` as an identity policy has it, variables taken as
    /// plain text.
    pub fn matches(&self, resource: &str) -> bool {
        self.completed.as_ref().unwrap_or(&self.pattern).plain().matches(resource)
    }

    /// Whether the pattern covers every resource.
    pub fn is_everything(&self) -> bool {
        self.pattern.plain().is_anything()
    }

    pub(crate) fn matches_in(&self, short_arns: ShortArns, resource: &str, scope: Scope<'_>) -> Match {
        let Some(completed) = &self.completed else { return self.pattern.matches(resource, scope) };
        let is_completed = match short_arns {
            ShortArns::Completed => true,
            ShortArns::CompletedAfterStar => self.text.ends_with('*'),
            ShortArns::CompletedWithWildcard => self.text.contains(['*', '?']),
            ShortArns::Refused => false,
        };
        if is_completed { completed.matches(resource, scope) } else { Match::No }
    }

    /// Whether every resource `other` covers is covered by this, in identity policies; `false` may
    /// mean that it could not be shown.
    pub(crate) fn covers(&self, has_variables: bool, other: &ResourcePattern, other_has_variables: bool) -> bool {
        let reads_the_same = has_variables == other_has_variables || !self.text.contains("${");
        if reads_the_same && self.text == other.text || self.is_everything() {
            return true;
        }
        !begins_elsewhere(&self.text, &other.text)
            && covers(&self.symbols(has_variables), &other.symbols(other_has_variables))
    }

    /// Whether some resource may be covered by both.
    pub(crate) fn overlaps(&self, has_variables: bool, other: &ResourcePattern, other_has_variables: bool) -> bool {
        !begin_apart(&self.text, &other.text)
            && overlap(&self.symbols(has_variables), &other.symbols(other_has_variables))
    }

    fn symbols(&self, has_variables: bool) -> Vec<Symbol> {
        let whole = completed(&self.text);
        TextPattern::symbols(whole.as_deref().unwrap_or(&self.text), Reading::Resource, has_variables)
    }
}

/// The ARN filled up to six parts; `None` for a whole ARN and for what is no ARN.
fn completed(text: &str) -> Option<String> {
    let missing = 5_usize.checked_sub(text.matches(':').count()).filter(|&missing| missing > 0)?;
    text.starts_with("arn:").then(|| format!("{text}{}", ":*".repeat(missing)))
}

impl PartialEq for ResourcePattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for ResourcePattern {}

impl Hash for ResourcePattern {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

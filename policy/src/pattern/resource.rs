//! Resources: ARNs with wildcards.

use super::{Colons, Glob};

/// One entry of a `Resource` or `NotResource` element.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
#[derive(Debug, Clone)]
pub struct ResourcePattern {
    text: String,
    glob: Glob,
}

impl ResourcePattern {
    /// Compiles a pattern; every text is accepted.
    pub fn new(text: impl Into<String>) -> ResourcePattern {
        let text = text.into();
        let glob = Glob::compile(&text, Colons::CrossedAtEnds);
        ResourcePattern { text, glob }
    }

    /// The pattern as the policy writes it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the pattern covers `resource`, variables taken as plain text.
    pub fn matches(&self, resource: &str) -> bool {
        self.glob.matches(resource)
    }

    /// Whether the pattern covers every resource.
    pub fn is_everything(&self) -> bool {
        self.glob.is_anything()
    }
}

impl PartialEq for ResourcePattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for ResourcePattern {}

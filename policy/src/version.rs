//! The versions of the policy language.

/// The version of the policy language.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Version {
    /// Not written: means 2008-10-17.
    Absent,
    /// `2008-10-17`: `${…}` is plain text.
    V2008,
    /// `2012-10-17`: `${…}` is a variable.
    V2012,
}

impl Version {
    /// Whether `${…}` is a variable in documents of this version.
    pub fn has_variables(self) -> bool {
        match self {
            Version::V2012 => true,
            Version::Absent | Version::V2008 => false,
        }
    }
}

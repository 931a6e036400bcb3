//! The profile that a run is asked to use.

use std::fmt;

use super::files::Variable;

/// A profile, and what names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub(super) name: String,
    by: &'static str,
}

impl fmt::Display for Named {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the profile `{}` that {} names", self.name, self.by)
    }
}

impl Named {
    /// The profile that is asked for; the command line comes first.
    pub(super) fn of(argument: Option<&str>, variable: Variable<'_>) -> Option<Self> {
        if let Some(name) = argument {
            return Some(Self { name: name.to_owned(), by: ARGUMENT });
        }
        let variables = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"];
        variables.into_iter().find_map(|by| Some(Self { name: variable(by)?, by }))
    }

    /// Whether the command line names it.
    pub(super) fn is_explicit(&self) -> bool {
        self.by == ARGUMENT
    }
}

const ARGUMENT: &str = "--profile";

//! Why a policy document could not be read, and where in it.

use std::fmt;

/// A document that is not a policy, with the place of the first thing wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct ParseError {
    /// Where, written as a path: `Statement[2].Condition.StringEquals`; `document` for the whole.
    pub place: String,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong at the place a [`ParseError`] names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The text is not JSON; holds the parser's words.
    #[error("not JSON: {0}")]
    NotJson(String),
    /// The bytes of the text, percent-decoded, are not UTF-8.
    #[error("the percent-decoded text is not UTF-8")]
    NotText,
    /// A key stands twice in one object. IAM refuses such a document.
    #[error("the key stands twice")]
    DuplicateKey,
    /// An element the policy grammar does not have.
    #[error("not an element of a policy")]
    UnknownElement,
    /// A required element is not there; holds what is required.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// Two elements exclude each other; holds both names.
    #[error("{0} and {1} exclude each other")]
    Exclusive(&'static str, &'static str),
    /// The JSON value has the wrong type; holds what is expected.
    #[error("expected {0}")]
    Expected(&'static str),
}

/// A path into the document, built on the stack and written out only when something is wrong.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    parent: Option<&'a Place<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

impl<'a> Place<'a> {
    pub(crate) const ROOT: Place<'static> = Place { parent: None, step: Step::Root };

    pub(crate) fn key(&'a self, key: &'a str) -> Place<'a> {
        Place { parent: Some(self), step: Step::Key(key) }
    }

    pub(crate) fn index(&'a self, index: usize) -> Place<'a> {
        Place { parent: Some(self), step: Step::Index(index) }
    }

    pub(crate) fn error(&self, problem: Problem) -> ParseError {
        let path = self.to_string();
        let place = if path.is_empty() { "document".to_owned() } else { path };
        ParseError { place, problem }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(parent) = self.parent else { return Ok(()) };
        parent.fmt(formatter)?;
        match self.step {
            Step::Root => Ok(()),
            Step::Key(key) if parent.parent.is_none() => formatter.write_str(key),
            Step::Key(key) => write!(formatter, ".{key}"),
            Step::Index(index) => write!(formatter, "[{index}]"),
        }
    }
}

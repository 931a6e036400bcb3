//! What is known of a request's context keys.

use std::collections::HashMap;

use crate::date::Moment;
use crate::version::Version;

/// What is known of the context of a request: each key is known with its values, known to be
/// absent, or unknown.
///
/// Keys are compared without regard to case.
///
/// ```
/// use palisade_policy::RequestContext;
/// let context = RequestContext::partial()
///     .known("aws:PrincipalOrgID", ["o-a1b2c3d4e5"])
///     .absent("aws:SourceArn");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct RequestContext {
    entries: HashMap<String, Knowledge>,
    families: Vec<(String, Knowledge)>,
    others: Knowledge,
}

#[derive(Debug, Clone, PartialEq)]
enum Knowledge {
    Known(Vec<String>),
    Absent,
    Unknown,
    Foreign,
    Like(String),
    Since(Moment),
}

/// What a key is found to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Lookup<'a> {
    Values(&'a [String]),
    Absent,
    Unknown,
    /// Present, and chosen by a stranger: equal to no value a policy's author could have fixed,
    /// but any other value the stranger can bring about.
    Foreign,
    /// Present with one value, of which a pattern with `*` is known that it matches.
    Like(&'a str),
    /// The time: this moment now, and any later one in time.
    Since(Moment),
}

/// What a pattern or condition is evaluated against.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) context: &'a RequestContext,
    pub(crate) version: Version,
}

impl RequestContext {
    /// A context of which everything is known: keys not given are absent.
    pub fn complete() -> RequestContext {
        RequestContext { entries: HashMap::new(), families: Vec::new(), others: Knowledge::Absent }
    }

    /// A context of which only what is given is known: the other keys are unknown.
    pub fn partial() -> RequestContext {
        RequestContext { others: Knowledge::Unknown, ..RequestContext::complete() }
    }

    /// Sets a key's values. A key without values is as good as absent.
    pub fn known<T: Into<String>>(self, key: &str, values: impl IntoIterator<Item = T>) -> RequestContext {
        self.set(key, Knowledge::Known(values.into_iter().map(Into::into).collect()))
    }

    /// Sets a key to be absent from the request.
    pub fn absent(self, key: &str) -> RequestContext {
        self.set(key, Knowledge::Absent)
    }

    /// Sets a key to be unknown.
    pub fn unknown(self, key: &str) -> RequestContext {
        self.set(key, Knowledge::Unknown)
    }

    /// Sets a key to be present with one value that matches a pattern with `*`, such as `AROAEXAMPLE:*`.
    pub fn like(self, key: &str, pattern: impl Into<String>) -> RequestContext {
        self.set(key, Knowledge::Like(pattern.into()))
    }

    /// Sets the time of the request, `aws:CurrentTime` and `aws:EpochTime`, in seconds since 1970. What a date condition
    /// says at that time holds; one that does not hold, but will at a later time, is left open.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-currenttime>
    #[must_use]
    pub fn as_of(self, seconds: i64) -> RequestContext {
        let now = Moment::at(seconds);
        self.set("aws:CurrentTime", Knowledge::Since(now)).set("aws:EpochTime", Knowledge::Since(now))
    }

    /// Sets a key to be present with a stranger's value.
    pub(crate) fn foreign(self, key: &str) -> RequestContext {
        self.set(key, Knowledge::Foreign)
    }

    /// Sets every key that begins with `prefix` and is not given itself to be absent.
    pub(crate) fn absent_family(mut self, prefix: &str) -> RequestContext {
        self.families.insert(0, (prefix.to_ascii_lowercase(), Knowledge::Absent));
        self
    }

    /// Sets every key that begins with `prefix` and is not given itself to a stranger's value.
    pub(crate) fn foreign_family(mut self, prefix: &str) -> RequestContext {
        self.families.insert(0, (prefix.to_ascii_lowercase(), Knowledge::Foreign));
        self
    }

    /// Adds what `other` knows; where both know something of a key, `other` is right.
    pub(crate) fn and(mut self, other: &RequestContext) -> RequestContext {
        self.entries.extend(other.entries.iter().map(|(key, knowledge)| (key.clone(), knowledge.clone())));
        self.families.splice(0..0, other.families.iter().cloned());
        if other.others != Knowledge::Unknown {
            self.others.clone_from(&other.others);
        }
        self
    }

    fn set(mut self, key: &str, knowledge: Knowledge) -> RequestContext {
        self.entries.insert(key.to_ascii_lowercase(), knowledge);
        self
    }

    /// Looks up a key given in lower case.
    pub(crate) fn lookup(&self, folded_key: &str) -> Lookup<'_> {
        let knowledge = self.entries.get(folded_key).unwrap_or_else(|| {
            let family = self.families.iter().find(|(prefix, _)| folded_key.starts_with(prefix.as_str()));
            family.map_or(&self.others, |(_, knowledge)| knowledge)
        });
        match knowledge {
            Knowledge::Known(values) if values.is_empty() => Lookup::Absent,
            Knowledge::Known(values) => Lookup::Values(values),
            Knowledge::Absent => Lookup::Absent,
            Knowledge::Unknown => Lookup::Unknown,
            Knowledge::Foreign => Lookup::Foreign,
            Knowledge::Like(pattern) => Lookup::Like(pattern),
            Knowledge::Since(moment) => Lookup::Since(*moment),
        }
    }
}

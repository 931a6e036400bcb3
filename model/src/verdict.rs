//! What is concluded of a resource, and how much it matters.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Gap, Listing};

/// How much harm an open finding may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; no harm by itself.
    Informational,
    /// Makes other trouble worse, or costs reliability.
    Low,
    /// Harm needs a second weakness or a mistake.
    Medium,
    /// Harm needs an attacker who is already near, or only time.
    High,
    /// Harm needs nothing but an attacker.
    Critical,
}

impl Severity {
    /// All of them, the worst first.
    pub const ALL: [Self; 5] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Informational];

    /// The word that stands for it in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Informational => "informational",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The severity with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.name() == name)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// What a check concludes of one resource. `Err` is the only way to say "could not be checked", and `?` on a fact says it.
pub type Outcome = Result<Verdict, Gap>;

/// A conclusion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be.
    Pass,
    /// Not as it should be, for each of these reasons.
    Fail(Vec<Evidence>),
    /// The question does not arise for this resource.
    NotApplicable,
}

impl Verdict {
    /// A failure for one reason.
    pub fn fail(evidence: impl Into<String>) -> Self {
        Self::Fail(vec![Evidence(evidence.into())])
    }

    /// A failure when there is any reason, else a pass.
    pub fn fail_if_any(evidence: impl IntoIterator<Item = String>) -> Self {
        let evidence: Vec<_> = evidence.into_iter().map(Evidence).collect();
        if evidence.is_empty() { Self::Pass } else { Self::Fail(evidence) }
    }

    /// A failure for one reason when `bad`, else a pass.
    pub fn fail_when(bad: bool, evidence: impl FnOnce() -> String) -> Self {
        if bad { Self::fail(evidence()) } else { Self::Pass }
    }
}

/// What speaks against a resource, gathered part by part. Evidence fails the resource whatever else could not be read; a
/// part that could not be read stands in the way of a pass.
#[derive(Debug, Default)]
pub struct Gathered {
    evidence: Vec<String>,
    gap: Option<Gap>,
    parts: usize,
}

impl Gathered {
    /// What speaks against the items of a list, short or whole.
    pub fn of<'t, T, F>(list: &'t Listing<T>, judge: impl Fn(&'t T) -> Result<F, Gap>) -> Self
    where
        F: IntoIterator<Item = String>,
    {
        let mut gathered = Self::default();
        gathered.each(list, judge);
        gathered
    }

    /// Adds what speaks against the items of a list, short or whole.
    pub fn each<'t, T, F>(&mut self, list: &'t Listing<T>, judge: impl Fn(&'t T) -> Result<F, Gap>)
    where
        F: IntoIterator<Item = String>,
    {
        for item in list.seen() {
            self.add(judge(item));
        }
        if let Some(gap) = list.gap() {
            self.miss(gap.clone());
        }
    }

    /// What failed says more than what was left out by choice.
    fn miss(&mut self, gap: Gap) {
        if self.gap.as_ref().is_none_or(|known| known.reason.is_choice() && !gap.reason.is_choice()) {
            self.gap = Some(gap);
        }
    }

    /// Adds what speaks against one part, or the gap in the way of judging it.
    pub fn add(&mut self, found: Result<impl IntoIterator<Item = String>, Gap>) {
        self.parts += 1;
        match found {
            Ok(evidence) => self.evidence.extend(evidence),
            Err(gap) => self.miss(gap),
        }
    }

    /// The conclusion: not applicable when there was no part to judge.
    pub fn outcome(self) -> Outcome {
        match (self.gap, self.evidence, self.parts) {
            (Some(gap), evidence, _) if evidence.is_empty() => Err(gap),
            (None, evidence, 0) if evidence.is_empty() => Ok(Verdict::NotApplicable),
            (_, evidence, _) => Ok(Verdict::fail_if_any(evidence)),
        }
    }
}

/// What the account says that makes a check fail, quoted; no advice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence(pub String);

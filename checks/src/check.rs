//! What a check is: a static that says what it is about, and a function that decides.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::facts::ecr::{Image, PublicRepository, Registry, Repository};
use crate::facts::eks::Cluster;
use crate::facts::kubernetes::{Namespace, Objects, Workload};
use crate::facts::lambda::{EventSourceMapping, Function, Layer};
use crate::facts::{
    Gap, Listing,
    iam::{Role, User},
};

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

/// A catalogue of controls that others know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Framework {
    /// AWS Security Hub CSPM. <https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-controls-reference.html>
    SecurityHub,
    /// A check of Prowler with the same intent.
    Prowler,
    /// A CIS benchmark.
    Cis,
    /// A line of palisade's own checklist for serverless and containers, docs/checklist.md.
    Checklist,
}

impl Framework {
    /// The catalogue's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::SecurityHub => "AWS Security Hub",
            Self::Prowler => "Prowler",
            Self::Cis => "CIS",
            Self::Checklist => "Checklist",
        }
    }
}

/// A control of a catalogue that a check covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Control {
    /// The catalogue.
    pub framework: Framework,
    /// The control's id there.
    pub id: &'static str,
}

impl Control {
    /// A Security Hub control, such as `Lambda.1`.
    pub const fn security_hub(id: &'static str) -> Self {
        Self { framework: Framework::SecurityHub, id }
    }

    /// A Prowler check.
    pub const fn prowler(id: &'static str) -> Self {
        Self { framework: Framework::Prowler, id }
    }

    /// A recommendation of a CIS benchmark: the benchmark, its version and the number.
    pub const fn cis(id: &'static str) -> Self {
        Self { framework: Framework::Cis, id }
    }

    /// A line of the checklist.
    pub const fn checklist(id: &'static str) -> Self {
        Self { framework: Framework::Checklist, id }
    }
}

impl fmt::Display for Control {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.framework.name(), self.id)
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

/// A check: what it says of itself, and the rule that decides.
pub struct Check {
    /// Its public id: the service and the name of its file.
    pub id: &'static str,
    /// Its documentation, in Markdown: title, then the sections Why, Severity, Fix and References.
    pub docs: &'static str,
    /// How bad a failure is, unless the configuration says otherwise.
    pub severity: Severity,
    /// Controls of other catalogues that it covers.
    pub controls: &'static [Control],
    /// The version of palisade that brought it.
    pub since: &'static str,
    /// The function that decides, by kind of resource.
    pub rule: Rule,
    /// Its module.
    pub module: &'static str,
    /// Its source file.
    pub file: &'static str,
    /// Its line there.
    pub line: u32,
}

impl Check {
    /// The first line of its documentation.
    pub fn title(&self) -> &'static str {
        self.docs.lines().next().unwrap_or_default().trim()
    }

    /// The text under `## heading`, trimmed.
    pub fn section(&self, heading: &str) -> Option<String> {
        let mut lines = self.docs.lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
        lines.find(|line| line.strip_prefix("## ") == Some(heading))?;
        let body: Vec<_> = lines.take_while(|line| !line.starts_with("## ")).collect();
        Some(body.join("\n").trim().to_owned())
    }

    /// The addresses under `## References`.
    pub fn references(&self) -> Vec<String> {
        let section = self.section("References").unwrap_or_default();
        section.lines().filter_map(|line| Some(line.split_once('<')?.1.split_once('>')?.0.to_owned())).collect()
    }

    /// The service's prefix, such as `lambda`.
    pub fn service(&self) -> &'static str {
        self.id.split_once('-').map_or(self.id, |(service, _)| service)
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Check").field(&self.id).finish()
    }
}

/// The function that decides, one variant for each kind of resource; the engine does the iterating.
#[derive(Clone, Copy)]
pub enum Rule {
    /// Judges each Lambda function.
    Function(fn(&Function, &Context) -> Outcome),
    /// Judges each event source mapping of Lambda.
    EventSourceMapping(fn(&EventSourceMapping, &Context) -> Outcome),
    /// Judges each layer version that the account owns.
    Layer(fn(&Layer, &Context) -> Outcome),
    /// Judges the ECR registry of each Region.
    Registry(fn(&Registry, &Context) -> Outcome),
    /// Judges each ECR repository.
    Repository(fn(&Repository, &Context) -> Outcome),
    /// Judges each image that is in use or the newest of its repository.
    Image(fn(&Image, &Context) -> Outcome),
    /// Judges each repository of ECR Public.
    PublicRepository(fn(&PublicRepository, &Context) -> Outcome),
    /// Judges each EKS cluster, by what AWS says of it.
    Cluster(fn(&Cluster, &Context) -> Outcome),
    /// Judges each namespace of the clusters that were looked into.
    Namespace(fn(&Inside<'_, Namespace>, &Context) -> Outcome),
    /// Judges each workload of the clusters that were looked into, those of AWS left out.
    Workload(fn(&Inside<'_, Workload>, &Context) -> Outcome),
    /// Judges each IAM role.
    Role(fn(&Role, &Context) -> Outcome),
    /// Judges each IAM user.
    User(fn(&User, &Context) -> Outcome),
}

/// An object of a cluster, together with the cluster around it.
#[derive(Clone, Copy, Debug)]
pub struct Inside<'a, T> {
    /// The object.
    pub object: &'a T,
    /// All objects of the cluster.
    pub objects: &'a Objects,
    /// The cluster, as AWS describes it.
    pub cluster: &'a Cluster,
}

/// Declares the check of a file: the doc comment becomes its documentation, and its cases become a test.
macro_rules! check {
    ($(#[doc = $docs:literal])+ CHECK {
        id: $id:literal,
        severity: $severity:expr,
        controls: $controls:expr,
        since: $since:literal,
        rule: $rule:expr $(,)?
    }) => {
        $(#[doc = $docs])+
        pub(crate) static CHECK: $crate::check::Check = $crate::check::Check {
            id: $id,
            docs: concat!($($docs, "\n"),+),
            severity: $severity,
            controls: $controls,
            since: $since,
            rule: $rule,
            module: module_path!(),
            file: file!(),
            line: line!(),
        };

        #[cfg(test)]
        #[test]
        fn cases_hold() {
            cases().hold(&CHECK);
        }
    };
}
pub(crate) use check;

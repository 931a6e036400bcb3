//! What a check is: a static that says what it is about, and a function that decides.

use std::fmt;

pub use palisade_model::Inside;
use palisade_model::ecr::{Image, PublicRepository, Registry, Repository};
use palisade_model::ecs::{self, ContainerInstance, Daemon, Gateway, InCluster, Launcher, Service, Task};
use palisade_model::eks::Cluster;
use palisade_model::iam::{Role, User};
use palisade_model::kubernetes::{Controller, Namespace};
use palisade_model::lambda::{EventSourceMapping, Function, Layer};
use palisade_model::settings::{Selection, Settings};
pub use palisade_model::verdict::{Evidence, Gathered, Outcome, Severity, Verdict};

use crate::context::Context;
use palisade_reason::tasks::uses::Running;

/// A catalogue of controls that others know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Catalogue {
    /// AWS Security Hub CSPM. <https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-controls-reference.html>
    SecurityHub,
    /// A check of Prowler with the same intent.
    Prowler,
    /// A CIS benchmark.
    Cis,
    /// A line of palisade's own checklist for serverless and containers: checks/src/checklist.txt, shown in docs/checklist.md.
    Checklist,
}

impl Catalogue {
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
    pub catalogue: Catalogue,
    /// The control's id there.
    pub id: &'static str,
}

impl Control {
    /// A Security Hub control, such as `Lambda.1`.
    pub const fn security_hub(id: &'static str) -> Self {
        Self { catalogue: Catalogue::SecurityHub, id }
    }

    /// A Prowler check.
    pub const fn prowler(id: &'static str) -> Self {
        Self { catalogue: Catalogue::Prowler, id }
    }

    /// A recommendation of a CIS benchmark: the benchmark, its version and the number.
    pub const fn cis(id: &'static str) -> Self {
        Self { catalogue: Catalogue::Cis, id }
    }

    /// A line of the checklist, by its id in checks/src/checklist.txt.
    pub const fn checklist(id: &'static str) -> Self {
        Self { catalogue: Catalogue::Checklist, id }
    }
}

impl fmt::Display for Control {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.catalogue.name(), self.id)
    }
}

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

    /// The severity in force.
    pub fn severity_under(&self, settings: &Settings) -> Severity {
        settings.severities.get(self.id).copied().unwrap_or(self.severity)
    }

    /// Whether a run judges with it.
    pub fn is_selected(&self, settings: &Settings) -> bool {
        let Selection { checks, services, least_severity, resources: _ } = &settings.selection;
        !settings.disabled.contains(self.id)
            && (checks.is_empty() || checks.contains(self.id))
            && (services.is_empty() || services.iter().any(|service| service == self.service()))
            && least_severity.is_none_or(|least| self.severity_under(settings) >= least)
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
    Controller(fn(&Inside<'_, Controller>, &Context) -> Outcome),
    /// Judges each IAM role.
    Role(fn(&Role, &Context) -> Outcome),
    /// Judges each IAM user.
    User(fn(&User, &Context) -> Outcome),
    /// Judges each definition of tasks, daemons and jobs by which something runs, or will.
    TaskDefinition(fn(&Running<'_>, &Context) -> Outcome),
    /// Judges each service of ECS.
    EcsService(fn(&InCluster<'_, Service>, &Context) -> Outcome),
    /// Judges each task of ECS that no service or daemon keeps running, or that has something said in place of its
    /// definition; those that just stopped too.
    EcsTask(fn(&InCluster<'_, Task>, &Context) -> Outcome),
    /// Judges each cluster of ECS.
    EcsCluster(fn(&InCluster<'_, ecs::Cluster>, &Context) -> Outcome),
    /// Judges each machine of a cluster of ECS.
    ContainerInstance(fn(&InCluster<'_, ContainerInstance>, &Context) -> Outcome),
    /// Judges each managed daemon of ECS.
    Daemon(fn(&InCluster<'_, Daemon>, &Context) -> Outcome),
    /// Judges each rule, schedule, pipe and state machine that starts tasks.
    Launcher(fn(&Launcher, &Context) -> Outcome),
    /// Judges each gateway of ECS.
    Gateway(fn(&Gateway, &Context) -> Outcome),
    /// Judges resources of several kinds, each by its rule.
    Several(&'static [Rule]),
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

/// Declares the checks of a service: one name a line, by alphabet, each a file in the service's folder.
macro_rules! checks {
    ($($name:ident,)+) => {
        $(mod $name;)+

        /// The checks of the service.
        pub(crate) const CHECKS: &[&$crate::check::Check] = &[$(&$name::CHECK),+];
    };
}
pub(crate) use checks;

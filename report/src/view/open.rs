//! What is open, in the order in which a person should act on it.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use palisade_model::verdict::Severity;

use super::View;
use crate::document::{Counts, Finding, Score, Status};

/// The open failures of one check under one severity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// The check's id.
    pub check: String,
    /// Its title.
    pub title: String,
    /// The severity in force.
    pub severity: Severity,
    /// How many resources fail.
    pub count: usize,
    /// How many of them the internet reaches.
    pub exposed: usize,
    /// The resource to name: one that the internet reaches, if there is one.
    pub example: String,
}

impl Open {
    /// Whether the check tells a whole path through the account that begins on the internet.
    pub fn is_path_from_internet(&self) -> bool {
        self.check.starts_with("path-public-")
    }

    /// What comes first: paths from the internet, then severity, raised by one where the internet reaches a resource; of
    /// equals what concerns more.
    fn rank(&self) -> impl Ord + use<> {
        let raised = self.severity as u8 + u8::from(self.exposed > 0);
        let order = (self.is_path_from_internet(), raised, self.severity, self.count);
        (Reverse(order), self.check.clone())
    }
}

/// How a service stands.
#[derive(Clone, Debug, Default)]
pub struct Service {
    /// Failures by severity, the worst first.
    pub failed: [u64; 5],
    /// All conclusions by status.
    pub counts: Counts,
    /// Its score; none where nothing was due.
    pub score: Option<Score>,
}

impl View<'_> {
    /// The open failures, check by check, what to act on first before the rest.
    pub fn open(&self) -> Vec<Open> {
        let mut open: BTreeMap<(Severity, String), Open> = BTreeMap::new();
        for finding in self.with_status(Status::Fail) {
            let exposed = usize::from(finding.exposed == Some(true));
            let key = (finding.severity, finding.check.to_string());
            let group = open.entry(key).or_insert_with(|| Open {
                check: finding.check.to_string(),
                title: finding.title.to_string(),
                severity: finding.severity,
                count: 0,
                exposed: 0,
                example: finding.resource.to_string(),
            });
            if group.exposed == 0 && exposed > 0 {
                group.example = finding.resource.to_string();
            }
            group.count += 1;
            group.exposed += exposed;
        }
        let mut open: Vec<_> = open.into_values().collect();
        open.sort_by_key(Open::rank);
        open
    }

    /// The findings of one check that have this status and severity; those that the internet reaches come first.
    pub fn of_check<'v>(&'v self, check: &'v str, severity: Severity, status: Status) -> Vec<Cow<'v, Finding<'v>>> {
        let mut found: Vec<_> = self.pick(move |id, its, has| (id, its, has) == (check, severity, status)).collect();
        found.sort_by_key(|one| one.exposed != Some(true));
        found
    }

    /// How each service stands, by alphabet.
    pub fn services(&self) -> BTreeMap<String, Service> {
        let mut services: BTreeMap<String, Service> = BTreeMap::new();
        for (check, severity, status) in self.outlines() {
            let name = check.split_once('-').map_or(check, |(service, _)| service);
            if !services.contains_key(name) {
                services.insert(name.to_owned(), Service::default());
            }
            let Some(service) = services.get_mut(name) else { continue };
            service.counts.add(status);
            if status == Status::Fail {
                let worst_first = Severity::ALL.iter().position(|one| *one == severity);
                service.failed[worst_first.unwrap_or_default()] += 1;
            }
        }
        for (name, score) in &self.head.scores.services {
            services.entry(name.clone()).or_default().score = Some(score.clone());
        }
        services
    }
}

//! Which actions AWS has: a dated table, read when first asked.
//!
//! Matching needs no table. It tells what a wildcard grants, how grave an action is, whether an
//! action can be limited to a resource at all, and which condition keys hold several values. AWS
//! adds actions every week, so an action the table does not have is never an error.

mod read;
mod service;

use std::sync::OnceLock;

pub use service::{AccessLevel, Action, ActionResource, Catalogued, ConditionKey, ResourceType, Service, ValueType};

use crate::action::FoldedAction;
use read::Head;

/// The table of services, actions, resource types and condition keys.
#[derive(Debug)]
pub struct Catalogue {
    head: Head,
    /// Sorted by prefix.
    entries: Vec<Entry>,
}

/// A service that is read when it is first asked for.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) prefix: &'static str,
    text: &'static str,
    service: OnceLock<Service>,
}

impl Catalogue {
    /// The catalogue in this crate.
    pub fn get() -> &'static Catalogue {
        static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
        CATALOGUE.get_or_init(|| Catalogue::read(include_str!("../../catalogue/catalogue.txt")))
    }

    fn read(text: &'static str) -> Catalogue {
        let (head, services) = text.split_once("\n=").unwrap_or((text, ""));
        Catalogue { head: read::head(head), entries: services.split("\n=").map(Entry::new).collect() }
    }

    /// All entries; which of them are read is the caller's choice.
    pub(crate) fn entries(&'static self) -> &'static [Entry] {
        &self.entries
    }

    /// The day of the data, `YYYY-MM-DD`.
    pub fn date(&self) -> &'static str {
        self.head.date
    }

    /// Where the data comes from and in which version.
    pub fn source(&self) -> (&'static str, &'static str) {
        (self.head.source, self.head.version)
    }

    /// The prefixes of all services, sorted.
    pub fn prefixes(&self) -> impl Iterator<Item = &'static str> {
        self.entries.iter().map(|entry| entry.prefix)
    }

    /// A service by its prefix, without regard to case.
    pub fn service(&'static self, prefix: &str) -> Option<&'static Service> {
        let folded = prefix.to_ascii_lowercase();
        let position = self.entries.binary_search_by(|entry| entry.prefix.cmp(&folded)).ok()?;
        Some(self.entries[position].service())
    }

    /// An action by its full name (`lambda:InvokeFunction`), without regard to case.
    pub fn action(&'static self, name: &str) -> Option<Catalogued> {
        let folded = FoldedAction::new(name);
        let service = self.service(folded.service())?;
        let position = service.actions.binary_search_by(|action| action.folded.as_str().cmp(folded.name())).ok()?;
        Some(Catalogued { service, action: &service.actions[position] })
    }

    /// Whether the action supports no kind of resource, so that only a statement about `*` allows
    /// it; `None` when the catalogue does not have the action.
    ///
    /// Source: <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
    pub fn needs_every_resource(&'static self, action: &str) -> Option<bool> {
        self.action(action).map(|found| found.action.resource_types.is_empty())
    }

    /// Whether resource control policies reach the service's resources.
    ///
    /// Source: <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html>
    pub fn supports_resource_control(&self, prefix: &str) -> bool {
        self.head.with_resource_control.contains(prefix.to_ascii_lowercase().as_str())
    }

    /// A condition key by its name, without regard to case: a global one, or one of the service that
    /// the name begins with.
    pub fn condition_key(&'static self, name: &str) -> Option<ConditionKey> {
        let named = |known: &&ConditionKey| known.is_named(name);
        let global = self.head.global_keys.iter().find(named);
        let of_service = || {
            let prefix = name.split(':').next().unwrap_or(name);
            // The keys of SAML assertions belong to STS.
            let prefix = if prefix.eq_ignore_ascii_case("saml") { "sts" } else { prefix };
            self.service(prefix)?.condition_keys.iter().find(named)
        };
        global.or_else(of_service).copied()
    }

    /// Whether a condition key can have several values in one request; a key that is not in the
    /// catalogue is taken to have one.
    pub fn is_multi_valued(&'static self, key: &str) -> bool {
        self.condition_key(key).is_some_and(|known| known.multi_valued)
    }
}

impl Entry {
    fn new(block: &'static str) -> Entry {
        let (prefix, text) = block.split_once('\n').unwrap_or((block, ""));
        Entry { prefix, text, service: OnceLock::new() }
    }

    pub(crate) fn service(&self) -> &Service {
        self.service.get_or_init(|| read::service(self.prefix, self.text))
    }
}

//! Which actions AWS has: a dated table, read when first asked.
//!
//! Matching needs no table. It tells what a wildcard grants, how grave an action is, whether an
//! action can be limited to a resource at all, and which condition keys hold several values. AWS
//! adds actions every week, so an action the table does not have is never an error.

mod read;

use std::collections::HashSet;
use std::sync::OnceLock;

use crate::document::ActionElement;
use crate::pattern::{ActionPattern, FoldedAction};

/// The table of services, actions, resource types and condition keys.
#[derive(Debug)]
pub struct Catalogue {
    source: &'static str,
    version: &'static str,
    date: &'static str,
    with_resource_control: HashSet<&'static str>,
    global_keys: Vec<ConditionKey>,
    /// Sorted by prefix.
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    prefix: &'static str,
    text: &'static str,
    service: OnceLock<Service>,
}

/// One service prefix and all that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// The prefix before an action's colon: `lambda`.
    pub prefix: &'static str,
    /// The actions, sorted by name.
    pub actions: Vec<Action>,
    /// The kinds of resources.
    pub resource_types: Vec<ResourceType>,
    /// The condition keys.
    pub condition_keys: Vec<ConditionKey>,
}

/// One action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// The name behind the colon, as AWS writes it.
    pub name: String,
    folded: String,
    /// What kind of access it gives.
    pub level: AccessLevel,
    /// The kinds of resources it can be limited to; none means that only `*` allows it.
    pub resource_types: Vec<ActionResource>,
    /// The condition keys it knows beside the global ones, as indexes into the service's.
    pub condition_keys: Vec<usize>,
}

/// A kind of resource an action is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActionResource {
    /// An index into the service's resource types.
    pub resource_type: usize,
    /// Whether every request names such a resource.
    pub required: bool,
}

/// What kind of access an action gives.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AccessLevel {
    /// Sees that resources exist.
    List,
    /// Reads what is in them.
    Read,
    /// Changes tags only.
    Tagging,
    /// Creates, changes, deletes.
    Write,
    /// Grants or changes permissions.
    PermissionsManagement,
}

/// A kind of resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceType {
    /// Its name: `function`.
    pub name: &'static str,
    /// Its ARN with `${…}` for the variable parts.
    pub arn: String,
    /// The condition keys it knows, as indexes into the service's.
    pub condition_keys: Vec<usize>,
}

/// A condition key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConditionKey {
    /// Its name, with `${…}` for the variable part: `aws:RequestTag/${TagKey}`.
    pub name: &'static str,
    /// The type of its values.
    pub value_type: ValueType,
    /// Whether a request can have several values of it, so that `ForAllValues` or `ForAnyValue`
    /// is needed.
    pub multi_valued: bool,
}

/// The type of a condition key's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is the type of that name")]
pub enum ValueType {
    String,
    Numeric,
    Bool,
    Date,
    Arn,
    IpAddress,
    Binary,
}

/// An action together with its service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Catalogued {
    /// The service.
    pub service: &'static Service,
    /// The action.
    pub action: &'static Action,
}

impl Catalogue {
    /// The catalogue in this crate.
    pub fn get() -> &'static Catalogue {
        static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
        CATALOGUE.get_or_init(|| read::catalogue(include_str!("../../catalogue/catalogue.txt")))
    }

    /// The day of the data, `YYYY-MM-DD`.
    pub fn date(&self) -> &'static str {
        self.date
    }

    /// Where the data comes from and in which version.
    pub fn source(&self) -> (&'static str, &'static str) {
        (self.source, self.version)
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
        self.with_resource_control.contains(prefix.to_ascii_lowercase().as_str())
    }

    /// A condition key by its name, without regard to case: a global one, or one of the service that
    /// the name begins with.
    pub fn condition_key(&'static self, name: &str) -> Option<ConditionKey> {
        let named = |known: &&ConditionKey| known.is_named(name);
        let global = self.global_keys.iter().find(named);
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

    /// The actions an element covers, as far as the catalogue has them, by service and name.
    pub fn expand(&'static self, element: &ActionElement) -> Vec<Catalogued> {
        let mut found = Vec::new();
        for entry in &self.entries {
            entry.expand(element, &mut found);
        }
        found
    }
}

impl Entry {
    fn service(&self) -> &Service {
        self.service.get_or_init(|| read::service(self.prefix, self.text))
    }

    fn expand(&'static self, element: &ActionElement, found: &mut Vec<Catalogued>) {
        let concerned: Vec<&ActionPattern> =
            element.patterns().iter().filter(|pattern| self.is_concerned(pattern)).collect();
        let whole = concerned.iter().any(|pattern| pattern.is_everything() || pattern.is_whole_service());
        let wanted = match element {
            ActionElement::Action(_) => true,
            ActionElement::NotAction(_) => false,
        };
        let all_or_none = whole || concerned.is_empty();
        if all_or_none && whole != wanted {
            return;
        }
        let service = self.service();
        let covered = service.actions.iter().filter(|action| {
            all_or_none || concerned.iter().any(|pattern| pattern.matches_name(&action.folded)) == wanted
        });
        found.extend(covered.map(|action| Catalogued { service, action }));
    }

    fn is_concerned(&self, pattern: &ActionPattern) -> bool {
        pattern.is_everything() || pattern.service() == Some(self.prefix)
    }
}

impl Catalogued {
    /// The full name, `lambda:InvokeFunction`.
    pub fn name(self) -> String {
        format!("{}:{}", self.service.prefix, self.action.name)
    }

    /// The kinds of resources the action can be limited to.
    pub fn resource_types(self) -> impl Iterator<Item = &'static ResourceType> {
        let Catalogued { service, action } = self;
        action.resource_types.iter().filter_map(|named| service.resource_types.get(named.resource_type))
    }

    /// The condition keys the action or one of its resources knows, beside the global ones.
    pub fn condition_keys(self) -> impl Iterator<Item = &'static ConditionKey> {
        let Catalogued { service, action } = self;
        let mut numbers = action.condition_keys.clone();
        numbers.extend(self.resource_types().flat_map(|resource| resource.condition_keys.iter().copied()));
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().filter_map(|number| service.condition_keys.get(number))
    }
}

impl ConditionKey {
    /// Whether `key` is this key, its variable part being anything.
    pub fn is_named(&self, key: &str) -> bool {
        match self.name.split_once("${") {
            None => self.name.eq_ignore_ascii_case(key),
            Some((start, _)) => key.get(..start.len()).is_some_and(|key_start| start.eq_ignore_ascii_case(key_start)),
        }
    }
}

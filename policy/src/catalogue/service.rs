//! What the catalogue tells of a service.

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
    pub(crate) folded: String,
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
    /// Whether its values say which thing an action is about (by ARN, id, name, tag, alias, partition key, encryption
    /// context, or by the service through which it is reached), and not how, from where or with which settings the call
    /// is made. Read from AWS's sentence on the key, as `catalogue/make.py` says.
    ///
    /// Source: <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
    pub names_resource: bool,
    /// Whether every request of an action that knows the key gives a value, so that `ForAllValues` is never true for want
    /// of one.
    pub is_always_given: bool,
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

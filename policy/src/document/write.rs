//! From a document back to the JSON AWS reads.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{ActionElement, Document, Effect, PrincipalElement, Principals, ResourceElement, Statement};
use crate::condition::Condition;
use crate::pattern::{ActionPattern, ResourcePattern};
use crate::principal::Principal;
use crate::version::Version;

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self.version {
            Version::Absent => {}
            Version::V2008 => map.serialize_entry("Version", "2008-10-17")?,
            Version::V2012 => map.serialize_entry("Version", "2012-10-17")?,
        }
        if let Some(id) = &self.id {
            map.serialize_entry("Id", id)?;
        }
        map.serialize_entry("Statement", &self.statements)?;
        map.end()
    }
}

impl Serialize for Statement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(sid) = &self.sid {
            map.serialize_entry("Sid", sid)?;
        }
        let effect = match self.effect {
            Effect::Allow => "Allow",
            Effect::Deny => "Deny",
        };
        map.serialize_entry("Effect", effect)?;
        match &self.principal {
            PrincipalElement::None => {}
            PrincipalElement::Principal(principals) => {
                map.serialize_entry("Principal", principals)?;
            }
            PrincipalElement::NotPrincipal(principals) => {
                map.serialize_entry("NotPrincipal", principals)?;
            }
        }
        let actions: Vec<&str> = self.action.patterns().iter().map(ActionPattern::as_str).collect();
        match &self.action {
            ActionElement::Action(_) => map.serialize_entry("Action", &Texts(&actions))?,
            ActionElement::NotAction(_) => map.serialize_entry("NotAction", &Texts(&actions))?,
        }
        let resources: Vec<&str> = self.resource.patterns().iter().map(ResourcePattern::as_str).collect();
        match &self.resource {
            ResourceElement::None => {}
            ResourceElement::Resource(_) => map.serialize_entry("Resource", &Texts(&resources))?,
            ResourceElement::NotResource(_) => {
                map.serialize_entry("NotResource", &Texts(&resources))?;
            }
        }
        if !self.conditions.is_empty() {
            map.serialize_entry("Condition", &Blocks(&self.conditions))?;
        }
        map.end()
    }
}

impl Serialize for Principals {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Principals::Everyone => serializer.serialize_str("*"),
            Principals::Listed(listed) => {
                let groups = grouped(listed, Principal::kind);
                let mut map = serializer.serialize_map(Some(groups.len()))?;
                for (kind, members) in groups {
                    let texts: Vec<&str> = members.into_iter().map(Principal::as_str).collect();
                    map.serialize_entry(kind.as_str(), &Texts(&texts))?;
                }
                map.end()
            }
        }
    }
}

/// One string, or an array unless there is exactly one.
struct Texts<'a>(&'a [&'a str]);

impl Serialize for Texts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            [single] => serializer.serialize_str(single),
            several => several.serialize(serializer),
        }
    }
}

/// Conditions grouped by operator.
struct Blocks<'a>(&'a [Condition]);

impl Serialize for Blocks<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let groups = grouped(self.0, |condition| condition.operator().as_str());
        let mut map = serializer.serialize_map(Some(groups.len()))?;
        for (operator, members) in groups {
            map.serialize_entry(operator, &Block(&members))?;
        }
        map.end()
    }
}

/// The keys under one operator.
struct Block<'a>(&'a [&'a Condition]);

impl Serialize for Block<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for condition in self.0 {
            let values: Vec<&str> = condition.values().iter().map(String::as_str).collect();
            map.serialize_entry(condition.key(), &Texts(&values))?;
        }
        map.end()
    }
}

/// The items by key, keys in the order of their first item.
fn grouped<'a, T, K: PartialEq>(items: &'a [T], key: impl Fn(&'a T) -> K) -> Vec<(K, Vec<&'a T>)> {
    let mut groups: Vec<(K, Vec<&'a T>)> = Vec::new();
    for item in items {
        let key = key(item);
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, members)) => members.push(item),
            None => groups.push((key, vec![item])),
        }
    }
    groups
}

//! Selection by labels.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A label selector; an empty one selects everything.
///
/// Source: <https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors>
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Selector {
    /// Labels that must be there with these values.
    pub labels: BTreeMap<String, String>,
    /// Further conditions, all of which must hold.
    pub requirements: Vec<Requirement>,
}

/// One condition of a selector.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Requirement {
    /// The label's key.
    pub key: String,
    /// What must hold.
    pub operator: Operator,
    /// The values that it speaks of.
    pub values: Vec<String>,
}

/// What must hold of a label.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// It is there, with one of the values.
    In,
    /// It is not there, or with none of the values.
    NotIn,
    /// It is there.
    Exists,
    /// It is not there.
    DoesNotExist,
    /// An operator that is not known here.
    Other(String),
}

impl Selector {
    /// Whether it selects everything.
    pub fn is_everything(&self) -> bool {
        self.labels.is_empty() && self.requirements.is_empty()
    }

    /// Selects what has this label with this value.
    pub fn label(key: &str, value: &str) -> Self {
        Self { labels: BTreeMap::from([(key.to_owned(), value.to_owned())]), requirements: Vec::new() }
    }

    /// Whether it selects something with these labels; `None` when that hangs on an operator that is not known here.
    pub fn selects(&self, labels: &BTreeMap<String, String>) -> Option<bool> {
        if !self.labels.iter().all(|(key, value)| labels.get(key) == Some(value)) {
            return Some(false);
        }
        let answers: Vec<_> = self.requirements.iter().map(|requirement| requirement.holds(labels)).collect();
        if answers.contains(&Some(false)) {
            return Some(false);
        }
        (!answers.contains(&None)).then_some(true)
    }
}

impl Requirement {
    fn holds(&self, labels: &BTreeMap<String, String>) -> Option<bool> {
        let value = labels.get(&self.key);
        match self.operator {
            Operator::In => Some(value.is_some_and(|value| self.values.contains(value))),
            Operator::NotIn => Some(!value.is_some_and(|value| self.values.contains(value))),
            Operator::Exists => Some(value.is_some()),
            Operator::DoesNotExist => Some(value.is_none()),
            Operator::Other(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    fn requirement(operator: Operator, values: &[&str]) -> Selector {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        let requirements = vec![Requirement { key: "tier".to_owned(), operator, values }];
        Selector { labels: BTreeMap::new(), requirements }
    }

    #[test]
    fn operators_hold_as_kubernetes_says() {
        let (web, other) = (labels(&[("tier", "web")]), labels(&[("app", "shop")]));
        for (selector, of_web, of_other) in [
            (Selector::default(), Some(true), Some(true)),
            (Selector { labels: web.clone(), requirements: vec![] }, Some(true), Some(false)),
            (requirement(Operator::In, &["web", "api"]), Some(true), Some(false)),
            (requirement(Operator::In, &["api"]), Some(false), Some(false)),
            (requirement(Operator::NotIn, &["web"]), Some(false), Some(true)),
            (requirement(Operator::Exists, &[]), Some(true), Some(false)),
            (requirement(Operator::DoesNotExist, &[]), Some(false), Some(true)),
            (requirement(Operator::Other("Near".to_owned()), &[]), None, None),
        ] {
            assert_eq!((selector.selects(&web), selector.selects(&other)), (of_web, of_other), "{selector:?}");
        }
        let both = Selector { labels: web.clone(), ..requirement(Operator::Other("Near".to_owned()), &[]) };
        assert_eq!((both.selects(&web), both.selects(&other)), (None, Some(false)));
    }
}

//! Filters: lists of comparisons under the name of what they compare.

use serde_json::Value;

use super::invalid;
use crate::wire::ServiceError;

/// The filters of a call, all known by name.
#[derive(Debug)]
pub(super) struct Filters<'a>(&'a Value);

impl<'a> Filters<'a> {
    /// Reads `criteria`, and refuses what is not among `names` or is compared otherwise than `comparisons` say.
    pub(super) fn read(criteria: &'a Value, names: &[&str], comparisons: &[&str]) -> Result<Filters<'a>, ServiceError> {
        let Some(members) = criteria.as_object() else {
            return Ok(Filters(&Value::Null));
        };
        for (name, conditions) in members {
            if matches!(name.as_str(), "sortBy" | "sortOrder") {
                continue;
            }
            if !names.contains(&name.as_str()) {
                return Err(invalid(format!("the simulator knows no filter {name}")));
            }
            let conditions = conditions.as_array().map(Vec::as_slice).unwrap_or_default();
            let is_known = |condition: &Value| {
                condition["comparison"].as_str().is_some_and(|one| comparisons.contains(&one))
                    && condition["value"].is_string()
            };
            if conditions.is_empty() || conditions.len() > 10 || !conditions.iter().all(is_known) {
                return Err(invalid(format!("{name} takes 1 to 10 comparisons out of {}", comparisons.join(", "))));
            }
        }
        Ok(Filters(criteria))
    }

    /// Whether a thing passes the filter `name`: what equals, or begins with, one of the values wanted and equals none
    /// of those not wanted.
    pub(super) fn pass(&self, name: &str, value: &str) -> bool {
        self.pass_any(name, &[value])
    }

    /// The same for a value that is long to make: it is made only when there is a filter.
    pub(super) fn pass_made(&self, name: &str, value: impl FnOnce() -> String) -> bool {
        self.0[name].is_null() || self.pass(name, &value())
    }

    /// The same for a thing of several values: one is enough.
    pub(super) fn pass_any<T: AsRef<str>>(&self, name: &str, values: &[T]) -> bool {
        let Some(conditions) = self.0[name].as_array() else { return true };
        let (unwanted, wanted): (Vec<&Value>, Vec<&Value>) =
            conditions.iter().partition(|condition| condition["comparison"] == "NOT_EQUALS");
        let meets = |condition: &Value| {
            let text = condition["value"].as_str().unwrap_or_default();
            let is_prefix = condition["comparison"] == "PREFIX";
            values
                .iter()
                .map(AsRef::as_ref)
                .any(|value| if is_prefix { value.starts_with(text) } else { value == text })
        };
        (wanted.is_empty() || wanted.iter().any(|condition| meets(condition)))
            && !unwanted.iter().any(|condition| meets(condition))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ALL: &[&str] = &["EQUALS", "PREFIX", "NOT_EQUALS"];

    #[test]
    fn wanted_values_are_alternatives_and_unwanted_ones_are_not() {
        let criteria = json!({"name": [
            {"comparison": "EQUALS", "value": "a"},
            {"comparison": "PREFIX", "value": "b"},
            {"comparison": "NOT_EQUALS", "value": "bad"},
        ]});
        let filters = Filters::read(&criteria, &["name"], ALL).unwrap();
        let passed: Vec<&str> =
            ["a", "ab", "b", "bc", "bad", "c"].into_iter().filter(|value| filters.pass("name", value)).collect();
        assert_eq!(passed, ["a", "b", "bc"]);
        assert!(filters.pass("other", "anything"));
        assert!(filters.pass_any("name", &["c", "a"]));
        assert!(!filters.pass_any::<&str>("name", &[]));
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let refused = |criteria: &Value| Filters::read(criteria, &["name"], &["EQUALS"]).unwrap_err().code;
        assert_eq!(refused(&json!({"colour": [{"comparison": "EQUALS", "value": "a"}]})), "ValidationException");
        assert_eq!(refused(&json!({"name": [{"comparison": "PREFIX", "value": "a"}]})), "ValidationException");
        assert_eq!(refused(&json!({"name": []})), "ValidationException");
    }
}

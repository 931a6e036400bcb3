//! Conditions: an operator, a context key and the values the policy wants.

mod operator;

pub use operator::{BaseOperator, Operator, Quantifier};

/// One operator applied to one key: `"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}`.
///
/// A statement's conditions must all hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    operator: Operator,
    key: String,
    values: Vec<String>,
}

impl Condition {
    /// A condition from its three parts; numbers and booleans are given in their text form.
    pub fn new(operator: Operator, key: impl Into<String>, values: Vec<String>) -> Condition {
        Condition { operator, key: key.into(), values }
    }

    /// The operator with its prefix and suffix.
    pub fn operator(&self) -> &Operator {
        &self.operator
    }

    /// The key as the policy writes it; keys are compared without regard to case.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The values as the policy writes them.
    pub fn values(&self) -> &[String] {
        &self.values
    }
}

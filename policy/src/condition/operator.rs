//! Operator names: `ForAnyValue:StringLikeIfExists`.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>

/// A condition operator: its name as written, and what the name says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Operator {
    text: String,
    quantifier: Option<Quantifier>,
    base: Option<BaseOperator>,
    if_exists: bool,
}

/// How an operator treats a key that has several values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quantifier {
    /// `ForAllValues:`, true of a request without the key.
    ForAllValues,
    /// `ForAnyValue:`, false of a request without the key.
    ForAnyValue,
}

/// The comparison an operator makes, without prefix and suffix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is the operator of that name")]
pub enum BaseOperator {
    StringEquals,
    StringNotEquals,
    StringEqualsIgnoreCase,
    StringNotEqualsIgnoreCase,
    StringLike,
    StringNotLike,
    NumericEquals,
    NumericNotEquals,
    NumericLessThan,
    NumericLessThanEquals,
    NumericGreaterThan,
    NumericGreaterThanEquals,
    DateEquals,
    DateNotEquals,
    DateLessThan,
    DateLessThanEquals,
    DateGreaterThan,
    DateGreaterThanEquals,
    Bool,
    BinaryEquals,
    IpAddress,
    NotIpAddress,
    ArnEquals,
    ArnLike,
    ArnNotEquals,
    ArnNotLike,
    Null,
}

impl Operator {
    /// Reads an operator's name, without regard to case. Every text is accepted: with an operator
    /// that is not known, it stays open whether the statement applies.
    pub fn new(text: impl Into<String>) -> Operator {
        let text = text.into();
        let folded = text.to_ascii_lowercase();
        let (quantifier, rest) = match folded.split_once(':') {
            Some(("forallvalues", rest)) => (Some(Quantifier::ForAllValues), rest),
            Some(("foranyvalue", rest)) => (Some(Quantifier::ForAnyValue), rest),
            _ => (None, folded.as_str()),
        };
        let (name, if_exists) = match rest.strip_suffix("ifexists") {
            Some(name) => (name, true),
            None => (rest, false),
        };
        let base = BaseOperator::from_folded(name)
            // `Null` asks for the key's presence itself, so the suffix makes no sense on it.
            .filter(|base| !(if_exists && *base == BaseOperator::Null));
        Operator { text, quantifier, base, if_exists }
    }

    /// The name as the policy writes it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The prefix, if there is one.
    pub fn quantifier(&self) -> Option<Quantifier> {
        self.quantifier
    }

    /// The comparison; `None` for an operator that is not known.
    pub fn base(&self) -> Option<BaseOperator> {
        self.base
    }

    /// Whether the name ends in `IfExists`: true of a request without the key.
    pub fn if_exists(&self) -> bool {
        self.if_exists
    }
}

impl BaseOperator {
    /// Whether the operator is a negated one: true when none of the policy's values matches, and
    /// true of a request without the key.
    pub fn is_negated(self) -> bool {
        match self {
            BaseOperator::StringNotEquals
            | BaseOperator::StringNotEqualsIgnoreCase
            | BaseOperator::StringNotLike
            | BaseOperator::NumericNotEquals
            | BaseOperator::DateNotEquals
            | BaseOperator::NotIpAddress
            | BaseOperator::ArnNotEquals
            | BaseOperator::ArnNotLike => true,
            BaseOperator::StringEquals
            | BaseOperator::StringEqualsIgnoreCase
            | BaseOperator::StringLike
            | BaseOperator::NumericEquals
            | BaseOperator::NumericLessThan
            | BaseOperator::NumericLessThanEquals
            | BaseOperator::NumericGreaterThan
            | BaseOperator::NumericGreaterThanEquals
            | BaseOperator::DateEquals
            | BaseOperator::DateLessThan
            | BaseOperator::DateLessThanEquals
            | BaseOperator::DateGreaterThan
            | BaseOperator::DateGreaterThanEquals
            | BaseOperator::Bool
            | BaseOperator::BinaryEquals
            | BaseOperator::IpAddress
            | BaseOperator::ArnEquals
            | BaseOperator::ArnLike
            | BaseOperator::Null => false,
        }
    }

    /// Whether two operators compare alike: the ARN operators have two names each.
    pub(crate) fn is_same_comparison(self, other: BaseOperator) -> bool {
        self.without_synonym() == other.without_synonym()
    }

    fn without_synonym(self) -> BaseOperator {
        if self == BaseOperator::ArnEquals {
            BaseOperator::ArnLike
        } else if self == BaseOperator::ArnNotEquals {
            BaseOperator::ArnNotLike
        } else {
            self
        }
    }

    fn from_folded(name: &str) -> Option<BaseOperator> {
        let operator = match name {
            "stringequals" => BaseOperator::StringEquals,
            "stringnotequals" => BaseOperator::StringNotEquals,
            "stringequalsignorecase" => BaseOperator::StringEqualsIgnoreCase,
            "stringnotequalsignorecase" => BaseOperator::StringNotEqualsIgnoreCase,
            "stringlike" => BaseOperator::StringLike,
            "stringnotlike" => BaseOperator::StringNotLike,
            "numericequals" => BaseOperator::NumericEquals,
            "numericnotequals" => BaseOperator::NumericNotEquals,
            "numericlessthan" => BaseOperator::NumericLessThan,
            "numericlessthanequals" => BaseOperator::NumericLessThanEquals,
            "numericgreaterthan" => BaseOperator::NumericGreaterThan,
            "numericgreaterthanequals" => BaseOperator::NumericGreaterThanEquals,
            "dateequals" => BaseOperator::DateEquals,
            "datenotequals" => BaseOperator::DateNotEquals,
            "datelessthan" => BaseOperator::DateLessThan,
            "datelessthanequals" => BaseOperator::DateLessThanEquals,
            "dategreaterthan" => BaseOperator::DateGreaterThan,
            "dategreaterthanequals" => BaseOperator::DateGreaterThanEquals,
            "bool" => BaseOperator::Bool,
            "binaryequals" => BaseOperator::BinaryEquals,
            "ipaddress" => BaseOperator::IpAddress,
            "notipaddress" => BaseOperator::NotIpAddress,
            "arnequals" => BaseOperator::ArnEquals,
            "arnlike" => BaseOperator::ArnLike,
            "arnnotequals" => BaseOperator::ArnNotEquals,
            "arnnotlike" => BaseOperator::ArnNotLike,
            "null" => BaseOperator::Null,
            _ => return None,
        };
        Some(operator)
    }
}

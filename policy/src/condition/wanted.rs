//! The values of a condition, compiled for its operator.

use std::cmp::Ordering;
use std::net::IpAddr;

use super::binary;
use super::foreign;
use super::network::Network;
use super::number::Decimal;
use super::operator::BaseOperator;
use crate::date::Moment;
use crate::pattern::{Match, Reading, TextPattern, covers, overlap};
use crate::request_context::Scope;
use crate::truth::Truth;

/// What an operator wants a value to be. A value of the wrong type is `None`.
#[derive(Debug, Clone)]
pub(crate) enum Wanted {
    Text(Vec<TextPattern>, Reading),
    Boolean(Vec<TextPattern>),
    Number(Vec<Option<Decimal>>, Order),
    Date(Vec<Option<Moment>>, Order),
    Network(Vec<Option<Network>>),
    Binary(Vec<Option<Vec<u8>>>),
    Presence(Vec<Option<bool>>),
}

/// Which way round two values have to be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Order {
    fn allows(self, ordering: Ordering) -> bool {
        match self {
            Order::Equal => ordering.is_eq(),
            Order::Less => ordering.is_lt(),
            Order::LessOrEqual => ordering.is_le(),
            Order::Greater => ordering.is_gt(),
            Order::GreaterOrEqual => ordering.is_ge(),
        }
    }

    /// Whether a value that grows will be allowed in time, given how it compares now.
    fn allows_later(self, now: Ordering) -> bool {
        match self {
            Order::Equal => now.is_lt(),
            Order::Less | Order::LessOrEqual => false,
            Order::Greater | Order::GreaterOrEqual => true,
        }
    }
}

impl Wanted {
    pub(crate) fn compile(operator: BaseOperator, values: &[String]) -> Wanted {
        match operator {
            BaseOperator::StringEquals | BaseOperator::StringNotEquals => text(values, Reading::Exact),
            BaseOperator::StringEqualsIgnoreCase | BaseOperator::StringNotEqualsIgnoreCase => {
                text(values, Reading::ExactFolded)
            }
            BaseOperator::StringLike | BaseOperator::StringNotLike => text(values, Reading::Like),
            BaseOperator::ArnEquals | BaseOperator::ArnLike | BaseOperator::ArnNotEquals | BaseOperator::ArnNotLike => {
                text(values, Reading::Arn)
            }
            BaseOperator::NumericEquals | BaseOperator::NumericNotEquals => number(values, Order::Equal),
            BaseOperator::NumericLessThan => number(values, Order::Less),
            BaseOperator::NumericLessThanEquals => number(values, Order::LessOrEqual),
            BaseOperator::NumericGreaterThan => number(values, Order::Greater),
            BaseOperator::NumericGreaterThanEquals => number(values, Order::GreaterOrEqual),
            BaseOperator::DateEquals | BaseOperator::DateNotEquals => date(values, Order::Equal),
            BaseOperator::DateLessThan => date(values, Order::Less),
            BaseOperator::DateLessThanEquals => date(values, Order::LessOrEqual),
            BaseOperator::DateGreaterThan => date(values, Order::Greater),
            BaseOperator::DateGreaterThanEquals => date(values, Order::GreaterOrEqual),
            BaseOperator::Bool => Wanted::Boolean(patterns(values, Reading::ExactFolded)),
            BaseOperator::BinaryEquals => Wanted::Binary(each(values, binary::decoded)),
            BaseOperator::IpAddress | BaseOperator::NotIpAddress => Wanted::Network(each(values, Network::parse)),
            BaseOperator::Null => Wanted::Presence(each(values, boolean)),
        }
    }

    /// Whether a value is one of those wanted; `None` when the value, or one wanted, has the wrong
    /// type, which makes even a negated operator fail.
    pub(crate) fn includes(&self, value: &str, scope: Scope<'_>) -> Option<Truth> {
        match self {
            Wanted::Text(patterns, Reading::ExactFolded) => {
                Some(any_pattern(patterns, &value.to_ascii_lowercase(), scope))
            }
            Wanted::Text(patterns, Reading::Exact | Reading::Like | Reading::Arn | Reading::Resource) => {
                Some(any_pattern(patterns, value, scope))
            }
            Wanted::Boolean(patterns) => {
                boolean(value).map(|value| any_pattern(patterns, if value { "true" } else { "false" }, scope))
            }
            Wanted::Number(wanted, order) => any_in_order(wanted, &Decimal::parse(value)?, *order),
            Wanted::Date(wanted, order) => any_in_order(wanted, &Moment::parse(value)?, *order),
            Wanted::Network(wanted) => {
                let address: IpAddr = value.parse().ok()?;
                any_of(wanted, |network| network.contains(address))
            }
            Wanted::Binary(wanted) => {
                let bytes = binary::decoded(value)?;
                any_of(wanted, |one| *one == bytes)
            }
            Wanted::Presence(_) => None,
        }
    }

    /// Whether a stranger can bring about one of the values wanted: unknown if so, for the stranger
    /// need not, and false if not.
    pub(crate) fn includes_foreign(&self, folded_key: &str, values: &[String], scope: Scope<'_>) -> Truth {
        let possible = match self {
            Wanted::Text(patterns, reading) => patterns.iter().zip(values).any(|(pattern, text)| {
                if pattern.is_template(scope.version) {
                    pattern.depends_on_caller(scope)
                } else {
                    foreign::may_be(text, *reading, folded_key)
                }
            }),
            // A value or a network that is none fails even a negated operator.
            Wanted::Network(wanted) => {
                let is_narrow = |network: &Option<Network>| network.as_ref().is_some_and(Network::is_narrow);
                folded_key != "aws:sourceip" || !wanted.iter().all(is_narrow)
            }
            Wanted::Boolean(_) | Wanted::Number(..) | Wanted::Date(..) | Wanted::Binary(_) | Wanted::Presence(_) => {
                true
            }
        };
        if possible { Truth::Unknown } else { Truth::False }
    }

    /// Whether a value that matches `pattern` is one of those wanted: false if none can be, true if all are.
    pub(crate) fn includes_like(&self, pattern: &str, values: &[String], scope: Scope<'_>) -> Truth {
        let Wanted::Text(_, reading) = self else { return Truth::Unknown };
        let folded = |text: &str| match reading {
            Reading::ExactFolded => text.to_ascii_lowercase(),
            Reading::Exact | Reading::Like | Reading::Arn | Reading::Resource => text.to_owned(),
        };
        let own = TextPattern::symbols(&folded(pattern), Reading::Like, false);
        let has_variables = scope.version.has_variables();
        Truth::any(values.iter().map(|value| {
            let wanted = TextPattern::symbols(&folded(value), *reading, has_variables);
            if covers(&wanted, &own) {
                Truth::True
            } else if overlap(&wanted, &own) {
                Truth::Unknown
            } else {
                Truth::False
            }
        }))
    }

    /// Whether this moment is one of those wanted, and whether the condition, if it does not hold now, will hold at some
    /// later moment. `None` when the operator compares no dates, or when a date is none.
    pub(crate) fn includes_since(&self, now: Moment) -> Option<(bool, bool)> {
        let (wanted, order) = match self {
            Wanted::Date(wanted, order) => (wanted.iter().copied().collect::<Option<Vec<_>>>()?, *order),
            // `aws:EpochTime` may be compared as a number.
            Wanted::Number(wanted, order) => {
                let now = Decimal::parse(&now.seconds().to_string())?;
                let met = any_in_order(wanted, &now, *order)? == Truth::True;
                let later = wanted.iter().flatten().any(|wanted| order.allows_later(now.cmp(wanted)));
                return Some((met, later));
            }
            Wanted::Text(..) | Wanted::Boolean(_) | Wanted::Network(_) | Wanted::Binary(_) | Wanted::Presence(_) => {
                return None;
            }
        };
        let met = wanted.iter().any(|wanted| order.allows(now.cmp(wanted)));
        let later = wanted.iter().any(|wanted| order.allows_later(now.cmp(wanted)));
        Some((met, later))
    }

    /// Whether every value there can be is wanted.
    pub(crate) fn includes_everything(&self) -> bool {
        match self {
            Wanted::Text(patterns, _) => patterns.iter().any(|pattern| pattern.plain().is_anything()),
            Wanted::Boolean(_)
            | Wanted::Number(..)
            | Wanted::Date(..)
            | Wanted::Network(_)
            | Wanted::Binary(_)
            | Wanted::Presence(_) => false,
        }
    }
}

fn text(values: &[String], reading: Reading) -> Wanted {
    Wanted::Text(patterns(values, reading), reading)
}

fn patterns(values: &[String], reading: Reading) -> Vec<TextPattern> {
    let compile = |value: &String| match (reading, value.as_str()) {
        // A lone `*` has no parts to be compared one by one: it stands for any ARN.
        (Reading::Arn, "*") => TextPattern::compile(value, Reading::Like),
        _ => TextPattern::compile(value, reading),
    };
    values.iter().map(compile).collect()
}

fn number(values: &[String], order: Order) -> Wanted {
    Wanted::Number(each(values, Decimal::parse), order)
}

fn date(values: &[String], order: Order) -> Wanted {
    Wanted::Date(each(values, Moment::parse), order)
}

fn each<T>(values: &[String], read: impl Fn(&str) -> Option<T>) -> Vec<Option<T>> {
    values.iter().map(|value| read(value)).collect()
}

pub(crate) fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

fn any_pattern(patterns: &[TextPattern], value: &str, scope: Scope<'_>) -> Truth {
    Truth::any(patterns.iter().map(|pattern| match pattern.matches(value, scope) {
        Match::Yes => Truth::True,
        Match::No | Match::NoValue | Match::NoOrNoValue => Truth::False,
        Match::Perhaps => Truth::Unknown,
    }))
}

fn any_in_order<T: Ord>(wanted: &[Option<T>], value: &T, order: Order) -> Option<Truth> {
    any_of(wanted, |one| order.allows(value.cmp(one)))
}

/// A value that is met decides, whatever else is written beside it.
fn any_of<T>(wanted: &[Option<T>], is_met: impl Fn(&T) -> bool) -> Option<Truth> {
    if wanted.iter().flatten().any(is_met) {
        return Some(Truth::True);
    }
    wanted.iter().all(Option::is_some).then_some(Truth::False)
}

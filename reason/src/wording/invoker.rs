//! Who may invoke a function, and through which door.

use std::fmt;

use palisade_model::lambda::UrlAuth;
use palisade_policy::MatchedStatement;

use super::callers;
use crate::access::invoke::{Door, Invoker};

impl fmt::Display for Door<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api => formatter.write_str("the Invoke API"),
            Self::Url(url) => match &url.auth {
                UrlAuth::Iam => formatter.write_str("its URL with AuthType AWS_IAM"),
                UrlAuth::None => formatter.write_str("its URL with AuthType NONE"),
                UrlAuth::Other(kind) => write!(formatter, "its URL with AuthType {kind}"),
            },
        }
    }
}

/// `anyone on the internet may invoke function:orders through its URL with AuthType NONE by policy …`.
impl fmt::Display for Invoker<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let statements: Vec<_> = self.by.iter().map(MatchedStatement::to_string).collect();
        let (who, resource) = (callers(self.grade, &self.who), self.resource.resource());
        write!(formatter, "{who} may invoke {resource} through {} by {}", self.door, statements.join(" and "))?;
        if self.may_invoke {
            return Ok(());
        }
        formatter.write_str(", where Lambda does not yet ask for lambda:InvokeFunction as well, which is not allowed")
    }
}

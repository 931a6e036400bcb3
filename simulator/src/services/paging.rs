//! Pages of lists, with opaque tokens.

use super::Ask;
use crate::ids;
use crate::wire::ServiceError;

/// What a service calls the parameters of a list, and how much it gives at once.
pub(crate) struct PageRule {
    /// The parameter that carries the token.
    pub(crate) token: &'static str,
    /// The parameter that carries the wanted size.
    pub(crate) size: &'static str,
    /// The size when none is wanted.
    pub(crate) default: usize,
    /// The size at most, whatever is wanted.
    pub(crate) most: usize,
}

/// One page, and the token of the next if there is one.
#[derive(Debug)]
pub(crate) struct Page<'a, T> {
    pub(crate) items: &'a [T],
    pub(crate) next: Option<String>,
}

impl Ask<'_> {
    /// The page of `all` that the call asks for.
    pub(crate) fn page<'a, T>(&self, all: &'a [T], rule: &PageRule) -> Result<Page<'a, T>, ServiceError> {
        let wanted = self
            .parameter(rule.size)
            .and_then(|size| size.parse().ok())
            .filter(|&size| size > 0)
            .unwrap_or(rule.default);
        let at_most = self.world.account.page_size.unwrap_or(rule.most).min(rule.most).max(1);
        let start = match self.parameter(rule.token).filter(|token| !token.is_empty()) {
            Some(token) => self.position(&token).ok_or_else(|| self.invalid_token())?,
            None => 0,
        };
        let rest = all.get(start..).ok_or_else(|| self.invalid_token())?;
        let items = &rest[..rest.len().min(wanted).min(at_most)];
        let end = start + items.len();
        let next = (end < all.len()).then(|| self.token(end));
        Ok(Page { items, next })
    }

    /// Opaque, and good only for the operation that gave it.
    fn token(&self, position: usize) -> String {
        let seal = ids::hexadecimal(&format!("{} {position}", self.operation.name), 24);
        format!("{seal}{position:08x}")
    }

    fn position(&self, token: &str) -> Option<usize> {
        let position = usize::from_str_radix(token.get(24..)?, 16).ok()?;
        (self.token(position) == token).then_some(position)
    }

    fn invalid_token(&self) -> ServiceError {
        ServiceError::new(400, self.service.invalid_token, "Invalid pagination token.")
    }
}

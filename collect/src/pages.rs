//! How a list is followed from page to page: without end only as long as it brings something new.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use palisade_model::Reason;
use serde::Serialize;

use crate::failure::Failure;

/// Pages without a new item, one after the other, after which a list is given up. Services that filter as they go may have
/// some.
const EMPTY_PAGES: usize = 1_000;

/// The pages of a list, as far as they were read.
#[derive(Default)]
pub(crate) struct Pages {
    token: Option<String>,
    seen: HashSet<String>,
    empty: usize,
}

impl Pages {
    /// The token that asks for the page to read now; none for the first.
    pub(crate) fn token(&self) -> Option<String> {
        self.token.clone()
    }

    /// Tells what a page says of the next one. Gives whether there is one; an error when the list leads nowhere.
    pub(crate) fn go_on(&mut self, next: Option<String>, is_empty: bool) -> Result<bool, Failure> {
        let Some(next) = next.filter(|next| !next.is_empty()) else { return Ok(false) };
        self.empty = if is_empty { self.empty + 1 } else { 0 };
        if self.empty >= EMPTY_PAGES {
            return Err(leads_nowhere(format!("{EMPTY_PAGES} pages brought nothing new, and there are more")));
        }
        if !self.seen.insert(next.clone()) {
            return Err(leads_nowhere("the token of the next page is that of an earlier one".to_owned()));
        }
        self.token = Some(next);
        Ok(true)
    }
}

fn leads_nowhere(why: String) -> Failure {
    Failure::GaveUp(Reason::Failed(why))
}

/// Items of a list that were read already, by a hash of what is kept of them.
#[derive(Default)]
pub(super) struct Known(HashSet<u64>);

impl Known {
    /// Whether an item was not on this or an earlier page.
    pub(super) fn is_new(&mut self, item: &impl Serialize) -> bool {
        let mut hasher = DefaultHasher::new();
        match serde_json::to_vec(item) {
            Ok(text) => text.hash(&mut hasher),
            // An item that cannot be written is like no other.
            Err(_) => return true,
        }
        self.0.insert(hasher.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(pages: &mut Pages, token: &str) -> Result<bool, Failure> {
        pages.go_on(Some(token.to_owned()), false)
    }

    #[test]
    fn a_token_of_any_earlier_page_ends_the_list() {
        let mut pages = Pages::default();
        assert_eq!(pages.token(), None);
        for token in ["a", "b", "c"] {
            assert_eq!(next(&mut pages, token), Ok(true));
            assert_eq!(pages.token().as_deref(), Some(token));
        }
        assert!(matches!(next(&mut pages, "a"), Err(Failure::GaveUp(Reason::Failed(_)))));
        assert_eq!(pages.go_on(None, true), Ok(false));
        assert_eq!(pages.go_on(Some(String::new()), true), Ok(false));
    }

    #[test]
    fn empty_pages_for_ever_end_the_list() {
        let mut pages = Pages::default();
        let mut number = 0;
        while pages.go_on(Some(number.to_string()), true).is_ok() {
            number += 1;
        }
        assert_eq!(number + 1, EMPTY_PAGES);
    }

    #[test]
    fn an_item_on_two_pages_is_one() {
        let mut known = Known::default();
        assert!(known.is_new(&("one", 1)));
        assert!(known.is_new(&("one", 2)));
        assert!(!known.is_new(&("one", 1)));
    }
}

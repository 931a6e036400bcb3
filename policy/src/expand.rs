//! What wildcards grant: the actions of the catalogue that an element covers.

use crate::catalogue::{Catalogue, Catalogued, Entry};
use crate::document::ActionElement;
use crate::pattern::ActionPattern;

impl Catalogue {
    /// The actions an element covers, as far as the catalogue has them, by service and name.
    pub fn expand(&'static self, element: &ActionElement) -> Vec<Catalogued> {
        let mut found = Vec::new();
        for entry in self.entries() {
            entry.expand(element, &mut found);
        }
        found
    }
}

impl Entry {
    fn expand(&'static self, element: &ActionElement, found: &mut Vec<Catalogued>) {
        let concerned: Vec<&ActionPattern> =
            element.patterns().iter().filter(|pattern| self.is_concerned(pattern)).collect();
        let whole = concerned.iter().any(|pattern| pattern.is_everything() || pattern.is_whole_service());
        let wanted = match element {
            ActionElement::Action(_) => true,
            ActionElement::NotAction(_) => false,
        };
        let all_or_none = whole || concerned.is_empty();
        if all_or_none && whole != wanted {
            return;
        }
        let service = self.service();
        let covered = service.actions.iter().filter(|action| {
            all_or_none || concerned.iter().any(|pattern| pattern.matches_name(&action.folded)) == wanted
        });
        found.extend(covered.map(|action| Catalogued { service, action }));
    }

    fn is_concerned(&self, pattern: &ActionPattern) -> bool {
        pattern.is_everything() || pattern.service() == Some(self.prefix)
    }
}

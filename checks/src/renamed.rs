//! Checks that once had another id, so that what was known of their findings follows them.

/// An id of earlier versions, and the one that the check has today.
pub type Renamed = (&'static str, &'static str);

/// All that were ever renamed, the earliest first.
pub const ALL: &[Renamed] = &[];

/// The id that a check has today.
pub fn current<'a>(id: &'a str, renamed: &[Renamed]) -> &'a str {
    renamed.iter().fold(id, |id, (old, new)| if id == *old { new } else { id })
}

/// All ids that a check has or had, today's first.
pub fn names<'a>(id: &'a str, renamed: &'a [Renamed]) -> impl Iterator<Item = &'a str> {
    let old = renamed.iter().map(|(old, _)| *old).filter(move |old| *old != id && current(old, renamed) == id);
    std::iter::once(id).chain(old)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RENAMED: &[Renamed] = &[("a", "b"), ("x", "y"), ("b", "c")];

    #[test]
    fn an_id_that_was_changed_twice_leads_to_the_last() {
        assert_eq!(["a", "b", "c", "x", "other"].map(|id| current(id, RENAMED)), ["c", "c", "c", "y", "other"]);
        assert_eq!(names("c", RENAMED).collect::<Vec<_>>(), ["c", "a", "b"]);
        assert_eq!(names("other", RENAMED).collect::<Vec<_>>(), ["other"]);
    }

    #[test]
    fn ids_that_were_given_up_are_not_given_again() {
        for (old, new) in ALL {
            assert!(crate::all().all(|check| check.id != *old), "{old} is in use");
            assert!(crate::all().any(|check| check.id == current(new, ALL)), "{new} is no check");
        }
    }
}

//! Suppressions added to configurations of every form.

use proptest::prelude::*;

use super::TRACING;
use crate::suppress::{Accepted, NewSuppression, SuppressError, add};

fn new() -> NewSuppression {
    NewSuppression {
        what: Accepted::Matching { check: TRACING.to_owned(), resource: "arn:*:function:dev-*".to_owned() },
        account: None,
        reason: "development: \"only\" # so far".to_owned(),
        by: Some("shop@example.com".to_owned()),
        expires: Some(jiff::civil::date(2027, 1, 31)),
    }
}

const LINES: &str = "- check: lambda-tracing-off\n  resource: \"arn:*:function:dev-*\"\n  \
                     reason: \"development: \\\"only\\\" # so far\"\n  by: \"shop@example.com\"\n  expires: 2027-01-31\n";

/// The lines that are added, indented so far.
fn lines(indent: usize) -> String {
    LINES.lines().flat_map(|line| [&" ".repeat(indent), line, "\n"].concat().into_bytes()).map(char::from).collect()
}

#[test]
fn it_comes_after_the_last_and_nothing_else_changes() {
    let item = "check: lambda-tracing-off\n    resource: 'a'\n    reason: b # c\n";
    let two = lines(2);
    let cases = [
        ("no file", String::new(), format!("suppressions:\n{two}")),
        ("comments", "# mine\n\n".to_owned(), format!("# mine\n\nsuppressions:\n{two}")),
        ("no key", "disable: []\n".to_owned(), format!("disable: []\nsuppressions:\n{two}")),
        ("no last end", "disable: []".to_owned(), format!("disable: []\nsuppressions:\n{two}")),
        ("end of document", "disable: []\n...\n".to_owned(), format!("disable: []\nsuppressions:\n{two}...\n")),
        ("no value", "suppressions:\ndisable: []\n".to_owned(), format!("suppressions:\n{two}disable: []\n")),
        ("no value, no end", "suppressions:".to_owned(), format!("suppressions:\n{two}")),
        (
            "empty list",
            "a: &a 1\nsuppressions: [ ]  # none\norganization: o-a\n".replace("a: &a 1\n", ""),
            format!("suppressions:  # none\n{two}organization: o-a\n"),
        ),
        (
            "list",
            format!("suppressions:   # accepted\n  - {item}\n# next\ndisable: []\n"),
            format!("suppressions:   # accepted\n  - {item}{two}\n# next\ndisable: []\n"),
        ),
        (
            "list at the margin",
            "suppressions:\n- check: lambda-tracing-off\n  resource: a\n  reason: b\ndisable: []".to_owned(),
            format!("suppressions:\n- check: lambda-tracing-off\n  resource: a\n  reason: b\n{}disable: []", lines(0)),
        ),
        (
            "deep list, no last end",
            "disable: []\nsuppressions:\n        - {check: lambda-tracing-off, resource: a, reason: b}".to_owned(),
            format!(
                "disable: []\nsuppressions:\n        - {{check: lambda-tracing-off, resource: a, reason: b}}\n{}",
                lines(8)
            ),
        ),
        (
            "text that looks like the key",
            "organization: |-\n  suppressions:\n  - a\n".to_owned(),
            format!("organization: |-\n  suppressions:\n  - a\nsuppressions:\n{two}"),
        ),
    ];
    for (case, before, after) in cases {
        assert_eq!(add(&before, &new()).as_deref(), Ok(after.as_str()), "{case}");
        // A second one comes after the first.
        let second = NewSuppression { expires: None, ..new() };
        let again = add(&after, &second).unwrap();
        assert_eq!(
            again.matches("- check: lambda-tracing-off").count(),
            after.matches("- check: lambda-tracing-off").count() + 1
        );
        let windows = before.replace('\n', "\r\n");
        let expected = after.replace('\n', "\r\n");
        if before.contains('\n') && !before.contains("|-") {
            assert_eq!(add(&windows, &new()).as_deref(), Ok(expected.as_str()), "{case}, with CRLF");
        }
    }
}

#[test]
fn a_fingerprint_stands_for_check_and_resource() {
    let uid = "0123456789abcdef0123456789abcdef";
    let new =
        NewSuppression { what: Accepted::Finding(uid.to_owned()), account: Some("111122223333".to_owned()), ..new() };
    let text = add("", &new).unwrap();
    assert!(
        text.starts_with(&format!("suppressions:\n  - fingerprint: \"{uid}\"\n    account: \"111122223333\"\n")),
        "{text}"
    );
    let short = NewSuppression { what: Accepted::Finding("0a".to_owned()), ..new };
    assert_eq!(add("", &short), Err(SuppressError::NoFingerprint));
}

#[test]
fn what_cannot_be_added_to_is_an_error_that_says_what_to_write() {
    for text in [
        "{disable: []}\n",
        "suppressions: [{check: lambda-tracing-off, resource: a, reason: b}]\n",
        "suppressions: &all\n  - {check: lambda-tracing-off, resource: a, reason: b}\n",
        "disable: []\n---\ndisable: []\n",
    ] {
        let error = add(text, &new()).unwrap_err();
        assert!(matches!(error, SuppressError::ByHand(_) | SuppressError::Unreadable), "{text}: {error:?}");
    }
    assert!(add("{}", &new()).unwrap_err().to_string().contains("- check: lambda-tracing-off"));
    for broken in ["suppressions: [", "suppressions: 1\n", "suppressions:\n  - {check: a}\n", "- a\n"] {
        assert_eq!(add(broken, &new()), Err(SuppressError::Unreadable), "{broken}");
    }
}

#[test]
fn what_says_nothing_is_refused() {
    let with = |change: fn(&mut NewSuppression)| {
        let mut new = new();
        change(&mut new);
        add("", &new)
    };
    assert_eq!(with(|new| new.reason = " \n".to_owned()), Err(SuppressError::NoReason));
    assert_eq!(with(|new| new.account = Some("1".to_owned())), Err(SuppressError::NoAccount));
    let unknown = Accepted::Matching { check: "nonsense".to_owned(), resource: "*".to_owned() };
    assert_eq!(add("", &NewSuppression { what: unknown, ..new() }), Err(SuppressError::NoCheck));
    let once = add("", &new()).unwrap();
    assert_eq!(add(&once, &new()), Err(SuppressError::Already(0)));
    assert_eq!(with(|new| new.by = Some(" ".to_owned())).unwrap().matches("by:").count(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_words_they_are_read_as_they_were_given(reason in "\\PC{1,40}", resource in ".{0,40}") {
        prop_assume!(!reason.trim().is_empty());
        let what = Accepted::Matching { check: TRACING.to_owned(), resource };
        // Signs that YAML has no escape for are the only ones that may be refused.
        match add("disable: []\n", &NewSuppression { what, reason, ..new() }) {
            Ok(text) => prop_assert!(text.starts_with("disable: []\nsuppressions:\n")),
            Err(error) => prop_assert!(matches!(error, SuppressError::ByHand(_))),
        }
    }
}

//! Which values a policy's author has fixed, so that a stranger cannot bring them about.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>

use crate::pattern::Reading;

/// Whether a stranger can have a value of `folded_key` that matches `text`.
pub(crate) fn may_be(text: &str, reading: Reading, folded_key: &str) -> bool {
    let has_wildcards = match reading {
        Reading::Like | Reading::Arn | Reading::Resource => text.contains(['*', '?']),
        Reading::Exact | Reading::ExactFolded => false,
    };
    if folded_key == "aws:sourcearn" && account_part(text).is_some_and(str::is_empty) {
        // The ARN does not say whose resource it is: when a bucket is deleted, anybody can make one
        // of its name.
        return true;
    }
    if !has_wildcards {
        return false;
    }
    let fixed = &text[..text.find(['*', '?']).unwrap_or(text.len())];
    if folded_key.ends_with("orgpaths") || folded_key.ends_with(":sub") {
        // `o-a1b2c3d4e5/*` stays in the organisation, `repo:owner/*` with the owner.
        return !fixed.contains('/');
    }
    match reading {
        Reading::Arn => account_part(text).is_none_or(|account| account.is_empty() || account.contains(['*', '?'])),
        // Here a wildcard runs over colons, so the account is fixed only if everything before it is.
        Reading::Like => account_part(fixed).is_none_or(|account| account.is_empty() || is_cut(fixed)),
        Reading::Exact | Reading::ExactFolded | Reading::Resource => true,
    }
}

fn account_part(arn: &str) -> Option<&str> {
    arn.starts_with("arn:").then(|| arn.split(':').nth(4)).flatten()
}

/// Whether the text breaks off before the end of its account part.
fn is_cut(fixed: &str) -> bool {
    fixed.matches(':').count() < 5
}

//! Names that are made of what they stand for, and so stay the same from run to run.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// The name of what a check concludes of a resource.
pub fn finding(check: &str, resource: &str) -> String {
    text(&format!("{check}\n{resource}"))
}

/// 32 hexadecimal digits that stand for a text.
pub fn text(text: &str) -> String {
    let digest = Sha256::digest(text);
    digest.iter().take(16).fold(String::with_capacity(32), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Whether a text has the form of such a name.
pub fn is_one(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

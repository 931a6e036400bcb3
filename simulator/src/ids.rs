//! Ids that look like AWS's, always the same for the same thing.

use std::fmt::Write as _;

/// FNV-1a with a final mix: stable between runs and versions, unlike the standard library's hashers.
pub(crate) fn hash(text: &str) -> u64 {
    let folded = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |state, byte| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    mix(folded)
}

fn mix(mut value: u64) -> u64 {
    value ^= value >> 33;
    value = value.wrapping_mul(0xff51_afd7_ed55_8ccd);
    value ^= value >> 33;
    value = value.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    value ^ (value >> 33)
}

/// `length` characters of `alphabet`, decided by `seed`.
pub(crate) fn characters(seed: &str, alphabet: &[u8], length: usize) -> String {
    let count = alphabet.len() as u64;
    let mut state = hash(seed);
    let mut text = String::with_capacity(length);
    for _ in 0..length {
        state = mix(state.wrapping_add(0x9e37_79b9_7f4a_7c15));
        let index = usize::try_from(state % count).unwrap_or(0);
        text.push(char::from(alphabet[index]));
    }
    text
}

/// An IAM id such as `AROAEXAMPLE…`, or an access key id.
pub(crate) fn unique_id(prefix: &str, seed: &str, length: usize) -> String {
    let rest = characters(seed, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", length - prefix.len());
    format!("{prefix}{rest}")
}

/// Hexadecimal digits.
pub(crate) fn hexadecimal(seed: &str, length: usize) -> String {
    characters(seed, b"0123456789abcdef", length)
}

/// A UUID.
pub(crate) fn uuid(seed: &str) -> String {
    let digits = hexadecimal(seed, 32);
    let mut text = String::with_capacity(36);
    for (position, digit) in digits.chars().enumerate() {
        if matches!(position, 8 | 12 | 16 | 20) {
            text.push('-');
        }
        text.push(digit);
    }
    text
}

/// The Base64 of 32 bytes, as `CodeSha256` is written.
pub(crate) fn base64_digest(seed: &str) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = characters(seed, alphabet, 42);
    // The last character before the padding carries four bits only.
    let _ = write!(text, "{}=", characters(&format!("{seed}last"), b"AEIMQUYcgkosw048", 1));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_form_of_aws() {
        assert_eq!(unique_id("AROA", "checkout", 21).len(), 21);
        assert_eq!(uuid("x").len(), 36);
        assert_eq!(base64_digest("x").len(), 44);
    }

    #[test]
    fn ids_are_the_same_each_time_and_differ_between_things() {
        assert_eq!(uuid("a"), uuid("a"));
        assert_ne!(uuid("a"), uuid("b"));
        assert_ne!(unique_id("AROA", "a", 21), unique_id("AROA", "b", 21));
    }
}

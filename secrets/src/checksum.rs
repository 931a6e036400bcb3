//! Checksums that services put into their tokens.
//!
//! A wrong checksum does not clear a token: services have changed how they count it. It is told, so that people know where to
//! look first.

use crate::class::Class;

/// What the checksum of a token says, where its service documents one.
///
/// GitHub and npm: the last six characters are the CRC-32 of what follows the prefix, to the base of 62.
/// <https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/>
pub(crate) fn told(class: Class, token: &str) -> Option<&'static str> {
    let has_checksum = class == Class::NpmToken || class == Class::GitHubToken && !token.starts_with("github_pat_");
    if !has_checksum || token.len() != 40 {
        return None;
    }
    let (_, rest) = token.split_once('_')?;
    let (secret, checksum) = rest.split_at_checked(30)?;
    let fits = base_62(crc32fast::hash(secret.as_bytes())) == checksum;
    Some(if fits { "its checksum is right" } else { "its checksum is not right" })
}

/// A number to the base of 62, in six digits: `0-9A-Za-z`.
fn base_62(mut number: u32) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(number % 62) as usize];
        number /= 62;
    }
    digits.into_iter().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_is_right_or_not() {
        let secret = "0123456789abcdefghijABCDEFGHIJ";
        let right = ["ghp_", secret, &base_62(crc32fast::hash(secret.as_bytes()))].concat();
        assert_eq!(told(Class::GitHubToken, &right), Some("its checksum is right"));
        let wrong = ["ghp_", secret, "000000"].concat();
        assert_eq!(told(Class::GitHubToken, &wrong), Some("its checksum is not right"));
        assert_eq!(told(Class::StripeKey, &right), None);
    }

    #[test]
    fn numbers_are_written_to_the_base_of_62() {
        assert_eq!(base_62(0), "000000");
        assert_eq!(base_62(61), "00000z");
        assert_eq!(base_62(62), "000010");
        assert_eq!(base_62(u32::MAX), "4gfFC3");
    }
}

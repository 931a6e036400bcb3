//! Base64: what it holds is looked into as if it stood there in clear.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::class::Hit;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// The shortest text that is decoded: what is shorter holds no secret with something around it that tells it.
const SHORTEST: usize = 20;

/// The secret in what a value is the Base64 of, if it is that.
pub(crate) fn find(name: &str, value: &str, deeper: u8) -> Option<Hit> {
    let deeper = deeper.checked_sub(1)?;
    let in_base64 = || crate::setting(name, &decoded(value)?, deeper).map(|hit| hit.within("in Base64"));
    let in_query = || crate::setting("", &unescaped(value)?, deeper).map(|hit| hit.within("in percent encoding"));
    in_base64().or_else(in_query)
}

/// What a value says whose quotes or colons are escaped as in an address; RFC 3986, 2.1.
fn unescaped(value: &str) -> Option<String> {
    let upper = value.to_ascii_uppercase();
    if !upper.contains("%22") && !upper.contains("%3A%2F%2F") {
        return None;
    }
    let mut parts = value.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let digits = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let (byte, rest) = digits.map_or((b'%', part), |byte| (byte, &part[2..]));
        bytes.push(byte);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

/// What a value is the Base64 of, if that is text.
pub(crate) fn decoded(value: &str) -> Option<String> {
    let value = value.split_once(";base64,").map_or(value, |(_, value)| value);
    let value = value.strip_prefix("base64:").unwrap_or(value);
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_=".contains(&byte) || byte.is_ascii_whitespace();
    if value.len() < SHORTEST || !value.bytes().all(fits) {
        return None;
    }
    let packed: String = value.split_whitespace().collect();
    let bytes = STANDARD.decode(&packed).or_else(|_| URL_SAFE.decode(&packed)).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let is_text = text.chars().all(|character| !character.is_control() || character.is_whitespace());
    is_text.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Class, DEEPEST};

    #[test]
    fn what_is_encoded_is_looked_into_but_not_for_ever() {
        let mut text = "db:\n  password: hunter2secret\n".to_owned();
        for _ in 0..3 {
            text = STANDARD.encode(&text);
            let hit = find("CONFIG", &text, DEEPEST).unwrap();
            assert_eq!(hit.class, Class::Named);
            assert!(hit.why.starts_with("in Base64: ") && !hit.why.contains("hunter2"), "{}", hit.why);
        }
        text = STANDARD.encode(&text);
        assert_eq!(find("CONFIG", &text, DEEPEST), None);
        assert_eq!(find("CONFIG", &STANDARD.encode("nothing that would be a secret"), DEEPEST), None);
    }
}

//! Percent encoding: of paths and forms that come in, and of the policy documents IAM sends out.

use std::fmt::Write as _;

/// Decodes `%XX`; a stray percent sign stays as it is.
pub(crate) fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut position = 0;
    while position < bytes.len() {
        let escaped = (bytes[position] == b'%')
            .then(|| text.get(position + 1..position + 3))
            .flatten()
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if let Some(byte) = escaped {
            decoded.push(byte);
            position += 3;
        } else {
            decoded.push(bytes[position]);
            position += 1;
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// Encodes everything but RFC 3986's unreserved characters, as IAM does with policy documents.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// The pairs of a query string or a form body.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(&name.replace('+', " ")), decode(&value.replace('+', " ")))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_survive_the_round_trip() {
        let document = r#"{"Action":"s3:*","Sid":"Zürich + 100%"}"#;
        assert_eq!(decode(&encode(document)), document);
    }

    #[test]
    fn a_stray_percent_sign_stays() {
        assert_eq!(decode("100%"), "100%");
        assert_eq!(decode("%zz"), "%zz");
    }

    #[test]
    fn forms_are_split_into_pairs() {
        assert_eq!(
            pairs("Action=ListRoles&PathPrefix=%2Fa+b%2F&Empty"),
            [
                ("Action".to_owned(), "ListRoles".to_owned()),
                ("PathPrefix".to_owned(), "/a b/".to_owned()),
                ("Empty".to_owned(), String::new())
            ]
        );
    }
}

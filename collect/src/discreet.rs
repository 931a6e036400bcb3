//! What is wrong with a file or a connection, without what it holds: a parser's own words quote lines and values, and any
//! of them may be a secret. Told are the place and the kind of the flaw.

use std::error::Error;
use std::io;

use serde_json::error::Category;

use crate::suggest::did_you_mean;

/// What is wrong with a text that is no JSON, or not of the form that was asked for.
pub fn json(error: &serde_json::Error) -> String {
    let flaw = match error.classify() {
        Category::Io => return error.io_error_kind().map_or_else(|| "it cannot be read".to_owned(), unreadable),
        Category::Syntax => "this is no JSON",
        Category::Eof => "the text ends too early",
        Category::Data => form(&error.to_string()),
    };
    at(error.line() as u64, error.column() as u64, flaw)
}

/// The kind of an error of serde, which says it in the first words and the content behind them.
fn form(message: &str) -> &'static str {
    const KINDS: [(&str, &str); 7] = [
        ("missing field", "a field is missing"),
        ("unknown field", "a field is not known"),
        ("duplicate field", "a field stands twice"),
        ("unknown variant", "a value is none of those that are known"),
        ("invalid type", "a value has another type than expected"),
        ("invalid length", "a list has another length than expected"),
        ("invalid value", "a value is none of those that are expected"),
    ];
    KINDS.iter().find(|(start, _)| message.starts_with(start)).map_or("a value is not as expected", |(_, kind)| kind)
}

/// What is wrong with a text that is no YAML, or not of the form that was asked for.
pub fn yaml(error: &serde_saphyr::Error) -> String {
    use serde_saphyr::Error as Yaml;
    let flaw = match error {
        Yaml::WithSnippet { error, .. } | Yaml::AliasError { error, .. } => return yaml(error),
        Yaml::IOError { cause } => return io(cause),
        Yaml::InvalidUtf8Input => "the text is no UTF-8".to_owned(),
        Yaml::Eof { .. } => "the text ends too early".to_owned(),
        Yaml::MultipleDocuments { .. } => "the file holds more than one document".to_owned(),
        Yaml::DuplicateMappingKey { .. } => "a key stands twice".to_owned(),
        Yaml::UnknownAnchor { .. } => "an alias has no anchor".to_owned(),
        Yaml::SerdeMissingField { field, .. } => format!("the field `{field}` is missing"),
        Yaml::SerdeUnknownField { .. } => "a field is not known".to_owned(),
        Yaml::SerdeUnknownVariant { variant, expected, .. } => {
            let nearest = did_you_mean(variant, expected.iter().copied());
            format!("a value is none of {}{nearest}", expected.join(", "))
        }
        Yaml::SerdeInvalidType { .. }
        | Yaml::Unexpected { .. }
        | Yaml::NullIntoString { .. }
        | Yaml::InvalidBooleanStrict { .. }
        | Yaml::QuotingRequired { .. } => "a value has another type than expected".to_owned(),
        Yaml::InvalidScalar { ty, .. } => format!("a value is no {ty}"),
        Yaml::SerdeInvalidValue { .. } | Yaml::SerdeInvalidLength { .. } => "a value is not as expected".to_owned(),
        _ => "the text is no YAML of the form that is expected".to_owned(),
    };
    let place = error.location();
    at(
        place.as_ref().map_or(0, serde_saphyr::Location::line),
        place.as_ref().map_or(0, serde_saphyr::Location::column),
        &flaw,
    )
}

/// A flaw with its place, where that is known.
fn at(line: u64, column: u64, flaw: &str) -> String {
    if line == 0 { flaw.to_owned() } else { format!("line {line}, column {column}: {flaw}") }
}

/// Why a file cannot be read, or a program not be started.
pub fn io(error: &io::Error) -> String {
    unreadable(error.kind())
}

fn unreadable(kind: io::ErrorKind) -> String {
    kind.to_string()
}

/// Why nothing came of a connection: the kind of the first cause that is known.
pub fn connection(error: &(dyn Error + 'static)) -> String {
    // An error that a library made up for want of another tells nothing that is known.
    let of_system = |error: &io::Error| error.raw_os_error().map(|_| io(error));
    let system = || links(error).find_map(|link| link.downcast_ref().and_then(of_system));
    let known = setting(error).or_else(|| handshake(error)).map(str::to_owned).or_else(system);
    known.unwrap_or_else(|| "no connection came about".to_owned())
}

/// Which settings contradict each other, so that no call is made.
fn setting(error: &(dyn Error + 'static)) -> Option<&'static str> {
    const KINDS: [(&str, &str); 3] = [
        (
            "an endpoint URL is configured together with FIPS or dual stack",
            "an address in place of AWS's own cannot be used together with FIPS or dual stack",
        ),
        ("FIPS and custom endpoint", "an address in place of AWS's own cannot be used together with FIPS"),
        ("Dualstack and custom endpoint", "an address in place of AWS's own cannot be used together with dual stack"),
    ];
    let says = |words: &str| links(error).any(|link| link.to_string().contains(words));
    KINDS.iter().find(|(words, _)| says(words)).map(|(_, kind)| *kind)
}

/// What is wrong with a certificate, by the names that the TLS library has for it.
pub fn handshake(error: &(dyn Error + 'static)) -> Option<&'static str> {
    const KINDS: [(&str, &str); 6] = [
        ("unknownissuer", "the certificate is signed by an authority that is not trusted"),
        ("notvalidforname", "the certificate is for another name"),
        ("not valid for name", "the certificate is for another name"),
        ("expired", "the certificate has expired"),
        ("certificate", "the certificate is not accepted"),
        ("tls", "the connection cannot be encrypted"),
    ];
    let texts: Vec<_> = links(error).map(|link| link.to_string().to_lowercase()).collect();
    let is_about_it = |word: &str| texts.iter().any(|text| text.contains(word));
    let is_certificate = is_about_it("certificate") || is_about_it("tls");
    KINDS.iter().find(|(word, _)| is_certificate && is_about_it(word)).map(|(_, kind)| *kind)
}

/// An error and its causes.
pub fn links<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |link| (*link).source())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its form is asked for")]
    struct Form {
        name: String,
        #[serde(default)]
        count: u32,
        #[serde(default)]
        kind: Kind,
    }

    #[derive(Debug, Default, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Kind {
        #[default]
        Plain,
        Striped,
    }

    #[test]
    fn a_flaw_in_json_has_its_place_and_kind_and_no_content() {
        for (text, expected) in [
            (r#"{"name": "planted", }"#, "line 1, column 21: this is no JSON"),
            (r#"{"name": "planted"#, "line 1, column 17: the text ends too early"),
            (r#"{"count": 1}"#, "line 1, column 12: a field is missing"),
            ("{\"name\": \"x\",\n\"count\": \"planted\"}", "line 2, column 18: a value has another type than expected"),
            (r#"{"name": "x", "planted": 1}"#, "line 1, column 23: a field is not known"),
            (r#"{"name": "x", "kind": "planted"}"#, "line 1, column 31: a value is none of those that are known"),
        ] {
            assert_eq!(json(&serde_json::from_str::<Form>(text).unwrap_err()), expected, "{text}");
        }
    }

    #[test]
    fn a_flaw_in_yaml_has_its_place_and_kind_and_no_content() {
        for (text, expected) in [
            ("name: x\ncount: planted", "line 2, column 8: "),
            ("name: x\nkind: stripedd", "line 2, column 7: a value is none of plain, striped; did you mean `striped`?"),
            ("name: x\nname: planted", "line 2, column 1: a key stands twice"),
            ("name: x\nplanted: 1", "line 2, column 1: a field is not known"),
            ("count: 1", "line 1, column 1: the field `name` is missing"),
            ("name: 'planted", "line "),
            ("name:\n\t- planted", "line "),
            ("name: [planted", "line "),
        ] {
            let found = yaml(&serde_saphyr::from_str::<Form>(text).unwrap_err());
            assert!(found.starts_with(expected) && !found.contains("planted"), "{text}: {found}");
        }
    }

    #[test]
    fn a_connection_that_fails_tells_the_kind_alone() {
        let refused = io::Error::from_raw_os_error(111);
        assert_eq!(connection(&refused), "connection refused");
        let made_up = io::Error::other("proxy http://user:planted@proxy answered");
        assert_eq!(connection(&made_up), "no connection came about");
        let certificate = io::Error::other("invalid peer certificate: UnknownIssuer");
        assert_eq!(connection(&certificate), "the certificate is signed by an authority that is not trusted");
    }
}

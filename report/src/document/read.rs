//! Reports that were written earlier, by this version or an older one.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufReader, Read, Seek};

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::finding::{Finding, Prose};
use super::{Document, SCHEMA_VERSION};

/// Why a report is not read.
#[derive(Debug)]
pub enum ReadError {
    /// The text could not be read.
    Unread(io::Error),
    /// It is no JSON, or no whole report. What it says is not repeated: it may be anything.
    Broken(serde_json::Error),
    /// It was written by a palisade that is newer than this one; with the version of its form.
    Newer(String),
    /// It has a form that is no longer read; with its version.
    Older(String),
}

impl fmt::Display for ReadError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unread(error) => write!(formatter, "the report cannot be read: {}", error.kind()),
            Self::Broken(error) => {
                write!(formatter, "this is not a whole report: line {}, column {}", error.line(), error.column())
            }
            Self::Newer(found) => write!(
                formatter,
                "the report has the form {found}, this program reads up to {SCHEMA_VERSION}: update palisade"
            ),
            Self::Older(found) => write!(
                formatter,
                "the report has the form {found}, this program reads from {}.0.0: audit the inventory again",
                parts(SCHEMA_VERSION).map_or(0, |(major, _)| major)
            ),
        }
    }
}

impl std::error::Error for ReadError {}

/// What a report says of its form, whatever the form is.
#[derive(Deserialize)]
struct Versioned {
    schema_version: String,
}

/// Reads a report as `palisade audit --format json` wrote it. One of an older form becomes one of this form: what came later
/// is then null. Members that are not known are ignored.
///
/// It is read twice, for a newer one may have another form.
pub fn read(reader: impl Read + Seek) -> Result<Document, ReadError> {
    let mut reader = BufReader::new(reader);
    let Versioned { schema_version } = serde_json::from_reader(&mut reader).map_err(broken)?;
    let ours = parts(SCHEMA_VERSION);
    match parts(&schema_version) {
        None => return Err(broken(serde::de::Error::custom("schema_version is no version"))),
        found if found > ours => return Err(ReadError::Newer(schema_version)),
        found if found.map(|(major, _)| major) < ours.map(|(major, _)| major) => {
            return Err(ReadError::Older(schema_version));
        }
        Some(_) => {}
    }
    reader.rewind().map_err(ReadError::Unread)?;
    let document: Document<Shared> = serde_json::from_reader(reader).map_err(broken)?;
    let document = Document { schema_version: SCHEMA_VERSION.into(), ..document };
    Ok(document.with_findings(|Shared(findings)| findings))
}

fn broken(error: serde_json::Error) -> ReadError {
    if error.is_io() { ReadError::Unread(error.into()) } else { ReadError::Broken(error) }
}

/// The numbers of a version that say whether it can be read: major and minor.
fn parts(version: &str) -> Option<(u64, u64)> {
    let mut numbers = version.split('.').map(|number| number.parse().ok());
    let (Some(Some(major)), Some(Some(minor)), Some(Some(_)), None) =
        (numbers.next(), numbers.next(), numbers.next(), numbers.next())
    else {
        return None;
    };
    Some((major, minor))
}

/// Findings that share what their check says of itself: there may be a hundred thousand of them.
struct Shared(Vec<Finding<'static>>);

impl<'de> Deserialize<'de> for Shared {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Sharing)
    }
}

struct Sharing;

impl<'de> Visitor<'de> for Sharing {
    type Value = Shared;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of findings")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Shared, A::Error> {
        let (mut findings, mut known): (Vec<Finding<'static>>, BTreeMap<String, Prose>) = (Vec::new(), BTreeMap::new());
        while let Some(mut finding) = list.next_element::<Finding<'static>>()? {
            if let Some(prose) = known.get(finding.check.as_ref()) {
                prose.share_with(&mut finding);
            } else {
                known.insert(finding.check.clone().into_owned(), Prose::in_finding(&finding));
            }
            findings.push(finding);
        }
        Ok(Shared(findings))
    }
}

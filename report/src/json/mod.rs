//! The report as one JSON document.
//!
//! Findings are written one by one, so that memory does not grow with their number.

pub mod document;
mod finding;
mod gap;
mod notice;
mod read;

use std::io::{self, Write};

use palisade_checks::audit::Report;
use schemars::generate::SchemaSettings;
use serde::{Serialize, Serializer};

use self::document::Document;
use self::finding::Findings;
pub(super) use self::gap::Gap;
pub(super) use self::notice::message;
use super::Include;

/// The JSON Schema of the document, made from the types.
pub fn schema() -> serde_json::Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<Document>();
    schema.insert("title".to_owned(), "Palisade report".into());
    schema.into()
}

/// Writes the document.
pub(super) fn write(report: &Report, include: Include, out: &mut impl Write) -> io::Result<()> {
    Document::of(report, Stream(Findings::of(report, include))).write(out)
}

/// Findings that are made as they are written.
struct Stream<'a>(Findings<'a>);

impl Serialize for Stream<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter())
    }
}

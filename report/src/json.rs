//! The report as one JSON document.
//!
//! Findings are written one by one, so that memory does not grow with their number.

use std::io::{self, Write};

use schemars::generate::SchemaSettings;
use serde::{Serialize, Serializer};

use super::{Format, Include, Style};
use crate::document::Document;
use crate::view::View;

/// The JSON Schema of the document, made from the types.
pub fn schema() -> serde_json::Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<Document>();
    schema.insert("title".to_owned(), "Palisade report".into());
    schema.into()
}

/// The form.
pub(super) const FORMAT: Format = Format {
    name: "json",
    about: "One JSON document, described by docs/schemas/report.schema.json",
    extensions: &["json"],
    write,
};

/// Writes the document.
fn write(view: &View, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    view.head.clone().with_findings(|()| Stream(view, style.include)).write(out)
}

/// Findings that are made as they are written.
struct Stream<'a>(&'a View<'a>, Include);

impl Serialize for Stream<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.findings(self.1))
    }
}

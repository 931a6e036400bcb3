//! What `_bulk` answers.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// What became of each document, in the order of the request.
#[derive(Deserialize)]
pub(super) struct Bulk {
    pub(super) items: Vec<Done>,
}

/// What became of one document: a member named by the action.
#[derive(Deserialize)]
pub(super) struct Done(BTreeMap<String, Entry>);

#[derive(Deserialize)]
struct Entry {
    status: u16,
    #[serde(rename = "_id")]
    id: Option<String>,
    #[serde(default)]
    error: Value,
}

impl Done {
    fn entry(&self) -> Option<&Entry> {
        self.0.values().next()
    }

    pub(super) fn status(&self) -> Option<u16> {
        self.entry().map(|entry| entry.status)
    }

    pub(super) fn id(&self) -> Option<&str> {
        self.entry()?.id.as_deref()
    }

    /// Why it was not taken, in words that are the same for all documents with this flaw.
    pub(super) fn reason(&self) -> String {
        let Some(entry) = self.entry() else { return String::new() };
        let text = |name: &str| entry.error[name].as_str().unwrap_or_default();
        // Behind these words the document itself is quoted.
        let reason = text("reason").split(" in document with id").next().unwrap_or_default();
        let reason = reason.split(". Preview of field").next().unwrap_or_default();
        format!("status {} {} {reason}", entry.status, text("type"))
    }
}

/// The kind of error that a refused request names, behind a space; nothing if it names none.
pub(super) fn kind_of(body: &[u8]) -> String {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let kind = body["error"]["type"].as_str().or_else(|| body["error"].as_str());
    kind.map(|kind| format!(" ({kind})")).unwrap_or_default()
}

//! No text makes the reader panic, and what it reads survives being written.

#![no_main]

use libfuzzer_sys::fuzz_target;
use palisade_policy::{Attached, Document, covers};

fuzz_target!(|text: &str| {
    let _ = Document::parse_percent_encoded(text);
    let Ok(document) = Document::parse(text) else { return };
    let Ok(written) = serde_json::to_string(&document) else { panic!("a document cannot be written") };
    assert_eq!(Document::parse(&written).as_ref(), Ok(&document));
    let policy = [Attached { name: "policy", document: &document }];
    let _ = covers(&policy, &policy);
});

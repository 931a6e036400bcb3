//! The crate held against what AWS documents, and against laws every evaluator must keep.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on shall fail")]

mod ask;
mod batch;
mod catalogue;
mod combining;
mod conditions;
mod covering;
mod documents;
mod evidence;
mod generated;
mod laws;
mod matching;
mod principals;
mod public;
mod published;
mod shortening;
mod strange;
mod times;
mod variables;

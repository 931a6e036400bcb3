//! What holds for every check: its place, its id, its documentation, its controls, and what is generated from it.
//!
//! `UPDATE_DOCS=1 cargo test -p palisade-checks --test registry` formats the checks and writes what is generated.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "no check reads or writes a file; what is generated from them is files"
)]

mod changelog;
mod checklist;
mod claims;
mod escalation;
mod files;
mod frameworks;
mod generated;
mod pages;

use std::path::{Path, PathBuf};

use palisade_checks::all;
use palisade_checks::check::Check;

/// The root of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Fails with the one line that a file lacks.
fn lacks(file: &str, line: &str) -> ! {
    panic!("\n{file} lacks this line:\n{line}\n")
}

#[test]
fn what_is_generated_from_the_checks_is_up_to_date() {
    let has_page = |check: &&Check| root().join(pages::path(check.id)).exists();
    let new: Vec<_> = all().filter(|check| !has_page(check)).collect();
    generated::hold(&root(), pages::FOLDER, &pages::files(), pages::COMMAND);
    for advice in new.into_iter().filter_map(changelog::advice) {
        generated::tell(&advice);
    }
}

//! A check as a page of Markdown: for `palisade explain` and docs/checks.

use std::fmt::Write as _;

use crate::check::Check;

/// The page of a check.
pub fn page(check: &Check) -> String {
    let mut page = format!("# {}\n\n", check.title());
    // Writing to a string cannot fail.
    let _ = writeln!(page, "`{}` · severity **{}** · since {}\n", check.id, check.severity, check.since);
    for heading in SECTIONS {
        if let Some(text) = check.section(heading) {
            let _ = writeln!(page, "## {heading}\n\n{text}\n");
        }
    }
    if !check.controls.is_empty() {
        page.push_str("## Controls\n\n");
        for control in check.controls {
            let _ = writeln!(page, "- {control}");
        }
        page.push('\n');
    }
    let _ = writeln!(page, "Source: `checks/src/{}`", source(check));
    page
}

/// The sections of every check's documentation, in this order.
pub const SECTIONS: [&str; 4] = ["Why", "Severity", "Fix", "References"];

/// A check's file, below `checks/src`.
pub fn source(check: &Check) -> &'static str {
    check.file.rsplit_once("src/").map_or(check.file, |(_, below)| below)
}

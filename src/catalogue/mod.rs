//! The checks, listed and explained.

mod render;

use std::io::IsTerminal as _;

use comfy_table::{Cell, ContentArrangement, Table, presets};
use palisade_checks::check::Check;
use palisade_checks::page;
use serde_json::{Value, json};

use crate::cli::{Checks, ListFormat};
use crate::config::{self, ConfigError};
use crate::output::reports::{may_color, width};

/// The checks that the command line asks for.
pub(crate) fn list(arguments: &Checks) -> Result<String, ConfigError> {
    for name in &arguments.service {
        config::service("--service", name)?;
    }
    let wanted = |check: &&Check| {
        (arguments.service.is_empty() || arguments.service.iter().any(|name| name == check.service()))
            && arguments.severity.is_none_or(|least| check.severity >= least)
    };
    let mut checks: Vec<_> = palisade_checks::all().filter(wanted).collect();
    checks.sort_by(|left, right| (right.severity, left.id).cmp(&(left.severity, right.id)));
    Ok(match arguments.format {
        ListFormat::Table => table(&checks),
        ListFormat::Json => format!("{:#}\n", checks.into_iter().map(json_of).collect::<Value>()),
    })
}

/// A check's page: laid out for a terminal, as Markdown for everything else.
pub(crate) fn explain(id: &str) -> Result<String, ConfigError> {
    let markdown = config::check("explain", id).map(page::page)?;
    if !std::io::stdout().is_terminal() {
        return Ok(markdown);
    }
    Ok(render::page(&markdown, usize::from(width(true)), may_color(true)))
}

fn table(checks: &[&Check]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    for check in checks {
        table.add_row([Cell::new(check.severity), Cell::new(check.id), Cell::new(check.title())]);
    }
    format!("{table}\n\n{} checks; `palisade explain ID` tells more of one\n", checks.len())
}

fn json_of(check: &Check) -> Value {
    json!({
        "id": check.id,
        "title": check.title(),
        "service": check.service(),
        "severity": check.severity,
        "since": check.since,
        "controls": check.controls.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "why": check.section("Why"),
        "fix": check.section("Fix"),
        "references": check.references(),
    })
}

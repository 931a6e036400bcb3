//! The reports of a run: which forms, where to, and writing them.

use std::io::{IsTerminal as _, Write};
use std::path::Path;

use palisade_checks::audit::{Notice, Report};
use palisade_model::Inventory;
use palisade_model::dated::OLD_AFTER_DAYS;
use tokio::sync::watch;

use super::{Destination, OutputError, spool};
use crate::cli;
use palisade_report::view::View;
use palisade_report::{FORMATS, Format, Include, OcsfVersion, Style};

/// A report to write.
#[derive(Debug)]
pub(crate) struct Target {
    format: &'static Format,
    destination: Destination,
}

/// Tries every place that a report shall go to. `sources` are the files that the run reads.
pub(crate) async fn open(
    output: &cli::Output,
    sources: &[Option<&Path>],
    stop: &watch::Receiver<bool>,
) -> Result<Vec<Target>, OutputError> {
    let pairs = pairs(output)?;
    if let Some((format, _)) = pairs.iter().find(|(format, file)| format.is_binary() && file.is_none())
        && std::io::stdout().is_terminal()
    {
        let name = format.name;
        return Err(OutputError::Usage(format!("{name} is no text for a terminal: name a file with --output")));
    }
    let destinations = super::open(pairs.iter().map(|(_, file)| *file), sources, stop).await?;
    let formats = pairs.into_iter().map(|(format, _)| format);
    Ok(formats.zip(destinations).map(|(format, destination)| Target { format, destination }).collect())
}

/// Formats and where they go: a file, or standard output.
fn pairs(output: &cli::Output) -> Result<Vec<(&'static Format, Option<&Path>)>, OutputError> {
    let cli::Output { format: formats, files, .. } = output;
    if formats.is_empty() {
        let named = files.iter().map(|file| Ok((format_of(file)?, Some(file.as_path()))));
        let named = named.collect::<Result<Vec<_>, OutputError>>()?;
        return Ok(if named.is_empty() { vec![(FORMATS[0], None)] } else { named });
    }
    if files.len() > formats.len() {
        return Err(OutputError::Usage("there are more --output than --format; each file needs its format".to_owned()));
    }
    if formats.len() > files.len() + 1 {
        return Err(OutputError::Usage(
            "only one --format can go to standard output; give the others an --output".to_owned(),
        ));
    }
    let files = files.iter().map(|file| Some(file.as_path())).chain([None]);
    Ok(formats.iter().copied().zip(files).collect())
}

/// The format that a file's name suggests.
fn format_of(file: &Path) -> Result<&'static Format, OutputError> {
    let extension = file.extension().and_then(|extension| extension.to_str());
    extension.and_then(Format::by_extension).ok_or_else(|| {
        OutputError::Usage(format!("{} does not tell its format; name it with --format", file.display()))
    })
}

/// The name of a report that is kept, so that its name tells its format.
fn name_of(format: &Format) -> String {
    format!("report.{}", format.extensions[0])
}

/// Writes all reports. What cannot be written is kept elsewhere, with the inventory that it was made of.
pub(crate) fn write(
    view: &View,
    inventory: Option<&Inventory>,
    targets: &[Target],
    output: &cli::Output,
) -> Result<(), OutputError> {
    let include = Include {
        passes: output.include.contains(&cli::Include::Pass),
        not_applicable: output.include.contains(&cli::Include::NotApplicable),
    };
    let style = |to_terminal| Style {
        color: may_color(to_terminal),
        width: width(to_terminal),
        include,
        all: output.all,
        ocsf: OcsfVersion::default(),
    };
    let mut failed = Vec::new();
    for target in targets {
        let style = style(matches!(target.destination, Destination::Standard) && std::io::stdout().is_terminal());
        let written = target.destination.write(|out| palisade_report::write_view(view, target.format, &style, out));
        if let Err(cause) = written {
            failed.push((target, cause));
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    let formats: Vec<_> = failed.iter().map(|(target, _)| target.format).collect();
    let failures: Vec<_> = failed.into_iter().map(|(target, cause)| (target.destination.to_string(), cause)).collect();
    Err(kept(view, inventory, &formats, &style(false), &failures))
}

/// Keeps each form once, however many places would not take it.
fn kept(
    view: &View,
    inventory: Option<&Inventory>,
    formats: &[&'static Format],
    style: &Style,
    failures: &[(String, std::io::Error)],
) -> OutputError {
    let mut distinct = formats.to_vec();
    distinct.sort_unstable_by_key(|format| format.name);
    distinct.dedup_by_key(|format| format.name);
    let contents: Vec<_> = distinct
        .iter()
        .map(|format| move |out: &mut dyn Write| palisade_report::write_view(view, format, style, out))
        .collect();
    let named = distinct.iter().zip(&contents);
    let reports: Vec<spool::Kept<'_>> = named.map(|(format, content)| (name_of(format), content as _)).collect();
    super::keep(failures, inventory, &reports)
}

/// Warns of tables that have grown old, for who reads only what failed.
pub(crate) fn warn_of_old_tables(report: &Report) {
    if let Some(text) = old_tables(&report.notices) {
        tracing::warn!("{text}");
    }
}

/// What is said beside the report too, for who reads only what failed: which tables have grown old.
fn old_tables(notices: &[Notice]) -> Option<String> {
    let old = notices.iter().filter_map(|notice| match notice {
        Notice::DataStale(table) => Some(table.name),
        Notice::SuppressionUnused(_)
        | Notice::SuppressionExpired(_)
        | Notice::GuardsNotEvaluated(_)
        | Notice::NotLookedAt(_)
        | Notice::Gone(_)
        | Notice::LeftOut { .. } => None,
    });
    let old = old.collect::<Vec<_>>().join(", ");
    let text = || format!("more than {OLD_AFTER_DAYS} days old, look for a newer palisade: the tables of {old}");
    (!old.is_empty()).then(text)
}

/// Whether colours may be used.
pub(crate) fn may_color(to_terminal: bool) -> bool {
    to_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// How many columns there are.
pub(crate) fn width(to_terminal: bool) -> u16 {
    const WITHOUT_TERMINAL: u16 = 110;
    let terminal = || comfy_table::Table::new().width().filter(|_| to_terminal);
    let wished = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    wished.or_else(terminal).unwrap_or(WITHOUT_TERMINAL)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use palisade_model::dated::Dated;

    use super::*;

    #[test]
    fn old_tables_are_named() {
        let table = |name| Notice::DataStale(Dated { name, source: "https://example.com", as_of: date(2026, 8, 1) });
        assert_eq!(old_tables(&[Notice::NotLookedAt("versions".into())]), None);
        let text = old_tables(&[table("Regions"), table("Lambda runtimes")]).unwrap();
        assert!(text.ends_with("the tables of Regions, Lambda runtimes"), "{text}");
    }
}

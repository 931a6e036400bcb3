//! The two commands that read an account: collect, and audit.

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::sync::Arc;

use aws_credential_types::Credentials;
use jiff::Timestamp;
use palisade_checks::audit::{Notice, Report, Status, audit};
use palisade_checks::check::Severity;
use palisade_checks::facts::dated::OLD_AFTER_DAYS;
use palisade_checks::facts::{Action, Depth, Inventory, RegionName};
use palisade_checks::settings::{Selection, Settings, Thresholds};
use palisade_simulator::{Account, Denial, DeniedBy, Faults, Simulator};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::aws::pacer::Pacer;
use crate::aws::session::{AssumedRole, Connection, Session, SessionError};
use crate::cli;
use crate::cluster::{Kubeconfig, Which};
use crate::collect::ask::Ask;
use crate::collect::journal::{About, Journal, JournalError};
use crate::collect::progress::Progress;
use crate::collect::{Caller, CollectError, ImageError, Plan, caller, collect};
use crate::config::{self, ConfigError};
use crate::exit::Exit;
use crate::inventory::{self, FileError};
use crate::report::{self, Format, Include, Style};
use crate::suggest::did_you_mean;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error(transparent)]
    Collect(#[from] CollectError),
    #[error(transparent)]
    Image(#[from] ImageError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("the simulated account could not be started: {0}")]
    Demo(std::io::Error),
    #[error("cannot write to standard output: {0}")]
    Stdout(std::io::Error),
    #[error("{0}")]
    Usage(String),
}

/// What collecting needs besides the command line.
pub(crate) struct Surroundings {
    /// Turns true when the run shall stop and report what it has.
    pub(crate) stop: watch::Receiver<bool>,
    /// Whether progress may be shown.
    pub(crate) progress: bool,
    /// Whether only errors are said on standard error.
    pub(crate) quiet: bool,
}

/// Audits an account, or an inventory of one, and writes the reports.
pub(crate) async fn audit_account(arguments: &cli::Audit, surroundings: &Surroundings) -> Result<Exit, RunError> {
    let settings = config::settings(arguments.config.as_deref(), &arguments.selection, Timestamp::now())?;
    let targets = targets(&arguments.output)?;
    let collected = if let Some(path) = &arguments.from {
        Collected { inventory: inventory::read(path)?, journal: Journal::default() }
    } else {
        let source = Source {
            connection: &arguments.connection,
            reading: &arguments.reading,
            clusters: Some(&arguments.clusters),
            demo: arguments.demo.then_some(arguments.demo_deny.as_slice()),
            tags: !settings.required_tags.is_empty(),
            thresholds: &settings.thresholds,
        };
        Box::pin(source.collect(surroundings)).await?
    };
    let report = audit(&collected.inventory, &settings);
    if judges_nothing(&report, &settings) {
        return Err(RunError::Usage(
            "the selection leaves nothing to judge: look at --check, --service, --severity, \
             --resource and the checks that the configuration disables"
                .to_owned(),
        ));
    }
    write_reports(&report, &targets, &arguments.output)?;
    collected.finish();
    Ok(exit(&report, arguments))
}

/// Collects an inventory into a file.
pub(crate) async fn collect_account(arguments: &cli::Collect, surroundings: &Surroundings) -> Result<Exit, RunError> {
    let source = Source {
        connection: &arguments.connection,
        reading: &arguments.reading,
        clusters: Some(&arguments.clusters),
        demo: arguments.demo.then_some(&[]),
        tags: arguments.tags,
        thresholds: &Thresholds::default(),
    };
    let collected = Box::pin(source.collect(surroundings)).await?;
    let inventory = &collected.inventory;
    inventory::write(&arguments.output, inventory)?;
    collected.finish();
    let incomplete = inventory.interrupted || inventory.gaps().any(|gap| !gap.reason.is_choice());
    Ok(if incomplete { Exit::Incomplete } else { Exit::Clean })
}

/// Whether a selection was made and matches no check, or no resource.
fn judges_nothing(report: &Report, settings: &Settings) -> bool {
    let Selection { checks, services, least_severity, resources } = &settings.selection;
    let selects = !checks.is_empty() || !services.is_empty() || least_severity.is_some() || !resources.is_empty();
    let no_check = !palisade_checks::all().any(|check| settings.selects(check));
    no_check || (selects && !resources.is_empty() && report.findings.is_empty() && !report.left_out())
}

/// An inventory, and the journal of its collection.
pub(crate) struct Collected {
    pub(crate) inventory: Inventory,
    journal: Journal,
}

impl Collected {
    /// Deletes the journal once the result is written, unless another run could read what this one could not.
    pub(crate) fn finish(&self) {
        if !self.inventory.interrupted && !self.inventory.gaps().any(|gap| gap.reason.may_pass()) {
            self.journal.close();
        }
    }
}

/// Where to collect from, and how.
pub(crate) struct Source<'a> {
    pub(crate) connection: &'a cli::Connection,
    pub(crate) reading: &'a cli::Reading,
    /// Which clusters to look into; none for commands that ask of AWS alone.
    pub(crate) clusters: Option<&'a cli::Clusters>,
    /// The simulated account, with these actions denied.
    pub(crate) demo: Option<&'a [String]>,
    pub(crate) tags: bool,
    pub(crate) thresholds: &'a Thresholds,
}

/// An account that answers, and what it is asked through.
pub(crate) struct Opened {
    pub(crate) session: Arc<Session>,
    pub(crate) caller: Caller,
    pub(crate) plan: Plan,
    pub(crate) ask: Ask,
    pub(crate) started_at: Timestamp,
    /// It serves for as long as it lives.
    _simulator: Option<Simulator>,
}

impl Source<'_> {
    /// Collects an inventory.
    pub(crate) async fn collect(&self, surroundings: &Surroundings) -> Result<Collected, RunError> {
        let Opened { session, caller, plan, ask, started_at, _simulator } = Box::pin(self.open(surroundings)).await?;
        let inventory = Box::pin(collect(&session, &caller, &plan, &ask, started_at)).await?;
        Ok(Collected { inventory, journal: ask.journal })
    }

    /// Proves the credentials, and makes ready to ask.
    pub(crate) async fn open(&self, surroundings: &Surroundings) -> Result<Opened, RunError> {
        let simulator = match self.demo {
            Some(denied) => Some(simulator(denied).await?),
            None => None,
        };
        let session = Arc::new(Session::open(&self.connection(simulator.as_ref())).await?);
        let caller = caller(&session).await?;
        let plan = self.plan()?;
        let about = About::new(caller.account.clone(), plan.depth, plan.tags, Timestamp::now());
        let (journal, started_at) = match &self.reading.resume {
            Some(path) => Journal::open(path, &about)?,
            None => (Journal::default(), Timestamp::now()),
        };
        let deadline = Instant::now() + self.reading.deadline.0;
        let progress = Arc::new(Progress::new(surroundings.progress));
        if journal.len() > 0 {
            progress.say(&format!("going on from {} reads of a run begun {started_at}", journal.len()));
        }
        let pacer = Pacer::new(f64::from(self.reading.rate_share) / 100.0, deadline, surroundings.stop.clone());
        let ask = Ask { pacer, journal, progress };
        Ok(Opened { session, caller, plan, ask, started_at, _simulator: simulator })
    }

    fn plan(&self) -> Result<Plan, RunError> {
        let named = &self.connection.region;
        if self.reading.image_layers.is_some() && Depth::from(self.reading.depth) == Depth::Standard {
            return Err(RunError::Usage(
                "--image-layers reads what --depth deep looks at: add --depth deep".to_owned(),
            ));
        }
        let which = self.clusters.map_or(Ok(Which::None), cli::Clusters::which).map_err(RunError::Usage)?;
        let kubeconfig = self.clusters.and_then(|clusters| {
            let file = clusters.kubeconfig.clone()?;
            Some(Kubeconfig { file, context: clusters.context.clone() })
        });
        Ok(Plan {
            regions: (!named.is_empty()).then(|| named.iter().map(|name| RegionName::from(name.as_str())).collect()),
            depth: Depth::from(self.reading.depth),
            tags: self.tags,
            two_lanes: self.reading.policy_lanes == 2,
            unreserved_concurrency: self.thresholds.unreserved_concurrency,
            image_layers: self.reading.image_layers.map(|mebibytes| u64::from(mebibytes) * 1024 * 1024),
            clusters: which,
            kubeconfig,
        })
    }

    fn connection(&self, simulator: Option<&Simulator>) -> Connection {
        let cli::Identity { profile, endpoint_url, role_arn, external_id, role_session_name } =
            &self.connection.identity;
        let role = role_arn.clone().map(|arn| AssumedRole {
            arn,
            external_id: external_id.clone(),
            session_name: role_session_name.clone(),
        });
        Connection {
            profile: profile.clone(),
            endpoint_url: simulator.map(Simulator::endpoint).or_else(|| endpoint_url.clone()),
            role,
            credentials: simulator.map(|_| Credentials::new("AKIADEMODEMODEMODEMO", "demo", None, None, "demo")),
            call_timeout: self.reading.call_timeout.0,
            ca_bundle: std::env::var_os("AWS_CA_BUNDLE").filter(|path| !path.is_empty()).map(Into::into),
        }
    }
}

async fn simulator(denied: &[String]) -> Result<Simulator, RunError> {
    let unknown = |name: &&String| !name.ends_with(":*") && Action::from_name(name).is_none();
    if let Some(name) = denied.iter().find(unknown) {
        let suggestion = did_you_mean(name, Action::ALL.iter().map(|action| action.name()));
        return Err(RunError::Usage(format!("--demo-deny: palisade makes no call `{name}`{suggestion}")));
    }
    let deny = denied.iter().map(|action| Denial {
        action: action.clone(),
        region: None,
        resource: None,
        by: DeniedBy::Identity,
    });
    let faults = Faults { deny: deny.collect(), ..Faults::default() };
    Simulator::start(Account::demo(), faults).await.map_err(RunError::Demo)
}

/// Formats and where they go: a file, or standard output.
pub(crate) type Targets<'a> = Vec<(Format, Option<&'a Path>)>;

pub(crate) fn targets(output: &cli::Output) -> Result<Targets<'_>, RunError> {
    let cli::Output { format: formats, files, .. } = output;
    if formats.is_empty() {
        let named = files.iter().map(|file| Ok((format_of(file)?, Some(file.as_path()))));
        let named: Targets = named.collect::<Result<_, RunError>>()?;
        return Ok(if named.is_empty() { vec![(Format::Table, None)] } else { named });
    }
    if files.len() > formats.len() {
        return Err(RunError::Usage("there are more --output than --format; each file needs its format".to_owned()));
    }
    if formats.len() > files.len() + 1 {
        return Err(RunError::Usage(
            "only one --format can go to standard output; give the others an --output".to_owned(),
        ));
    }
    let files = files.iter().map(|file| Some(file.as_path())).chain([None]);
    Ok(formats.iter().copied().zip(files).collect())
}

/// The format that a file's name suggests.
fn format_of(file: &Path) -> Result<Format, RunError> {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("json") => Ok(Format::Json),
        Some("ocsf" | "jsonl" | "ndjson") => Ok(Format::Ocsf),
        Some("sarif") => Ok(Format::Sarif),
        Some("txt" | "log") => Ok(Format::Table),
        _ => Err(RunError::Usage(format!("{} does not tell its format; name it with --format", file.display()))),
    }
}

pub(crate) fn write_reports(report: &Report, targets: &Targets<'_>, output: &cli::Output) -> Result<(), RunError> {
    if let Some(text) = old_tables(&report.notices) {
        tracing::warn!("{text}");
    }
    let include = Include {
        passes: output.include.contains(&cli::Include::Pass),
        not_applicable: output.include.contains(&cli::Include::NotApplicable),
    };
    for (format, file) in targets {
        let to_terminal = file.is_none() && std::io::stdout().is_terminal();
        let style = Style {
            color: to_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
            width: width(to_terminal),
            include,
            all: output.all,
        };
        if let Some(path) = file {
            inventory::write_whole(path, |out| report::write(report, *format, &style, out))?;
        } else {
            let mut out = std::io::BufWriter::new(std::io::stdout().lock());
            let written = report::write(report, *format, &style, &mut out).and_then(|()| out.flush());
            ignore_closed_pipe(written)?;
        }
    }
    Ok(())
}

/// What is said beside the report too, for who reads only what failed: which tables have grown old.
fn old_tables(notices: &[Notice]) -> Option<String> {
    let old = notices.iter().filter_map(|notice| match notice {
        Notice::DataStale(table) => Some(table.name),
        Notice::SuppressionUnused(_)
        | Notice::SuppressionExpired(_)
        | Notice::GuardsNotEvaluated(_)
        | Notice::NotLookedAt(_)
        | Notice::LeftOut { .. } => None,
    });
    let old = old.collect::<Vec<_>>().join(", ");
    let text = || format!("more than {OLD_AFTER_DAYS} days old, look for a newer palisade: the tables of {old}");
    (!old.is_empty()).then(text)
}

/// A reader that has seen enough, such as `head`, is no error.
pub(crate) fn ignore_closed_pipe(written: std::io::Result<()>) -> Result<(), RunError> {
    match written {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(RunError::Stdout),
    }
}

fn width(to_terminal: bool) -> u16 {
    const WITHOUT_TERMINAL: u16 = 110;
    let terminal = || comfy_table::Table::new().width().filter(|_| to_terminal);
    let wished = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    wished.or_else(terminal).unwrap_or(WITHOUT_TERMINAL)
}

fn exit(report: &Report, arguments: &cli::Audit) -> Exit {
    let default = if arguments.demo { None } else { Some(Severity::High) };
    let threshold = arguments.fail_on.unwrap_or(default);
    let fails =
        threshold.is_some_and(|least| report.with_status(Status::Fail).any(|finding| finding.severity >= least));
    // The demo shows findings and a gap; only what is asked of it on top can fail it.
    let allow_gaps = arguments.allow_gaps || (arguments.demo && arguments.demo_deny.is_empty());
    if report.is_incomplete() && !allow_gaps {
        Exit::Incomplete
    } else if fails {
        Exit::Findings
    } else {
        Exit::Clean
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use palisade_checks::facts::dated::Dated;

    use super::*;

    #[test]
    fn old_tables_are_named() {
        let table = |name| Notice::DataStale(Dated { name, source: "https://example.com", as_of: date(2026, 8, 1) });
        assert_eq!(old_tables(&[Notice::NotLookedAt("versions")]), None);
        let text = old_tables(&[table("Regions"), table("Lambda runtimes")]).unwrap();
        assert!(text.ends_with("the tables of Regions, Lambda runtimes"), "{text}");
    }
}

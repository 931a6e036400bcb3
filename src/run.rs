//! The two commands that read an account: collect, and audit.

use std::sync::Arc;

use aws_credential_types::Credentials;
use jiff::Timestamp;
use palisade_checks::audit::{Report, Status, audit};
use palisade_checks::frameworks::{self, Framework};
use palisade_history::baseline::BaselineError;
use palisade_history::diff::Entry;
use palisade_history::{Baseline, History};
use palisade_model::settings::{Selection, Settings, Thresholds};
use palisade_model::verdict::Severity;
use palisade_model::{Action, Depth, Inventory, RegionName};
use palisade_report::view::View;
use palisade_simulator::{Account, Denial, DeniedBy, Faults, Simulator};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::account::{self, OtherAccount};
use crate::cli;
use crate::config::{self, ConfigError};
use crate::exit::Exit;
use crate::history::{self, HistoryError};
use crate::inventory::{self, FileError};
use crate::output::{self, OutputError, reports};
use crate::rewrite::ReportError;
use palisade_collect::ask::Ask;
use palisade_collect::aws::pacer::Pacer;
use palisade_collect::aws::session::{AssumedRole, Connection, Session, SessionError};
use palisade_collect::cluster::{Kubeconfig, Which};
use palisade_collect::journal::{About, Journal, JournalError};
use palisade_collect::outage::Outages;
use palisade_collect::progress::Progress;
use palisade_collect::suggest::did_you_mean;
use palisade_collect::{Caller, CollectError, ImageError, LocalError, Plan, caller, collect};

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error(transparent)]
    Collect(#[from] CollectError),
    #[error(transparent)]
    OtherAccount(#[from] OtherAccount),
    #[error(transparent)]
    Image(#[from] ImageError),
    #[error(transparent)]
    Local(#[from] LocalError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("the simulated account could not be started: {0}")]
    Demo(std::io::Error),
    #[error(transparent)]
    Output(#[from] OutputError),
    #[error(transparent)]
    Report(Box<ReportError>),
    #[error(transparent)]
    History(Box<HistoryError>),
    #[error(transparent)]
    Baseline(Box<BaselineError>),
    #[error(transparent)]
    Deliver(Box<palisade_deliver::Error>),
    #[error("cannot write to standard output: {0}")]
    Stdout(std::io::Error),
    #[error("{0}")]
    Usage(String),
}

// What is large and rare is boxed: every result carries room for its error.
macro_rules! boxed {
    ($($variant:ident($error:ty),)+) => {
        $(impl From<$error> for RunError {
            fn from(error: $error) -> Self {
                Self::$variant(Box::new(error))
            }
        })+
    };
}

boxed! {
    History(HistoryError),
    Baseline(BaselineError),
    Deliver(palisade_deliver::Error),
    Report(ReportError),
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
    let judged_by = by_frameworks(&arguments.framework)?;
    let baseline = arguments.baseline.as_deref().map(Baseline::read).transpose()?;
    let mut history = arguments.history.as_deref().map(History::open).transpose().map_err(HistoryError::from)?;
    let sources =
        [&arguments.from, &arguments.baseline, &arguments.history, &arguments.config, &arguments.reading.resume]
            .map(Option::as_deref);
    let targets = reports::open(&arguments.output, &sources, &surroundings.stop).await?;
    let collected = if let Some(path) = &arguments.from {
        let inventory = inventory::read(path)?;
        let expected = &arguments.connection.identity.expect_account;
        account::expect(expected, &inventory.account, inventory.identity.as_ref())?;
        Collected::saved(inventory)
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
    reports::warn_of_old_tables(&report);
    let mut view = View::of(&report);
    view.judge_by(judged_by);
    // A run that the history does not take is reported all the same.
    let recorded = history.as_mut().map_or(Ok(()), |history| history::record(history, &mut view));
    reports::write(&view, Some(&collected.inventory), &targets, &arguments.output)?;
    collected.finish();
    recorded?;
    let new = baseline.map(|baseline| baseline.new_findings(&view, arguments.fail_on_newly_seen)).transpose()?;
    Ok(exit(&report, new.as_deref(), arguments))
}

/// The frameworks that the command line names.
pub(crate) fn by_frameworks(names: &[String]) -> Result<Vec<&'static Framework>, RunError> {
    let find = |name: &String| {
        let unknown = || {
            let suggestion = did_you_mean(name, frameworks::all().map(|framework| framework.name));
            let known: Vec<_> = frameworks::all().map(|framework| framework.name).collect();
            RunError::Usage(format!("--framework: there is no `{name}`{suggestion}; there are {}", known.join(", ")))
        };
        frameworks::by_name(name).ok_or_else(unknown)
    };
    names.iter().map(find).collect()
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
    let sources = [arguments.reading.resume.as_deref()];
    let destinations = output::open([Some(arguments.output.as_path())], &sources, &surroundings.stop).await?;
    let collected = Box::pin(source.collect(surroundings)).await?;
    let inventory = &collected.inventory;
    destinations.iter().try_for_each(|destination| output::write_inventory(destination, inventory))?;
    collected.finish();
    let incomplete = inventory.interrupted || inventory.gaps().any(|gap| !gap.reason.is_choice());
    Ok(if incomplete { Exit::Incomplete } else { Exit::Clean })
}

/// Whether a selection was made and matches no check, or no resource.
fn judges_nothing(report: &Report, settings: &Settings) -> bool {
    let Selection { checks, services, least_severity, resources } = &settings.selection;
    let selects = !checks.is_empty() || !services.is_empty() || least_severity.is_some() || !resources.is_empty();
    let no_check = !palisade_checks::all().any(|check| check.is_selected(settings));
    no_check || (selects && !resources.is_empty() && report.findings.is_empty() && !report.left_out())
}

/// An inventory, and the journal of its collection.
pub(crate) struct Collected {
    pub(crate) inventory: Inventory,
    journal: Journal,
}

impl Collected {
    /// An inventory that was collected earlier.
    pub(crate) fn saved(inventory: Inventory) -> Self {
        Self { inventory, journal: Journal::default() }
    }

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
        let plan = self.plan()?;
        let caller = caller(&session).await?;
        let identity = caller.identity();
        account::expect(&self.connection.identity.expect_account, &caller.account, Some(&identity))?;
        account::introduce(&identity, session.passed_over());
        account::set_clock(session.clock());
        let about = About::new(caller.account.clone(), plan.depth, plan.tags, Timestamp::now());
        let (journal, started_at) = match &self.reading.resume {
            Some(path) => Journal::open(path, &about)?,
            None => (Journal::default(), Timestamp::now()),
        };
        let deadline = Instant::now() + self.reading.deadline.0;
        let progress = Arc::new(Progress::new(surroundings.progress));
        if journal.earlier_answers() > 0 {
            progress.say(&format!("going on from {} reads of a run begun {started_at}", journal.earlier_answers()));
        }
        let pacer = Pacer::new(f64::from(self.reading.rate_share) / 100.0, deadline, surroundings.stop.clone());
        let credentials = Arc::clone(session.kept());
        let ask = Ask { pacer, journal, progress, outages: Outages::default(), credentials };
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
            platform: self.reading.platform.clone(),
            clusters: which,
            kubeconfig,
        })
    }

    fn connection(&self, simulator: Option<&Simulator>) -> Connection {
        let cli::Identity { profile, endpoint_url, role_arn, external_id, role_session_name, expect_account: _ } =
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
            simulated: simulator.map(|_| Credentials::new("AKIADEMODEMODEMODEMO", "demo", None, None, "demo")),
            call_timeout: self.reading.call_timeout.0,
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

/// `new` are the failures that a baseline does not have, where there is one: only these fail the run then.
fn exit(report: &Report, new: Option<&[Entry]>, arguments: &cli::Audit) -> Exit {
    let default = if arguments.demo { None } else { Some(Severity::High) };
    let threshold = arguments.fail_on.unwrap_or(default);
    let fails = threshold.is_some_and(|least| match new {
        Some(new) => new.iter().any(|entry| entry.severity >= least),
        None => report.with_status(Status::Fail).any(|finding| finding.severity >= least),
    });
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

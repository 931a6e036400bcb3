//! Reports on their way to a SIEM.

use std::env;
use std::path::Path;
use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use palisade_collect::aws::session::{AssumedRole, Connection, Session};
use palisade_collect::aws::signed::post_to_security_hub;
use palisade_deliver::{
    Client, Clock, Elastic, Http, Login, Plain, Queued, Reply, Reported, Secret, SecurityHub, Signed, Sink, Soon,
    Splunk, Spool, SystemClock, Trust, drain, enqueue,
};
use palisade_history::{Diff, History};
use palisade_model::RegionName;
use palisade_report::asff::{Closed, Known};
use palisade_report::document::Document;
use palisade_report::view::View;
use palisade_report::{Include, Style};

use crate::account;
use crate::cli::{self, SinkName};
use crate::exit::Exit;
use crate::history::HistoryError;
use crate::rewrite;
use crate::run::RunError;

/// Delivers a report, and what earlier deliveries left.
pub(crate) async fn deliver(arguments: &cli::Deliver) -> Result<Exit, RunError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let document = arguments.report.as_deref().map(rewrite::read).transpose()?;
    let earlier = arguments.since.as_deref().map(rewrite::read).transpose()?;
    let known = match &document {
        Some(document) => known(arguments, document, earlier.as_ref())?,
        None => Known::default(),
    };
    let sink = sink(arguments, &clock, document.as_ref()).await?;
    let spool = match &arguments.spool {
        Some(folder) => Spool::at(folder),
        None => Spool::of_sink(sink.name(), |name| env::var_os(name))?,
    };
    let mut queued = Queued::default();
    if let Some(document) = document {
        let (view, earlier) = (View::read(document), earlier.map(View::read));
        let include = Include {
            // What is fixed turns to passed in a sink that keeps a state.
            passes: arguments.include.contains(&cli::Include::Pass) || arguments.sink == SinkName::SecurityHub,
            not_applicable: arguments.include.contains(&cli::Include::NotApplicable),
        };
        let style = Style { include, all: true, ..Style::plain() };
        let reported =
            Reported { view: &view, style, known: &known, earlier: earlier.as_ref(), again: arguments.again };
        queued = enqueue(&reported, &*sink, &spool, &*clock)?;
    }
    let outcome = drain(&*sink, &spool, &*clock, &queued).await?;
    let told = format!("{}: {outcome}", sink.place());
    for (index, line) in told.lines().enumerate() {
        if index > 0 { tracing::warn!("{line}") } else { tracing::info!("{line}") }
    }
    Ok(if outcome.is_complete() { Exit::Clean } else { Exit::Findings })
}

/// What is known beside the report: since when findings are, and which are proven to be closed.
fn known(arguments: &cli::Deliver, document: &Document, earlier: Option<&Document>) -> Result<Known, RunError> {
    let mut known = Known { hub: arguments.hub.clone(), ..Known::default() };
    if let Some(path) = &arguments.history {
        let history = History::open(path).map_err(HistoryError::from)?;
        known.first_seen = history.open_since(&document.account, &document.partition).map_err(HistoryError::from)?;
    }
    if let (Some(earlier), Some(path)) = (earlier, &arguments.since) {
        let diff = Diff::of(earlier, document).map_err(|cause| HistoryError::Other {
            older: path.display().to_string(),
            newer: arguments.report.as_deref().unwrap_or(Path::new("the report")).display().to_string(),
            cause: Box::new(cause),
        })?;
        known.closed.extend(diff.changes.fixed.into_iter().map(|entry| (entry.uid, Closed::Fixed)));
        known.closed.extend(diff.changes.gone.into_iter().map(|entry| (entry.uid, Closed::Gone)));
    }
    Ok(known)
}

async fn sink(
    arguments: &cli::Deliver,
    clock: &Arc<dyn Clock>,
    document: Option<&Document>,
) -> Result<Box<dyn Sink>, RunError> {
    let plain = if arguments.allow_http { Plain::Allowed } else { Plain::Refused };
    let client = || {
        let trust = Trust { more: arguments.ca_bundle.clone() };
        Client::new(&trust, arguments.timeout.0, Arc::clone(clock))
    };
    let secret = |variable| Secret::find(variable, arguments.secret_file.as_deref(), |name| env::var_os(name));
    let address =
        || arguments.address.as_deref().ok_or_else(|| RunError::Usage("name the sink with --address".to_owned()));
    Ok(match arguments.sink {
        SinkName::SecurityHub => {
            let session = Arc::new(Session::open(&connection(arguments)).await?);
            let caller = palisade_collect::caller(&session).await?;
            let expected = document.map_or(caller.account.clone(), |document| document.account.as_str().into());
            if expected != caller.account {
                return Err(RunError::Usage(format!(
                    "the report is of account {expected}, the credentials are of {}: Security Hub takes findings of its own \
                     account only",
                    caller.account
                )));
            }
            account::introduce(&caller.identity(), session.passed_over());
            Box::new(SecurityHub::new(Arc::new(Hub { session }), Arc::clone(clock), caller.account.as_str()))
        }
        SinkName::Splunk => {
            let mut sink = Splunk::new(client()?, address()?, secret(Splunk::TOKEN)?, plain)?;
            sink.index.clone_from(&arguments.index);
            Box::new(sink)
        }
        SinkName::Elastic => {
            let login = match &arguments.user {
                Some(name) => Login::Basic { name: name.clone(), password: secret(Elastic::PASSWORD)? },
                None => Login::ApiKey(secret(Elastic::API_KEY)?),
            };
            let mut sink = Elastic::new(client()?, address()?, login, plain)?;
            if let Some(stream) = &arguments.index {
                sink.stream.clone_from(stream);
            }
            Box::new(sink)
        }
        SinkName::Http => {
            let of_environment = env::var(Http::ADDRESS).ok();
            let address = arguments.address.as_deref().or(of_environment.as_deref());
            let address = address.ok_or_else(|| RunError::Usage("name the sink with --address".to_owned()))?;
            let header = match &arguments.header {
                Some(name) => Some((name.as_str(), secret(Http::SECRET)?)),
                None => None,
            };
            Box::new(Http::new(client()?, address, header, plain)?)
        }
    })
}

fn connection(arguments: &cli::Deliver) -> Connection {
    let cli::Identity { profile, endpoint_url, role_arn, external_id, role_session_name, expect_account: _ } =
        &arguments.identity;
    Connection {
        profile: profile.clone(),
        endpoint_url: endpoint_url.clone(),
        role: role_arn.clone().map(|arn| AssumedRole {
            arn,
            external_id: external_id.clone(),
            session_name: role_session_name.clone(),
        }),
        simulated: None,
        call_timeout: arguments.timeout.0,
    }
}

/// Security Hub, with the credentials of the run.
struct Hub {
    session: Arc<Session>,
}

impl Signed for Hub {
    fn post<'a>(&'a self, region: &'a str, path: &'a str, body: String) -> Soon<'a, Result<Reply, String>> {
        Box::pin(async move {
            let posted = post_to_security_hub(&self.session, &RegionName::from(region), path, body).await?;
            let mut headers = HeaderMap::new();
            for (name, value) in &posted.headers {
                if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                    headers.append(name, value);
                }
            }
            let status = StatusCode::from_u16(posted.status).map_err(|_| "the answer has no status".to_owned())?;
            Ok(Reply { status, headers, body: posted.body })
        })
    }
}

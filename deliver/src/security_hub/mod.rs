//! AWS Security Hub, by `BatchImportFindings`.

mod answer;
mod pace;

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use http::{HeaderMap, StatusCode};
use palisade_report::asff::{self, Entry};

use self::answer::{Failed, Imported, error_of};
use self::pace::Pace;
use crate::retry_after::retry_after;
use crate::told::told;
use crate::{Clock, Fate, Item, Limits, Reported, Sent, Sink, Soon};

/// What sends requests to AWS, signed with the credentials that the run has.
pub trait Signed: Send + Sync {
    /// Posts JSON to a path of Security Hub in a Region, once, signed for the service `securityhub`. An answer with an error
    /// is an answer; the error says in words that hold no secret why there is none.
    fn post<'a>(&'a self, region: &'a str, path: &'a str, body: String) -> Soon<'a, Result<Reply, String>>;
}

/// What AWS answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// The status of HTTP.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

const PATH: &str = "/findings/import";
/// What AWS takes of one finding and of a call, less what stands around.
const FINDING_BYTES: usize = 240_000;
const CALL_BYTES: usize = 5_900_000;

/// AWS Security Hub of an account, in each Region that findings go to.
pub struct SecurityHub {
    signed: Arc<dyn Signed>,
    clock: Arc<dyn Clock>,
    account: String,
    pace: Pace,
}

impl SecurityHub {
    /// The hubs of the account whose findings they take; the credentials must be of that account.
    pub fn new(signed: Arc<dyn Signed>, clock: Arc<dyn Clock>, account: &str) -> Self {
        Self { signed, pace: Pace::new(clock.now()), clock, account: account.to_owned() }
    }

    async fn attempt(&self, region: &str, items: &[Item]) -> Sent {
        self.pace.turn(region, &*self.clock).await;
        let bodies: Vec<_> = items.iter().map(|item| item.body.as_str()).collect();
        let body = format!("{{\"Findings\":[{}]}}", bodies.join(","));
        match self.signed.post(region, PATH, body).await {
            Ok(reply) if reply.status.is_success() => Self::imported(region, items, &reply),
            Ok(reply) => self.failed(region, &reply),
            Err(reason) => Sent::Again { reason: said(region, &reason), wait: None },
        }
    }

    /// What the hub says of each finding. An answer that does not account for all of them is believed of none: a finding that
    /// is sent again only updates itself.
    fn imported(region: &str, items: &[Item], reply: &Reply) -> Sent {
        let unclear = || Sent::Again { reason: said(region, "the answer does not tell what was taken"), wait: None };
        let Ok(imported) = serde_json::from_slice::<Imported>(&reply.body) else { return unclear() };
        let Imported { failed_count, success_count, failed_findings } = imported;
        if failed_count != failed_findings.len() || failed_count + success_count != items.len() {
            return unclear();
        }
        let mut failed: HashMap<&str, &Failed> = failed_findings.iter().map(|one| (one.id.as_str(), one)).collect();
        let fate = |item: &Item| match failed.remove(hub_id(&item.id)) {
            None => Fate::Taken,
            Some(failed) if failed.may_pass() => Fate::Again(said(region, &failed.to_string())),
            Some(failed) => Fate::Refused(said(region, &failed.to_string())),
        };
        let fates: Vec<_> = items.iter().map(fate).collect();
        // It names a finding that was not among those sent.
        if failed.is_empty() { Sent::Each { fates, wait: None } } else { unclear() }
    }

    fn failed(&self, region: &str, reply: &Reply) -> Sent {
        let (code, message) = error_of(reply);
        let wait = retry_after(&reply.headers, self.clock.now());
        let reason = said(region, &format!("{code} {message}"));
        match (reply.status.as_u16(), code.as_str()) {
            (429 | 500..=599, _)
            | (_, "LimitExceededException" | "ThrottlingException" | "TooManyRequestsException") => {
                Sent::Again { reason, wait }
            }
            (_, "InvalidAccessException") => {
                let reason = "Security Hub is not enabled in this Region, or takes no findings of its own products";
                Sent::Stop { reason: said(region, reason) }
            }
            (401 | 403, _) => {
                Sent::Stop { reason: said(region, &format!("{code}: allow securityhub:BatchImportFindings")) }
            }
            (400, "InvalidInputException" | "ValidationException") | (413, _) => Sent::Halve { reason },
            // Credentials that ended, a clock that is off, an operation that the Region does not have.
            _ => Sent::Stop { reason },
        }
    }
}

impl Sink for SecurityHub {
    fn name(&self) -> &'static str {
        "security-hub"
    }

    fn place(&self) -> String {
        format!("Security Hub of {}", self.account)
    }

    fn target(&self) -> String {
        self.account.clone()
    }

    fn limits(&self) -> Limits {
        Limits { items: 100, bytes: CALL_BYTES, item_bytes: FINDING_BYTES, repeats: 1 }
    }

    /// Passes are always among them, or a finding that is put right would stay open.
    fn items(&self, reported: &Reported<'_>, each: &mut dyn FnMut(&str, Item) -> io::Result<()>) -> io::Result<()> {
        let (view, known) = (reported.view, reported.known);
        if view.head.account != self.account {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the report is of another account"));
        }
        let include = palisade_report::Include { passes: true, ..reported.style.include };
        let seen = view.head.collected_at;
        let mut told = std::collections::HashSet::new();
        for entry in asff::entries(view, include, known) {
            each(&entry.region, item(&entry, seen)?)?;
            told.insert(entry.uid);
        }
        let Some(earlier) = reported.earlier else { return Ok(()) };
        // What the report still tells, it tells as it is now.
        for entry in asff::closed(earlier, known, seen).filter(|entry| !told.contains(&entry.uid)) {
            each(&entry.region, item(&entry, seen)?)?;
        }
        Ok(())
    }

    fn send<'a>(&'a self, lane: &'a str, items: &'a [Item]) -> Soon<'a, Sent> {
        Box::pin(self.attempt(lane, items))
    }
}

fn item(entry: &Entry<'_>, seen: jiff::Timestamp) -> io::Result<Item> {
    Ok(Item { id: format!("{}@{}", entry.id(), seen.as_millisecond()), body: entry.to_json()? })
}

/// The `Id` that the hub knows an item by.
fn hub_id(id: &str) -> &str {
    id.rsplit_once('@').map_or(id, |(id, _)| id)
}

fn said(region: &str, text: &str) -> String {
    format!("Security Hub in {region}: {}", told(text, None))
}

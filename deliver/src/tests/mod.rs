//! Sinks that behave, and that do not, on this machine.

mod clock;
mod crash;
mod fake;
mod faults;
mod replies;
mod report;
mod server;
mod spool;
mod transport;

use std::sync::Arc;
use std::time::Duration;

use palisade_report::asff::Known;
use palisade_report::view::View;
use palisade_report::{Include, Style};

use self::clock::TestClock;
use self::fake::{Fake, Kind};
use self::server::Server;
use crate::{
    Client, Clock, Elastic, Http, Item, Login, Outcome, Plain, Queued, Reply, Reported, Secret, SecurityHub, Signed,
    Sink, Soon, Splunk, Spool, Trust, drain, enqueue,
};

/// What stands for a token everywhere, and must show nowhere.
const PLANTED: &str = "planted-6f1c";

fn secret() -> Secret {
    Secret::new(PLANTED).unwrap()
}

fn client(clock: &Arc<TestClock>) -> Client {
    let clock: Arc<dyn Clock> = Arc::clone(clock) as Arc<dyn Clock>;
    let client = Client::new(&Trust::default(), Duration::from_secs(30), clock).unwrap();
    client.with_proxies(hyper_util::client::proxy::matcher::Matcher::builder().build())
}

/// The sink of a kind at an address.
fn sink(kind: Kind, address: &str, clock: &Arc<TestClock>) -> Box<dyn Sink> {
    let client = client(clock);
    match kind {
        Kind::Splunk => {
            let mut splunk = Splunk::new(client, address, secret(), Plain::Refused).unwrap();
            splunk.bytes = 12_000;
            Box::new(splunk)
        }
        Kind::Elastic => {
            let mut elastic = Elastic::new(client, address, Login::ApiKey(secret()), Plain::Refused).unwrap();
            elastic.items = 7;
            Box::new(elastic)
        }
        Kind::Hub => {
            let signed = Unsigned { client, address: address.to_owned() };
            let clock: Arc<dyn Clock> = Arc::clone(clock) as Arc<dyn Clock>;
            Box::new(SecurityHub::new(Arc::new(signed), clock, report::ACCOUNT))
        }
        Kind::Http => {
            let header = Some(("Authorization", secret()));
            let mut http = Http::new(client, address, header, Plain::Refused).unwrap();
            http.items = 7;
            Box::new(http)
        }
    }
}

/// Sends to Security Hub without a signature.
struct Unsigned {
    client: Client,
    address: String,
}

impl Signed for Unsigned {
    fn post<'a>(&'a self, region: &'a str, path: &'a str, body: String) -> Soon<'a, Result<Reply, String>> {
        Box::pin(async move {
            let uri = format!("{}/{region}{path}", self.address).parse().unwrap();
            let answer = self.client.post(&uri, &[], body.into()).await?;
            Ok(Reply { status: answer.status, headers: answer.headers, body: answer.body.to_vec() })
        })
    }
}

/// A sink with its server, its clock and a spool.
struct Stage {
    kind: Kind,
    clock: Arc<TestClock>,
    fake: Fake,
    server: Server,
    folder: tempfile::TempDir,
}

impl Stage {
    async fn of(kind: Kind) -> Self {
        let clock = Arc::new(TestClock::default());
        let fake = Fake::of(kind);
        let server = Server::start(fake.clone(), Arc::clone(&clock)).await;
        // Everything is synced, which takes its time on a disk.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        Self { kind, clock, fake, server, folder }
    }

    fn spool(&self) -> Spool {
        Spool::at(self.folder.path().join("spool"))
    }

    fn sink(&self) -> Box<dyn Sink> {
        sink(self.kind, &self.server.address, &self.clock)
    }

    /// Puts a report into the spool.
    fn queue(&self, view: &View<'_>) -> Queued {
        let known = Known::default();
        enqueue(&reported(view, &known), &*self.sink(), &self.spool(), &*self.clock).unwrap()
    }

    /// Delivers a report.
    async fn deliver(&self, view: &View<'_>) -> Outcome {
        let queued = self.queue(view);
        drain(&*self.sink(), &self.spool(), &*self.clock, &queued).await.unwrap()
    }

    /// Sends what earlier runs left.
    async fn again(&self) -> Outcome {
        drain(&*self.sink(), &self.spool(), &*self.clock, &Queued::default()).await.unwrap()
    }

    fn waiting(&self) -> usize {
        self.spool().waiting().unwrap().len()
    }

    /// Nothing in the spool holds the secret.
    fn assert_no_secret(&self, outcome: &Outcome) {
        assert!(!format!("{outcome} {outcome:?}").contains(PLANTED), "{outcome}");
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    assert!(!std::fs::read_to_string(&path).unwrap().contains(PLANTED), "{}", path.display());
                }
            }
        }
    }
}

fn reported<'a>(view: &'a View<'a>, known: &'a Known) -> Reported<'a> {
    let include = Include { passes: true, not_applicable: false };
    let style = Style { all: true, include, ..Style::plain() };
    Reported { view, style, known, earlier: None, again: false }
}

/// The items of a report as a sink forms them.
fn items(sink: &dyn Sink, view: &View<'_>) -> Vec<(String, Item)> {
    let mut items = Vec::new();
    let known = Known::default();
    let each = &mut |lane: &str, item| {
        items.push((lane.to_owned(), item));
        Ok(())
    };
    sink.items(&reported(view, &known), each).unwrap();
    items
}

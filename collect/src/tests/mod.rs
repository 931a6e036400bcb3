//! Collecting from the simulated account in one process and without a pace: what answers that are not whole come to.

mod answers;
mod around_tasks;
mod denied;
mod faults;
mod form;
mod gone;
mod pages;
mod registry;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_credential_types::Credentials;
use jiff::Timestamp;
use palisade_checks::audit::{Report, audit};
use palisade_model::settings::Settings;
use palisade_model::{Depth, Inventory};
use palisade_simulator::{Account, Faults, Simulator};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::ask::Ask;
use crate::aws::pacer::Pacer;
use crate::aws::session::{Connection, Session};
use crate::caller::caller;
use crate::cluster::Which;
use crate::collect;
use crate::journal::Journal;
use crate::outage::Outages;
use crate::plan::Plan;
use crate::progress::Progress;

/// Runs in which calls are made as fast as they are answered.
const AT_ONCE: f64 = 1e6;

fn now() -> Timestamp {
    static NOW: OnceLock<Timestamp> = OnceLock::new();
    *NOW.get_or_init(Timestamp::now)
}

/// A stack like the program's own: futures of debug builds are too large for that of a test.
const STACK: usize = 16 * 1024 * 1024;

/// Runs a test on such a stack.
fn run<T: Future<Output = ()>>(test: impl FnOnce() -> T + Send + 'static) {
    let body = || tokio::runtime::Runtime::new().unwrap().block_on(test());
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(body).unwrap();
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

/// What a deep run collects from the simulated account.
async fn collected(faults: Faults, deadline: Duration) -> Inventory {
    Box::pin(collected_of(Account::demo(), faults, deadline)).await
}

/// What a deep run collects from a simulated account.
async fn collected_of(account: Account, faults: Faults, deadline: Duration) -> Inventory {
    let simulator = Simulator::start(account, faults).await.unwrap();
    let connection = Connection {
        endpoint_url: Some(simulator.endpoint()),
        simulated: Some(Credentials::new("AKIATESTTESTTESTTEST", "test", None, None, "test")),
        call_timeout: Duration::from_secs(5),
        ..Connection::default()
    };
    let session = Arc::new(Session::open(&connection).await.unwrap());
    let plan = Plan {
        regions: None,
        depth: Depth::Deep,
        tags: true,
        two_lanes: false,
        unreserved_concurrency: 100,
        image_layers: None,
        platform: None,
        clusters: Which::All,
        kubeconfig: None,
    };
    let (_never, stop) = watch::channel(false);
    let ask = Ask {
        pacer: Pacer::new(AT_ONCE, Instant::now() + deadline, stop),
        journal: Journal::default(),
        progress: Arc::new(Progress::new(false)),
        outages: Outages::default(),
        credentials: Arc::clone(session.kept()),
    };
    let caller = caller(&session).await.unwrap();
    Box::pin(collect(&session, &caller, &plan, &ask, now())).await.unwrap()
}

fn judged(inventory: &Inventory) -> Report {
    audit(inventory, &Settings::new(now()))
}

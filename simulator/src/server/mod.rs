//! The HTTP side: accepts connections on the loopback, and answers requests.

mod clusters;
mod delivery;
mod endpoint;
mod shared;

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::account::Account;
use crate::calls::{Call, Log};
use crate::faults::{Faults, Gate};
use crate::requests::Record;
use crate::world::World;
use shared::Shared;

/// A running simulator; dropping it closes its port and its connections.
#[derive(Debug)]
pub struct Simulator {
    port: u16,
    shared: Arc<Shared>,
    listening: Vec<JoinHandle<()>>,
}

impl Simulator {
    /// Serves `account` on a free port of 127.0.0.1, on the current tokio runtime.
    pub async fn start(account: Account, faults: Faults) -> io::Result<Simulator> {
        Simulator::start_on(0, account, faults).await
    }

    /// Serves `account` on `port` of 127.0.0.1.
    pub async fn start_on(port: u16, account: Account, faults: Faults) -> io::Result<Simulator> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let port = listener.local_addr()?.port();
        let listeners = clusters::bind(&account).await?;
        let doors = listeners.iter().map(clusters::Listener::door).collect();
        let world = World::new(account, format!("http://127.0.0.1:{port}"), doors);
        let shared = Arc::new(Shared {
            apis: clusters::apis(&world),
            world,
            gate: Gate::new(faults),
            log: Log::default(),
            record: Record::default(),
            requests: AtomicU64::new(0),
        });
        let mut listening = vec![tokio::spawn(endpoint::listen(listener, Arc::clone(&shared)))];
        for (number, listener) in listeners.into_iter().enumerate() {
            listening.push(tokio::spawn(clusters::listen(listener, number, Arc::clone(&shared))));
        }
        Ok(Simulator { port, shared, listening })
    }

    /// What to set `AWS_ENDPOINT_URL` to.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The calls so far, in the order they were answered.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.log.all()
    }

    /// From here on, `GET /_simulator/requests` tells what was sent, bodies and all, but nothing of who sent it.
    pub fn record_requests(&self) {
        self.shared.record.begin();
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.listening.iter().for_each(JoinHandle::abort);
    }
}

//! Ctrl-C and SIGTERM: the first asks for a report of what was read, the second ends the run at once.

use std::future::Future;

use tokio::sync::watch;

/// A switch that the first signal turns on, and a future that ends with the second.
pub(crate) fn watch() -> (watch::Receiver<bool>, impl Future<Output = ()>) {
    let (stop, stopped) = watch::channel(false);
    let signals = async move {
        signal().await;
        tracing::warn!("stopping: the report will show what was read; once more ends the run at once");
        // Without a receiver there is nothing left to stop.
        let _ = stop.send(true);
        signal().await;
    };
    (stopped, signals)
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return interrupt().await };
    tokio::select! {
        () = interrupt() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn signal() {
    interrupt().await;
}

/// Where signals cannot be had, none ever comes.
async fn interrupt() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

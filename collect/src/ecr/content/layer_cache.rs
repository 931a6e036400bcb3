//! The layers that were read in this run, each once, for all images that have it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OnceCell, Semaphore};

use super::flaw::Flaw;
use super::scan::Scan;
use crate::failure::Failure;

/// Bytes that the lists of layers may take which no image is being read of.
const KEPT: usize = 24 * 1024 * 1024;

type Cell = Arc<OnceCell<Result<Arc<Scan>, Flaw>>>;

/// What the layers hold, by their digests.
pub(in crate::ecr) struct LayerCache {
    known: Mutex<Known>,
    /// How many are read at once: more would only wait for the processor, with memory in their hands.
    turns: Semaphore,
}

#[derive(Default)]
struct Known {
    cells: HashMap<String, Cell>,
    /// From the one that was first asked for.
    order: VecDeque<String>,
}

impl Default for LayerCache {
    fn default() -> Self {
        let turns = std::thread::available_parallelism().map_or(2, |count| count.get().clamp(2, 6));
        Self { known: Mutex::default(), turns: Semaphore::new(turns) }
    }
}

impl LayerCache {
    /// What a layer holds. It is read unless it was before; who asks meanwhile waits for that. A failure is not kept.
    pub(super) async fn get(
        &self,
        digest: &str,
        read: impl AsyncFnOnce() -> Result<Result<Arc<Scan>, Flaw>, Failure>,
    ) -> Result<Result<Arc<Scan>, Flaw>, Failure> {
        let cell = self.cell(digest);
        let in_turn = async || {
            // The semaphore is never closed.
            let _turn = self.turns.acquire().await;
            read().await
        };
        let scan = cell.get_or_try_init(in_turn).await?.clone();
        drop(cell);
        self.forget();
        Ok(scan)
    }

    fn cell(&self, digest: &str) -> Cell {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cell) = known.cells.get(digest) {
            return Arc::clone(cell);
        }
        known.order.push_back(digest.to_owned());
        Arc::clone(known.cells.entry(digest.to_owned()).or_default())
    }

    /// Lets go of what was asked for first, when there is too much.
    fn forget(&self) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let size = |cell: &Cell| cell.get().and_then(|scan| scan.as_ref().ok()).map_or(0, |scan| scan.size());
        let mut total: usize = known.cells.values().map(size).sum();
        let mut looked_at = known.order.len();
        while total > KEPT && looked_at > 0 {
            looked_at -= 1;
            let Some(digest) = known.order.pop_front() else { return };
            match known.cells.get(&digest) {
                Some(cell) if Arc::strong_count(cell) == 1 && cell.initialized() => {
                    total -= size(cell);
                    known.cells.remove(&digest);
                }
                Some(_) => known.order.push_back(digest),
                None => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell as Count;

    use palisade_model::Reason;

    use super::*;

    #[tokio::test]
    async fn a_layer_is_read_once() {
        let (cache, count) = (LayerCache::default(), Count::new(0));
        let read = async || {
            count.set(count.get() + 1);
            tokio::task::yield_now().await;
            Ok(Ok(Arc::default()))
        };
        let one = cache.get("sha256:aa", read);
        let other = cache.get("sha256:aa", read);
        let (one, other) = tokio::join!(one, other);
        assert!(one.is_ok() && other.is_ok());
        assert!(cache.get("sha256:bb", read).await.is_ok());
        assert_eq!(count.get(), 2);
    }

    #[tokio::test]
    async fn a_flaw_is_kept_and_a_failure_is_not() {
        let cache = LayerCache::default();
        let failed = async || Err(Failure::GaveUp(Reason::Throttled));
        assert!(cache.get("sha256:aa", failed).await.is_err());
        let broken = async || Ok(Err(Flaw::new("is broken")));
        assert!(cache.get("sha256:aa", broken).await.unwrap().is_err());
        assert!(cache.get("sha256:aa", failed).await.unwrap().is_err());
    }
}

//! Something in between that changes answers.

use std::fmt;
use std::sync::Arc;

use crate::calls::Call;

type Change = dyn Fn(&Call, &[u8]) -> Option<Vec<u8>> + Send + Sync;

/// What becomes of answers on their way: a function of the call, with the status of its answer, and the body. It gives
/// another body, which makes a success of an error, or none.
#[derive(Clone)]
pub struct Rewrite(Arc<Change>);

impl Rewrite {
    /// Changes answers by this function.
    pub fn new(change: impl Fn(&Call, &[u8]) -> Option<Vec<u8>> + Send + Sync + 'static) -> Rewrite {
        Rewrite(Arc::new(change))
    }

    pub(super) fn apply(&self, call: &Call, body: &[u8]) -> Option<Vec<u8>> {
        (self.0)(call, body)
    }
}

impl fmt::Debug for Rewrite {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Rewrite")
    }
}

//! What the SDK says, in the words of the model.

use aws_smithy_types::DateTime;
use jiff::Timestamp;

/// What a setting is called that AWS did not name.
pub(crate) const UNSAID: &str = "unsaid";

/// A moment as the SDK has it, to the second.
pub(crate) fn timestamp(moment: Option<&DateTime>) -> Option<Timestamp> {
    Timestamp::from_second(moment?.secs()).ok()
}

//! What a call about several things at once gives.

use palisade_model::{Arn, Reason};
use serde::{Deserialize, Serialize};

/// What was answered about several things that were asked for together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Batch<T> {
    found: Vec<(Arn, T)>,
    failures: Vec<Missed>,
}

/// Something that was asked for and is not described.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Missed {
    /// Its name.
    #[serde(default)]
    pub(crate) arn: String,
    /// Why, in AWS's word.
    #[serde(default)]
    reason: String,
    /// And in more words.
    detail: Option<String>,
}

impl Missed {
    /// What AWS says of something that is not there (any more).
    const MISSING: &str = "MISSING";

    /// Whether AWS knows nothing of this name (any more).
    pub(crate) fn is_missing(&self) -> bool {
        self.reason == Self::MISSING
    }

    /// Why it is not described.
    pub(crate) fn reason(&self) -> Reason {
        if self.is_missing() {
            return Reason::Gone;
        }
        let detail = self.detail.iter().filter(|detail| !detail.is_empty()).map(|detail| format!(": {detail}"));
        Reason::Failed(format!("{}{} for {}", self.reason, detail.collect::<String>(), self.arn))
    }
}

impl<T> Batch<T> {
    /// What was found, each under its name, and what was not.
    pub(super) fn new<S: Into<(Arn, T)>>(found: Vec<S>, failures: Vec<Missed>) -> Self {
        Self { found: found.into_iter().map(Into::into).collect(), failures }
    }

    /// What was answered about one of them. What is in neither list is a reason of its own.
    pub(crate) fn take(&mut self, arn: &Arn) -> Result<T, Reason> {
        if let Some(at) = self.found.iter().position(|(found, _)| found == arn) {
            return Ok(self.found.swap_remove(at).1);
        }
        let missed = self.failures.iter().find(|missed| missed.arn == arn.as_str());
        Err(missed.map_or_else(|| Reason::Failed(format!("the answer lacks {arn}")), Missed::reason))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_asked_for_is_found_gone_refused_or_lacking() {
        let failures = json!([
            { "arn": "arn:b", "reason": "MISSING" },
            { "arn": "arn:c", "reason": "THROTTLED", "detail": "later" },
        ]);
        let failures = serde_json::from_value(failures).unwrap();
        let mut batch: Batch<u8> = Batch::new(vec![(Arn::from("arn:a"), 1)], failures);
        assert_eq!(batch.take(&"arn:a".into()), Ok(1));
        assert_eq!(batch.take(&"arn:b".into()), Err(Reason::Gone));
        assert_eq!(batch.take(&"arn:c".into()), Err(Reason::Failed("THROTTLED: later for arn:c".to_owned())));
        assert_eq!(batch.take(&"arn:d".into()), Err(Reason::Failed("the answer lacks arn:d".to_owned())));
    }
}

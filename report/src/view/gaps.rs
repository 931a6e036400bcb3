//! What could not be decided, grouped by what would change that.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use palisade_model::Action;
use sha2::{Digest as _, Sha256};

use super::View;
use crate::document::{Finding, Gap, GapKind, Reason, Status};
use crate::grants::Grant;

/// Gaps that one change closes, and what stays undecided until then.
#[derive(Clone, Debug)]
pub struct Cause {
    /// The IAM action of the call.
    pub action: Cow<'static, str>,
    /// Why there was no answer; of several with words of their own, the first.
    pub reason: Reason,
    /// What closes the gaps.
    pub grant: Grant,
    /// The words of answers and failures that have some.
    pub messages: BTreeSet<String>,
    /// The Regions where it was asked; global calls have none.
    pub regions: BTreeSet<String>,
    /// The ARNs that it was asked about.
    pub places: BTreeSet<String>,
    /// The checks that could not decide.
    pub checks: BTreeSet<String>,
    /// The ARNs that they could not judge.
    pub resources: BTreeSet<String>,
    /// How many conclusions are open for it.
    pub open: usize,
}

impl Cause {
    fn of(gap: &Gap) -> Self {
        Self {
            action: gap.action.clone(),
            reason: gap.reason.clone(),
            grant: gap.grant.clone(),
            messages: BTreeSet::new(),
            regions: BTreeSet::new(),
            places: BTreeSet::new(),
            checks: BTreeSet::new(),
            resources: BTreeSet::new(),
            open: 0,
        }
    }

    fn add(&mut self, gap: &Gap, finding: Option<&Finding>) {
        self.regions.extend(gap.region.clone());
        self.places.extend(gap.resource.clone());
        if let Some(finding) = finding {
            self.open += 1;
            self.checks.insert(finding.check.to_string());
            self.resources.insert(finding.resource.to_string());
        }
        if has_words(gap.reason.kind) {
            self.messages.insert(words(&gap.reason.message).to_owned());
        }
    }

    /// The names of the clusters that the gaps are about.
    pub fn clusters(&self) -> BTreeSet<&str> {
        let named = self.places.iter().filter_map(|arn| arn.split_once(":cluster/").map(|(_, rest)| rest));
        named.map(|rest| rest.split('/').next().unwrap_or(rest)).collect()
    }

    /// Whether an answer came, and decided nothing.
    pub fn is_undecided(&self) -> bool {
        self.reason.kind == GapKind::Undecided
    }
}

/// Whether the message of such a reason differs from call to call.
fn has_words(kind: GapKind) -> bool {
    matches!(kind, GapKind::Failed | GapKind::Undecided)
}

/// What a service said, without our words before it.
fn words(message: &str) -> &str {
    ["failed: ", "does not decide it: "]
        .iter()
        .find_map(|ours| message.split_once(ours).map(|(_, words)| words))
        .unwrap_or(message)
}

/// A gap that stands in no finding's way, as the forms write it that have a line or a row for each finding.
pub(crate) struct Loose<'v> {
    pub(crate) gap: &'v Gap,
    /// Stays the same from run to run, as a finding's does.
    pub(crate) uid: String,
}

impl Loose<'_> {
    /// What stands in the place of a check's title.
    pub(crate) fn title(&self) -> String {
        format!("Could not read: {}", self.gap.action)
    }

    /// What the call is for; nothing of a call that this version does not know.
    pub(crate) fn purpose(&self) -> &'static str {
        Action::from_name(&self.gap.action).map_or("", Action::purpose)
    }
}

impl View<'_> {
    /// The gaps that stand in no finding's way, each with a uid of its own.
    pub(crate) fn loose(&self) -> Vec<Loose<'_>> {
        let mut places: BTreeMap<_, usize> = BTreeMap::new();
        let mut all = Vec::new();
        for gap in self.loose_gaps() {
            let Gap { action, region, resource, reason, .. } = gap;
            let others = places.entry((action, region, resource)).or_default();
            // Only where several gaps are of one call and place do their words tell them apart.
            let other = if *others == 0 { String::new() } else { format!("\n{}", reason.message) };
            *others += 1;
            let [region, resource] = [region, resource].map(|part| part.as_deref().unwrap_or_default());
            let digest = Sha256::digest(format!("{action}\n{}\n{region}\n{resource}{other}", self.head.account));
            let uid = digest.iter().take(16).fold(String::new(), |mut text, byte| {
                // Writing to a string cannot fail.
                let _ = write!(text, "{byte:02x}");
                text
            });
            all.push(Loose { gap, uid });
        }
        all
    }

    /// What could not be decided: first what was refused or failed, the cause of the most unknowns first; then what answers
    /// do not tell; last what the run left out by choice.
    pub fn causes(&self) -> Vec<Cause> {
        let mut causes = BTreeMap::new();
        let mut add = |gap: &Gap, finding: Option<&Finding>| {
            let said = if has_words(gap.reason.kind) { "" } else { words(&gap.reason.message) };
            let said = said.trim_start_matches("read in part, then ").to_owned();
            let key = (gap.action.clone(), gap.reason.kind, gap.reason.by, said);
            causes.entry(key).or_insert_with(|| Cause::of(gap)).add(gap, finding);
        };
        for finding in self.with_status(Status::Unknown) {
            if let Some(gap) = &finding.gap {
                add(gap, Some(&finding));
            }
        }
        for gap in &self.head.gaps {
            add(gap, None);
        }
        let mut causes: Vec<_> = causes.into_values().collect();
        let rank = |cause: &Cause| (cause.reason.kind.is_choice(), cause.is_undecided(), std::cmp::Reverse(cause.open));
        causes.sort_by_key(rank);
        causes
    }
}

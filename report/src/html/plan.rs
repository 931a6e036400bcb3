//! What of a report is shown: the worst of each check, as much as a browser opens without waiting. Of the rest it is known
//! how much there is.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use sha2::{Digest, Sha256};

use super::markup::size;
use super::room::{self, Room, Rows};
use crate::document::{Finding, GapKind, Status};
use crate::view::{Cause, Open, View};

/// How many checks that failed are shown; palisade has fewer, a report of another hand may name more.
const CHECKS: usize = 600;

/// A report and what of it is shown.
pub(super) struct Plan<'v> {
    /// The report.
    pub(super) view: &'v View<'v>,
    /// The open failures, what to act on first before the rest.
    pub(super) groups: Vec<Group>,
    /// How many checks that failed have no group.
    pub(super) other_checks: usize,
    /// What could not be decided.
    pub(super) causes: Vec<Held>,
    /// What was accepted.
    pub(super) suppressed: Rows,
    /// The ARNs of the resources that have a page, those with the worst failures first.
    pub(super) resources: Vec<&'v str>,
    /// How many resources have none.
    pub(super) other_resources: usize,
    findings: Vec<&'v Finding<'v>>,
    of_resource: BTreeMap<&'v str, Vec<usize>>,
    with_page: HashSet<&'v str>,
    anchored: HashSet<usize>,
}

/// The open failures of a check under one severity.
pub(super) struct Group {
    pub(super) open: Open,
    pub(super) rows: Rows,
    /// Whether there is room for what the check says of itself.
    pub(super) is_explained: bool,
}

/// A cause and what waits for it.
pub(super) struct Held {
    pub(super) cause: Cause,
    pub(super) rows: Rows,
}

impl<'v> Plan<'v> {
    /// The plan of a report with these findings, which are all of its.
    pub(super) fn of<'x: 'v>(view: &'v View<'v>, findings: &'v [Cow<'x, Finding<'x>>]) -> Self {
        let findings: Vec<&Finding> = findings.iter().map(|finding| &**finding).collect();
        let (groups, other_checks) = groups(view, &findings);
        let causes = held(view, &findings);
        let accepted = findings.iter().enumerate().filter(|(_, one)| one.status == Status::Suppressed);
        let accepted: Vec<_> = accepted.map(|(index, _)| index).collect();
        let cost = |index: usize| room::row(findings[index]) + room::evidence(findings[index]);
        let mut suppressed = Rows::default();
        suppressed.fill(&accepted, &mut Room::new(400, 300_000), 400, cost);
        let of_resource = by_resource(view, &findings);
        let (resources, other_resources) = pages(&of_resource, &findings);
        let with_page = resources.iter().copied().collect();
        let shown = groups.iter().map(|group| &group.rows).chain(causes.iter().map(|held| &held.rows));
        let shown = shown.chain([&suppressed]).flat_map(|rows| &rows.shown).copied();
        let anchored = anchored(shown, &findings);
        Self {
            view,
            groups,
            other_checks,
            causes,
            suppressed,
            resources,
            other_resources,
            findings,
            of_resource,
            with_page,
            anchored,
        }
    }

    /// The finding at a place.
    pub(super) fn finding(&self, index: usize) -> &'v Finding<'v> {
        self.findings[index]
    }

    /// All findings, in order.
    pub(super) fn findings(&self) -> &[&'v Finding<'v>] {
        &self.findings
    }

    /// The places of the findings about a resource.
    pub(super) fn about(&self, arn: &str) -> &[usize] {
        self.of_resource.get(arn).map_or(&[], Vec::as_slice)
    }

    /// By what a finding can be linked to, if it is shown.
    pub(super) fn anchor(&self, index: usize) -> Option<String> {
        self.anchored.contains(&index).then(|| format!("f-{}", self.findings[index].uid))
    }

    /// By what a resource can be linked to, if it has a page.
    pub(super) fn page(&self, arn: &str) -> Option<String> {
        self.with_page.contains(arn).then(|| format!("r-{}", digits(arn)))
    }
}

impl Group {
    /// By what it can be linked to.
    pub(super) fn anchor(&self) -> String {
        let check: String = self.open.check.chars().filter(|one| one.is_ascii_alphanumeric() || *one == '-').collect();
        // What was taken away of an id of another hand must not make two of them one.
        let hash = if check == self.open.check { String::new() } else { format!("-{}", digits(&self.open.check)) };
        format!("c-{check}{hash}-{}", self.open.severity.name())
    }
}

/// Sixteen digits that stand for a text.
fn digits(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

fn groups(view: &View, findings: &[&Finding]) -> (Vec<Group>, usize) {
    let mut all: HashMap<_, Vec<usize>> = HashMap::new();
    for (index, finding) in findings.iter().enumerate().filter(|(_, one)| one.status == Status::Fail) {
        all.entry((&*finding.check, finding.severity)).or_default().push(index);
    }
    let mut open = view.open();
    let other_checks = open.len().saturating_sub(CHECKS);
    open.truncate(CHECKS);
    let mut room = Room::new(2_000, 2_200_000);
    let explain = |open: Open| {
        let is_explained = room.take_bytes(view.told(&open.check).map(room::prose).unwrap_or_default());
        Group { open, rows: Rows::default(), is_explained }
    };
    let mut groups: Vec<_> = open.into_iter().map(explain).collect();
    let places = |group: &Group| {
        let mut places = all.get(&(&*group.open.check, group.open.severity)).cloned().unwrap_or_default();
        places.sort_by_key(|index| findings[*index].exposed != Some(true));
        places
    };
    let places: Vec<_> = groups.iter().map(places).collect();
    let mut said = HashSet::new();
    let mut cost = |index: usize| {
        let finding = findings[index];
        // What several resources share is said once.
        let is_new = said.insert((&finding.check, finding.severity, texts(finding)));
        room::row(finding) + if is_new { room::evidence(finding) } else { 0 }
    };
    // First something of each check, then the rest of the worst.
    for most in [20, 500] {
        for (group, places) in groups.iter_mut().zip(&places) {
            group.rows.fill(places, &mut room, most, &mut cost);
        }
    }
    (groups, other_checks)
}

/// The evidence of a finding.
pub(super) fn texts<'f>(finding: &'f Finding<'_>) -> Vec<&'f str> {
    finding.evidence.iter().map(|one| one.0.as_str()).collect()
}

fn held(view: &View, findings: &[&Finding]) -> Vec<Held> {
    let mut room = Room::new(600, 400_000);
    let causes = view.causes();
    let mut waiting: Vec<Vec<usize>> = causes.iter().map(|_| Vec::new()).collect();
    for (index, finding) in findings.iter().enumerate().filter(|(_, one)| one.status == Status::Unknown) {
        if let Some(cause) = causes.iter().position(|cause| is_for(finding, cause)) {
            waiting[cause].push(index);
        }
    }
    let fill = |(cause, places): (Cause, Vec<usize>)| {
        let mut rows = Rows::default();
        rows.fill(&places, &mut room, 100, |index| room::row(findings[index]) + 200);
        Held { cause, rows }
    };
    causes.into_iter().zip(waiting).map(fill).collect()
}

/// Whether a finding waits for a cause.
fn is_for(finding: &Finding, cause: &Cause) -> bool {
    let Some(gap) = &finding.gap else { return false };
    let has_words = matches!(gap.reason.kind, GapKind::Failed | GapKind::Undecided);
    let said = |message: &str| message.trim_start_matches("read in part, then ").to_owned();
    (&gap.action, gap.reason.kind, gap.reason.by) == (&cause.action, cause.reason.kind, cause.reason.by)
        && (has_words || said(&gap.reason.message) == said(&cause.reason.message))
}

fn by_resource<'v>(view: &'v View, findings: &[&'v Finding<'v>]) -> BTreeMap<&'v str, Vec<usize>> {
    let listed = view.head.resources.iter().flatten().map(|arn| (arn.as_str(), Vec::new()));
    let mut all: BTreeMap<&str, Vec<usize>> = listed.collect();
    for (index, finding) in findings.iter().enumerate() {
        all.entry(&finding.resource).or_default().push(index);
    }
    // It stands for all that a list does not show.
    all.retain(|arn, _| !arn.ends_with('*'));
    all
}

/// The resources that have a page, the worst first, and how many have none.
fn pages<'v>(all: &BTreeMap<&'v str, Vec<usize>>, findings: &[&Finding]) -> (Vec<&'v str>, usize) {
    let worst = |places: &[usize]| {
        let mut failed = [0_usize; 5];
        let [mut unknown, mut accepted] = [0_usize; 2];
        for finding in places.iter().map(|index| findings[*index]) {
            match finding.status {
                Status::Fail => failed[4 - finding.severity as usize] += 1,
                Status::Unknown => unknown += 1,
                Status::Suppressed => accepted += 1,
                Status::Pass | Status::NotApplicable => {}
            }
        }
        Reverse((failed, unknown, accepted))
    };
    let mut order: Vec<_> = all.keys().copied().collect();
    order.sort_by_cached_key(|arn| (worst(&all[arn]), *arn));
    let mut room = Room::new(1_500, 900_000);
    order.retain(|arn| {
        let told: usize = all[arn].iter().map(|index| room::mention(findings[*index])).sum();
        room.take(500 + 4 * size(arn) + told)
    });
    let others = all.len() - order.len();
    (order, others)
}

/// Which of the findings shown have an anchor: those whose id is one, and no other's.
fn anchored(shown: impl Iterator<Item = usize>, findings: &[&Finding]) -> HashSet<usize> {
    let mut known = HashSet::new();
    let has_one = |index: &usize| {
        let uid = &*findings[*index].uid;
        !uid.is_empty() && uid.len() <= 64 && uid.bytes().all(|byte| byte.is_ascii_hexdigit()) && known.insert(uid)
    };
    shown.filter(has_one).collect()
}

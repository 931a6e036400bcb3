//! Accounts made up at random, and runs that see parts of them: the truth is known, and no comparison may claim otherwise.

use palisade_model::Depth;
use palisade_report::document::{Document, Finding, Status};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::{ACCOUNT, IMMUTABLE, PUBLIC, TRACING, empty, fail, finding, left_out, report};

pub(crate) const CHECKS: [&str; 3] = [IMMUTABLE, PUBLIC, TRACING];
const REGIONS: [&str; 2] = ["eu-west-1", "us-east-1"];
const NAMES: [&str; 3] = ["a", "b", "c"];

/// What holds of a check and a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Truth {
    Passes,
    DoesNotArise,
    Fails(&'static [&'static str]),
    /// Only who reads deeply sees it.
    FailsDeep,
    Accepted,
}

/// An account.
#[derive(Clone, Debug)]
pub(crate) struct World {
    exists: Vec<bool>,
    truth: Vec<Truth>,
}

/// A run, and what it does not see.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    regions: Vec<bool>,
    checks: Vec<bool>,
    pattern: Option<&'static str>,
    pub(crate) deep: bool,
    interrupted: bool,
    passes: bool,
    /// By resource: whether a list that was cut short hides it.
    hidden: Vec<bool>,
    /// By check and resource: whether it could not be checked, or was left out by choice.
    blind: Vec<bool>,
    left_out: Vec<bool>,
}

pub(crate) fn resources() -> Vec<String> {
    let arn = |region, name| format!("arn:aws:lambda:{region}:{ACCOUNT}:function:{name}");
    REGIONS.iter().flat_map(|region| NAMES.iter().map(move |name| arn(region, name))).collect()
}

pub(crate) fn worlds() -> impl Strategy<Value = World> {
    let truth = select(vec![
        Truth::Passes,
        Truth::Passes,
        Truth::DoesNotArise,
        Truth::Fails(&["x"]),
        Truth::Fails(&["x", "y"]),
        Truth::Fails(&["y", "x"]),
        Truth::FailsDeep,
        Truth::Accepted,
    ]);
    let exists = vec(prop::bool::weighted(0.7), 6);
    (exists, vec(truth, 18)).prop_map(|(exists, truth)| World { exists, truth })
}

pub(crate) fn runs() -> impl Strategy<Value = Run> {
    let mostly = |count| vec(prop::bool::weighted(0.85), count);
    let seldom = |count| vec(prop::bool::weighted(0.1), count);
    let pattern = prop::option::weighted(0.15, select(vec!["*:function:a", "*:us-east-1:*"]));
    let flags = (any::<bool>(), prop::bool::weighted(0.15), any::<bool>());
    (mostly(2), mostly(3), pattern, flags, seldom(6), seldom(18), seldom(18)).prop_map(
        |(regions, checks, pattern, (deep, interrupted, passes), hidden, blind, left_out)| Run {
            regions,
            checks,
            pattern,
            deep,
            interrupted,
            passes,
            hidden,
            blind,
            left_out,
        },
    )
}

impl World {
    /// Whether a finding fails in truth, accepted or not, for one who reads so deep.
    pub(crate) fn is_open(&self, check: &str, resource: &str, deep: bool) -> bool {
        let index = CHECKS.iter().position(|one| *one == check).unwrap();
        let place = resources().iter().position(|one| one == resource).unwrap();
        let fails = match self.truth[6 * index + place] {
            Truth::Fails(_) | Truth::Accepted => true,
            Truth::FailsDeep => deep,
            Truth::Passes | Truth::DoesNotArise => false,
        };
        self.exists[place] && fails
    }

    pub(crate) fn exists(&self, resource: &str) -> bool {
        self.exists[resources().iter().position(|one| one == resource).unwrap()]
    }

    /// What a run says of it.
    pub(crate) fn seen_by(&self, run: &Run, day: i8) -> Document {
        let (mut findings, mut judged, mut notices): (Vec<Finding>, Vec<String>, Vec<_>) = (vec![], vec![], vec![]);
        let selects = |arn: &str| run.pattern.is_none_or(|pattern| palisade_policy::matches(pattern, arn));
        for (index, check) in CHECKS.into_iter().enumerate().filter(|(index, _)| run.checks[*index]) {
            for (place, arn) in resources().iter().enumerate().filter(|(place, _)| run.regions[place / 3]) {
                if run.hidden[place] {
                    // An interrupted run may not even know what it lacks.
                    if !run.interrupted {
                        let rest = format!("{}:*", arn.rsplit_once(':').unwrap().0);
                        findings.push(finding(check, &rest, Status::Unknown));
                    }
                } else if self.exists[place] && selects(arn) {
                    let cell = 6 * index + place;
                    if run.left_out[cell] {
                        notices.push(left_out(check));
                        continue;
                    }
                    judged.push(arn.clone());
                    findings.extend(self.said(run, check, cell, arn));
                }
            }
        }
        findings.sort_by(|left, right| left.uid.cmp(&right.uid));
        findings.dedup_by(|left, right| left.uid == right.uid);
        judged.sort();
        judged.dedup();
        let mut document = Document { resources: Some(judged), notices, ..report(day, findings) };
        document.regions =
            REGIONS.iter().zip(&run.regions).filter(|(_, is)| **is).map(|(name, _)| (*name).to_owned()).collect();
        document.depth = if run.deep { Depth::Deep } else { Depth::Standard };
        document.interrupted = run.interrupted;
        let mut scope = empty(day).scope.unwrap();
        scope.checks = CHECKS.iter().zip(&run.checks).filter(|(_, is)| **is).map(|(id, _)| (*id).into()).collect();
        scope.resources = run.pattern.iter().map(|pattern| (*pattern).to_owned()).collect();
        document.scope = Some(scope);
        document
    }

    fn said(&self, run: &Run, check: &'static str, cell: usize, arn: &str) -> Option<Finding<'static>> {
        if run.blind[cell] {
            return Some(finding(check, arn, Status::Unknown));
        }
        match self.truth[cell] {
            Truth::Fails(evidence) => Some(fail(check, arn, evidence)),
            Truth::FailsDeep if run.deep => Some(fail(check, arn, &["deep"])),
            Truth::Accepted => Some(finding(check, arn, Status::Suppressed)),
            Truth::Passes | Truth::FailsDeep => run.passes.then(|| finding(check, arn, Status::Pass)),
            Truth::DoesNotArise => run.passes.then(|| finding(check, arn, Status::NotApplicable)),
        }
    }
}

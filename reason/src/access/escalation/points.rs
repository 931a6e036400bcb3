//! Where least is changed: the statements whose removal ends most paths.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Escalation, Found};
use palisade_model::Arn;

/// How many are told.
const MOST: usize = 5;

/// A statement without which paths are closed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ChokePoint {
    /// Whose policy it is: a managed policy, or the role or user whose inline or trust policy it is.
    pub owner: Arn,
    /// The policy's name; `trust` for a trust policy.
    pub policy: String,
    /// The statement's place in the policy, from 0.
    pub statement: usize,
    /// How many of the paths told it ends.
    pub paths: usize,
    /// From how many identities these start.
    pub identities: usize,
}

/// A statement: whose, of which policy, which.
type Point<'f> = (&'f str, &'f str, usize);

/// The statements that end most of the paths found, each counted without those that the ones before it end.
pub(super) fn choke_points<'a>(all: impl Iterator<Item = (&'a Arn, Found)>) -> Vec<ChokePoint> {
    let found: Vec<_> = all.filter(|(_, found)| !found.is_empty()).collect();
    let mut open: Vec<(&str, BTreeSet<Point<'_>>)> = Vec::new();
    for (start, found) in &found {
        open.extend(found.escalations.iter().map(|path| (start.as_str(), points(start, path).collect())));
        if !found.chain.is_empty() {
            let actors = std::iter::once(*start).chain(found.chain.iter().map(|hop| &hop.target));
            let points = actors.zip(&found.chain).flat_map(|(actor, hop)| points(actor, hop));
            open.push((start.as_str(), points.collect()));
        }
    }
    let mut chosen = Vec::new();
    while chosen.len() < MOST {
        let mut counts: BTreeMap<Point<'_>, usize> = BTreeMap::new();
        for point in open.iter().flat_map(|(_, points)| points) {
            *counts.entry(*point).or_default() += 1;
        }
        // Of equals the first by name.
        let most = counts.iter().max_by(|one, other| one.1.cmp(other.1).then(other.0.cmp(one.0)));
        let Some((&point, &paths)) = most else { break };
        let ended = open.extract_if(.., |(_, points)| points.contains(&point));
        let starts: BTreeSet<_> = ended.map(|(start, _)| start).collect();
        let (owner, policy, statement) = point;
        let policy = policy.to_owned();
        chosen.push(ChokePoint { owner: owner.into(), policy, statement, paths, identities: starts.len() });
    }
    chosen
}

/// The statements without any of which a path is closed: those that alone allow one of its calls.
fn points<'f>(actor: &'f Arn, path: &'f Escalation) -> impl Iterator<Item = Point<'f>> {
    path.steps.iter().filter_map(|step| match step.by.as_slice() {
        [(policy, statement)] => {
            let owner = match policy.as_str() {
                "trust" => step.resource.as_str(),
                managed if managed.starts_with("arn:") => managed,
                _ => actor.as_str(),
            };
            Some((owner, policy.as_str(), *statement))
        }
        _ => None,
    })
}

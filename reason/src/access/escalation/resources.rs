//! On what the calls of a path are asked for: resources of the kinds that AWS authorises each call on, as the granting
//! statements name them.
//!
//! Asking on `*` alone would pass over whoever may touch one project, and tell of whoever is denied every project.

use palisade_policy::catalogue::{Catalogue, ResourceType};
use palisade_policy::{CallerKind, ResourceElement, ResourcePattern, Statement, matches};

use super::judge::Judge;
use super::opening::Call;
use crate::access::grants::with_stars;
use palisade_model::RegionName;
use palisade_model::partition::regions;

/// What stands for a name that policies leave open.
const ANY: &str = "any";

/// Calls that are authorised on one of several kinds, which the catalogue lists as if all or none were asked for.
///
/// Sources: <https://docs.aws.amazon.com/systems-manager/latest/userguide/run-command-setting-up.html>,
/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-restrict-access-examples.html>,
/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup.html>,
/// <https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/security-iam-resources.html>
const ONE_OF: [(&str, &[&[&str]]); 7] = [
    ("ssm:SendCommand", &[&["document"], &["instance", "managed-instance"]]),
    ("ssm:CreateAssociation", &[&["document"], &["instance", "managed-instance"]]),
    ("ssm:StartSession", &[&["instance", "managed-instance"]]),
    ("ssm:StartAutomationExecution", &[&["automation-definition", "document"]]),
    ("bedrock-agentcore:StartCodeInterpreterSession", &[&["code-interpreter-custom", "code-interpreter"]]),
    ("bedrock-agentcore:InvokeCodeInterpreter", &[&["code-interpreter-custom", "code-interpreter"]]),
    ("bedrock-agentcore:StartBrowserSession", &[&["browser-custom", "browser"]]),
];

/// Calls that are asked for on the same resource: each on one of these kinds.
struct Demand {
    kinds: Vec<&'static ResourceType>,
    actions: Vec<&'static str>,
}

impl<'a> Judge<'_, 'a> {
    /// The calls of a path that are about no identity, each on a resource on which all calls about that kind are allowed.
    pub(super) fn calls(&self, actions: &[&'static str]) -> Option<Vec<Call<'a>>> {
        let mut calls = Vec::new();
        for demand in demands(actions) {
            calls.extend(self.together(&demand)?);
        }
        // In the order in which the path has them.
        calls.sort_by_key(|call: &Call<'_>| actions.iter().position(|action| *action == call.action));
        Some(calls)
    }

    /// The demand's calls on the first resource on which all may be allowed; rather on one where they certainly are.
    fn together(&self, demand: &Demand) -> Option<Vec<Call<'a>>> {
        let mut perhaps = None;
        for resource in self.candidates(&demand.kinds, &demand.actions) {
            let calls = demand.actions.iter().map(|action| Call::new(action, resource.as_str()));
            let decided: Vec<_> = calls.map(|call| (self.decide(&call), call)).collect();
            if decided.iter().all(|(decision, _)| decision.is_allowed()) {
                return Some(decided.into_iter().map(|(_, call)| call).collect());
            }
            if perhaps.is_none() && decided.iter().all(|(decision, _)| decision.may_be_allowed()) {
                perhaps = Some(decided.into_iter().map(|(_, call)| call).collect());
            }
        }
        perhaps
    }

    /// Resources of these kinds on which statements allow the actions: one that no statement thought of, and one for each
    /// pattern. `*` for actions that are about no resource.
    pub(super) fn candidates(&self, kinds: &[&ResourceType], actions: &[&'static str]) -> Vec<String> {
        let bounds = self.principal.boundary.iter().flat_map(|policy| &policy.document.statements);
        let bounds: Vec<&Statement> = bounds.collect();
        let bounding =
            |action: &&str| bounds.iter().copied().filter(|bound| bound.allows_action(action)).collect::<Vec<_>>();
        let allowing = actions
            .iter()
            .flat_map(|action| self.allows(action).iter().copied().chain(bounding(action)).collect::<Vec<_>>());
        let patterns: Vec<&str> = allowing
            .filter_map(|statement| match &statement.resource {
                ResourceElement::Resource(patterns) => Some(patterns.iter().map(ResourcePattern::as_str)),
                ResourceElement::None | ResourceElement::NotResource(_) => None,
            })
            .flatten()
            .collect();
        let mut found = Vec::new();
        if kinds.is_empty() {
            found.push("*".to_owned());
        }
        for kind in kinds {
            let template = with_stars(&kind.arn);
            found.push(self.filled(&template, "*", ANY));
            for pattern in &patterns {
                let region = pattern.split(':').nth(3).unwrap_or("*");
                found.push(self.filled(&template, region, ANY));
                let named = self.with_name(pattern);
                let of_kind = |arn: &String| matches(&template, arn);
                found.extend([ANY, "any/any"].iter().map(|text| self.filled(&named, region, text)).filter(of_kind));
            }
            for (index, one) in patterns.iter().enumerate() {
                let both = patterns[index + 1..].iter().filter_map(|other| meeting(one, other));
                let filled = both.map(|text| self.filled(&text, text.split(':').nth(3).unwrap_or("*"), ANY));
                found.extend(filled.filter(|arn| matches(&template, arn)));
            }
        }
        let mut seen = std::collections::HashSet::new();
        found.retain(|resource| seen.insert(resource.clone()));
        found
    }

    /// A pattern with the name of the user in place of the variable for it.
    fn with_name(&self, pattern: &str) -> String {
        let name = match self.principal.caller.kind() {
            CallerKind::User { resource, .. } => resource.rsplit('/').next(),
            CallerKind::Anonymous
            | CallerKind::SomeoneIn(_)
            | CallerKind::Root(_)
            | CallerKind::Role { .. }
            | CallerKind::Session { .. }
            | CallerKind::FederatedUser { .. }
            | CallerKind::Service
            | CallerKind::Federated => None,
        };
        name.map_or_else(|| pattern.to_owned(), |name| pattern.replace("${aws:username}", name))
    }

    /// An ARN with something in place of each variable and wildcard: the account's partition and id, a Region that the
    /// pattern for it covers, an audited one if possible, and this name.
    fn filled(&self, text: &str, region: &str, name: &str) -> String {
        let text = with_stars(text);
        if !text.starts_with("arn:") {
            return text;
        }
        let mut parts: Vec<_> = text.splitn(6, ':').collect();
        parts.resize(6, "*");
        let is_open = |part: &str| part.contains(['*', '?']);
        let fill = |(index, part): (usize, &str)| match index {
            1 if is_open(part) => self.inventory.partition.to_string(),
            3 if is_open(part) => self.region_in(if is_open(region) { region } else { part }, region),
            4 if is_open(part) => self.inventory.account.to_string(),
            _ => part.replace('*', name).replace('?', "a"),
        };
        parts.into_iter().enumerate().map(fill).collect::<Vec<_>>().join(":")
    }

    /// A Region that a pattern covers; the one that is meant where the pattern is open.
    fn region_in(&self, pattern: &str, meant: &str) -> String {
        if !meant.contains(['*', '?']) && !meant.is_empty() {
            return meant.to_owned();
        }
        let audited = self.inventory.regions.keys().map(RegionName::as_str);
        let known = regions().iter().filter(|region| region.partition == self.inventory.partition.as_str());
        let mut all = audited.chain(["us-east-1"]).chain(known.map(|region| region.name));
        all.find(|region| matches(pattern, region)).unwrap_or("us-east-1").to_owned()
    }
}

/// What calls are asked for on: calls about one kind of resource are about the same one.
fn demands(actions: &[&'static str]) -> Vec<Demand> {
    let mut demands: Vec<Demand> = Vec::new();
    for action in actions {
        for kinds in kinds(action) {
            let is_same = |demand: &&mut Demand| {
                let arns = |kinds: &[&ResourceType]| kinds.iter().map(|kind| kind.arn.clone()).collect::<Vec<_>>();
                arns(&demand.kinds) == arns(&kinds)
            };
            match demands.iter_mut().find(is_same) {
                Some(demand) => demand.actions.push(action),
                None => demands.push(Demand { kinds, actions: vec![action] }),
            }
        }
    }
    demands
}

/// The kinds of resources that a call is authorised on: one of each list.
fn kinds(action: &str) -> Vec<Vec<&'static ResourceType>> {
    let Some(known) = Catalogue::get().action(action) else { return vec![Vec::new()] };
    let named =
        |names: &[&str]| -> Vec<_> { known.resource_types().filter(|kind| names.contains(&kind.name)).collect() };
    if let Some((_, lists)) = ONE_OF.iter().find(|(name, _)| *name == action) {
        return lists.iter().map(|names| named(names)).collect();
    }
    let all: Vec<_> = known.resource_types().collect();
    let required: Vec<Vec<_>> = known
        .action
        .resource_types
        .iter()
        .zip(&all)
        .filter(|(named, _)| named.required)
        .map(|(_, kind)| vec![*kind])
        .collect();
    if required.is_empty() { vec![all] } else { required }
}

/// A text of the kind that two patterns with one `*` each both match: the longer beginning, the longer end.
fn meeting(one: &str, other: &str) -> Option<String> {
    let (start, end) = one.split_once('*')?;
    let (other_start, other_end) = other.split_once('*')?;
    if end.contains(['*', '?']) || other_end.contains(['*', '?']) {
        return None;
    }
    let starts = [start, other_start];
    let ends = [end, other_end];
    let start = starts.into_iter().max_by_key(|text| text.len())?;
    let end = ends.into_iter().max_by_key(|text| text.len())?;
    let fits = starts.iter().all(|text| start.starts_with(text)) && ends.iter().all(|text| end.ends_with(text));
    fits.then(|| format!("{start}{ANY}{end}"))
}

//! Ways through the account as the evidence of findings tells them.
//!
//! Only what palisade itself writes at the beginning of a line of evidence, at its end, and as the finding's resource is
//! read: names in between cannot change where a way leads. A line of another form makes a shorter way, never none.

use std::collections::BTreeSet;

use crate::document::{Finding, resource_name};

/// What a way goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Where it begins: the internet, or whoever is named.
    Start,
    /// What runs the account's code.
    Workload,
    /// A role, user or group.
    Identity,
    /// Everything in the account.
    Administrator,
    /// Something else that is won.
    Gain,
}

/// A place on a way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stop {
    pub(super) kind: Kind,
    pub(super) name: String,
    /// The ARN, where the evidence tells it.
    pub(super) arn: Option<String>,
}

/// How one gets from a place to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hop {
    /// In a word or two, such as `lambda-001`.
    pub(super) label: String,
    /// The evidence.
    pub(super) told: Vec<String>,
}

/// A way: one hop less than stops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) stops: Vec<Stop>,
    pub(super) hops: Vec<Hop>,
}

impl Route {
    fn from(start: Stop) -> Self {
        Self { stops: vec![start], hops: Vec::new() }
    }

    fn to(mut self, label: &str, told: Vec<String>, stop: Stop) -> Self {
        self.hops.push(Hop { label: label.to_owned(), told });
        self.stops.push(stop);
        self
    }

    /// Makes one of two ways over the same places, if they are.
    pub(super) fn join(&mut self, other: &Self) -> bool {
        if self.stops != other.stops {
            return false;
        }
        for (hop, beside) in self.hops.iter_mut().zip(&other.hops) {
            if !hop.label.split(", ").any(|label| label == beside.label) {
                hop.label.push_str(", ");
                hop.label.push_str(&beside.label);
            }
            let new: Vec<_> = beside.told.iter().filter(|line| !hop.told.contains(line)).cloned().collect();
            hop.told.extend(new);
        }
        true
    }

    /// Whether it ends with everything.
    pub(super) fn takes_all(&self) -> bool {
        self.stops.last().is_some_and(|stop| stop.kind == Kind::Administrator)
    }
}

impl Stop {
    fn named(kind: Kind, name: &str) -> Self {
        Self { kind, name: name.to_owned(), arn: None }
    }

    fn resource(kind: Kind, arn: &str) -> Self {
        Self { kind, name: resource_name(arn).to_owned(), arn: Some(arn.to_owned()) }
    }
}

fn everything() -> Stop {
    Stop::named(Kind::Administrator, "everything in the account")
}

/// Whether findings of a check tell ways.
pub(super) fn tells(check: &str) -> bool {
    check.starts_with("path-") || check.ends_with("-privilege-escalation")
}

/// The ways that a finding tells.
pub(super) fn routes(finding: &Finding) -> Vec<Route> {
    let lines = finding.evidence.iter().map(|one| one.0.as_str());
    if finding.check.starts_with("path-") {
        return path(finding, &lines.collect::<Vec<_>>());
    }
    let start = Route::from(Stop::resource(Kind::Identity, &finding.resource));
    let routes: Vec<_> = lines.filter_map(|line| escalation(&start, line, line)).collect();
    if !routes.is_empty() {
        return routes;
    }
    let told = finding.evidence.iter().map(|one| one.0.clone()).collect();
    vec![start.to("escalates", told, Stop::named(Kind::Gain, "more than it was given"))]
}

/// A line of evidence that names the finding which reports it: what it says, the check, and the resource.
fn reported(line: &str) -> Option<(&str, &str, &str)> {
    let (said, finding) = line.strip_suffix(']')?.rsplit_once(" [")?;
    let (check, arn) = finding.split_once(" of ").unwrap_or((finding, ""));
    Some((said, check, arn))
}

/// The role that a line ends with, when it says how something comes to it: `function:web runs as role/web`.
fn taken(line: &str) -> Option<&str> {
    line.rsplit(' ').next().filter(|last| last.starts_with("role/"))
}

fn path(finding: &Finding, lines: &[&str]) -> Vec<Route> {
    let is_pods = finding.check.starts_with("path-any-pod-");
    let start = match &*finding.check {
        check if check.starts_with("path-public-") => "the internet",
        _ if is_pods => "every pod of a cluster",
        "path-pod-create-node-role" => "who may make pods",
        _ => "who is named in the evidence",
    };
    let subject = if is_pods { Kind::Identity } else { Kind::Workload };
    let subject = Stop::resource(subject, &finding.resource);
    let (mut doors, mut ways, mut ends) = (Vec::new(), Vec::new(), Vec::new());
    for line in lines {
        match reported(line) {
            Some((said, "iam-role-administrator" | "iam-role-privilege-escalation", role)) => {
                ends.push((*line, said, role));
            }
            Some((_, "ecr-image-vulnerable-in-use", _)) => ends.push((*line, "", "")),
            Some(_) => doors.push((*line).to_owned()),
            None => match taken(line) {
                Some(role) => ways.push((*line, role)),
                None => doors.push((*line).to_owned()),
            },
        }
    }
    let mut seen = BTreeSet::new();
    doors.retain(|door| seen.insert(door.clone()));
    let reached = Route::from(Stop::named(Kind::Start, start)).to("reaches", doors, subject.clone());
    let mut routes = Vec::new();
    for (line, said, role) in ends {
        if role.is_empty() {
            let known = Stop::named(Kind::Gain, "a known critical flaw");
            routes.push(reached.clone().to("runs", vec![line.to_owned()], known));
            continue;
        }
        let mut way = reached.clone();
        if role != finding.resource {
            let name = resource_name(role);
            let how: Vec<_> =
                ways.iter().filter(|(_, taken)| *taken == name).map(|(line, _)| (*line).to_owned()).collect();
            way = way.to("runs as", how, Stop::resource(Kind::Identity, role));
        }
        let told = escalation(&way, said, line);
        routes.push(told.unwrap_or_else(|| way.to("is one", vec![line.to_owned()], everything())));
    }
    if routes.is_empty() {
        let rest = ways.into_iter().map(|(line, _)| line.to_owned()).collect();
        routes.push(reached.to("leads on", rest, Stop::named(Kind::Gain, "what the evidence tells")));
    }
    routes
}

/// The way on that a path of escalation is, over one step or several; none when this is not how one begins.
fn escalation(way: &Route, said: &str, line: &str) -> Option<Route> {
    if let Some(hop) = Step::of(said) {
        return Some(hop.append(way.clone(), line));
    }
    let (steps, rest) = said.strip_prefix("in ")?.split_once(" steps to ")?;
    let steps: usize = steps.parse().ok()?;
    let (head, hops) = rest.split_once(": ")?;
    let (target, gain) = head.split_once(", ")?;
    if target.contains(' ') {
        return None;
    }
    // A name may hold what stands between two steps: the way is taken apart only when as many steps come of it.
    let told: Vec<_> = hops.split("; then ").collect();
    let hops: Vec<_> = told.iter().filter_map(|hop| Step::of(hop)).collect();
    let fits = hops.len() == steps && told.len() == steps && hops.last().is_some_and(|last| last.target == target);
    if fits {
        return Some(hops.into_iter().zip(told).fold(way.clone(), |way, (hop, told)| hop.append(way, told)));
    }
    let label = format!("{steps} steps");
    Some(
        Step { label: &label, target, is_administrator: gain.starts_with("an administrator") }
            .append(way.clone(), line),
    )
}

/// A step of an escalation: `lambda-001 to role/deploy through function:x, an administrator: …`.
struct Step<'t> {
    label: &'t str,
    target: &'t str,
    is_administrator: bool,
}

impl<'t> Step<'t> {
    fn of(said: &'t str) -> Option<Self> {
        let (label, rest) = said.split_once(" to ")?;
        let is_id = label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if label.is_empty() || !is_id {
            return None;
        }
        let (target, gain) = rest.split_once(", ")?;
        let target = target.split_once(" through ").map_or(target, |(target, _)| target);
        let fits = !target.is_empty() && !target.contains(' ');
        fits.then(|| Self { label, target, is_administrator: gain.starts_with("an administrator:") })
    }

    fn append(&self, way: Route, told: &str) -> Route {
        let itself = way.stops.last().is_some_and(|last| last.name == self.target);
        let told = vec![told.to_owned()];
        match (itself, self.is_administrator) {
            (true, true) => way.to(self.label, told, everything()),
            (true, false) => way.to(self.label, told, Stop::named(Kind::Gain, "more rights for itself")),
            (false, true) => {
                let is_one = format!("{} is an administrator", self.target);
                way.to(self.label, told, Stop::named(Kind::Identity, self.target)).to(
                    "is one",
                    vec![is_one],
                    everything(),
                )
            }
            (false, false) => way.to(self.label, told, Stop::named(Kind::Identity, self.target)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(route: &Route) -> Vec<&str> {
        route.stops.iter().map(|stop| stop.name.as_str()).collect()
    }

    fn start() -> Route {
        Route::from(Stop::resource(Kind::Identity, "arn:aws:iam::111122223333:role/ci"))
    }

    fn one(said: &str) -> Route {
        escalation(&start(), said, said).unwrap()
    }

    #[test]
    fn a_path_leads_to_its_target_and_on_to_everything() {
        let said = "lambda-001 to role/deploy through function:x, an administrator: iam:PassRole on a is allowed by b";
        assert_eq!(names(&one(said)), ["role/ci", "role/deploy", "everything in the account"]);
        let said = "iam-005 to role/ci, an administrator: iam:PutRolePolicy on a is allowed by b";
        assert_eq!(names(&one(said)), ["role/ci", "everything in the account"]);
        let said = "sts-001 to role/b, which has more by policy p, statement 0: sts:AssumeRole on b is allowed by c";
        assert_eq!(names(&one(said)), ["role/ci", "role/b"]);
    }

    #[test]
    fn steps_are_taken_apart_when_their_number_is_right() {
        let said = "in 2 steps to role/core, an administrator: sts-001 to role/b, to go on from: x; then lambda-001 to \
                    role/core, an administrator: y";
        assert_eq!(names(&one(said)), ["role/ci", "role/b", "role/core", "everything in the account"]);
    }

    #[test]
    fn a_name_cannot_add_a_step_or_turn_one() {
        let forged = "in 2 steps to role/core, an administrator: sts-001 to role/b, to go on from: StringEquals a [x; then \
                      sts-001 to role/forged, an administrator: z]; then lambda-001 to role/core, an administrator: y";
        assert_eq!(names(&one(forged)), ["role/ci", "role/core", "everything in the account"]);
        assert_eq!(escalation(&start(), "who is there to role/forged, an administrator: x", ""), None);
        assert_eq!(reported("a [iam-role-administrator of b] c"), None);
        assert_eq!(reported("a [x of y] [check of arn:b]"), Some(("a [x of y]", "check", "arn:b")));
    }
}

//! Every operation × every member × every way in which an answer can be wrong: no verdict may become better by it, and
//! nothing may vanish without a gap.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use palisade_checks::audit::{Notice, Report, Status};
use palisade_model::{Action, Gap};
use palisade_simulator::{Faults, Rewrite};
use serde_json::Value;

use super::form::{self, Change, Form, Path};
use super::{STACK, collected, judged, run};
use crate::aws::answer::{Lack, lack};

/// Answers of a run, by action; of each action a few that differ in length.
type Recorded = BTreeMap<String, Vec<Vec<u8>>>;

/// The same while it is recorded, by length.
type ByLength = BTreeMap<String, BTreeMap<usize, Vec<u8>>>;

/// How many answers of an action are looked at.
const MOST: usize = 12;

/// Collects from the simulated account, and keeps what it answered.
async fn recorded() -> (Report, Recorded) {
    let answers: Arc<Mutex<ByLength>> = Arc::default();
    let keep = Arc::clone(&answers);
    let rewrite = Rewrite::new(move |call, body| {
        if call.status != 200 {
            return None;
        }
        let mut answers = keep.lock().unwrap();
        let of_action = answers.entry(call.action.clone()).or_default();
        if of_action.len() < MOST {
            of_action.insert(body.len(), body.to_vec());
        }
        None
    });
    let report = judged(&collected(Faults { rewrite: Some(rewrite), ..Faults::default() }, HOUR).await);
    let answers = std::mem::take(&mut *answers.lock().unwrap());
    (report, answers.into_iter().map(|(action, bodies)| (action, bodies.into_values().collect())).collect())
}

const HOUR: Duration = Duration::from_hours(1);

/// Members of answers that stand in no list of what is always there, and what their absence says; a `*` at the end of a
/// path stands for everything below it.
const OPTIONAL: &str = include_str!("optional.txt");

fn is_optional(action: &str, path: &str) -> bool {
    let lines = OPTIONAL.lines().filter(|line| !line.starts_with('#'));
    let mut named = lines.filter_map(|line| line.split_once("  ").map_or(line, |(name, _)| name).split_once(' '));
    named.any(|(of, name)| of == action && name.strip_suffix('*').map_or(name == path, |start| path.starts_with(start)))
}

#[test]
fn an_answer_that_is_not_whole_is_not_believed() {
    run(each_operation);
}

async fn each_operation() {
    let (_, recorded) = recorded().await;
    let (mut tried, mut operations) = (0, BTreeSet::new());
    for (name, bodies) in &recorded {
        let Some(action) = Action::from_name(name).filter(|action| !action.is_kubernetes()) else { continue };
        operations.insert(action);
        for body in bodies {
            assert_eq!(lack(action, body), None, "{name} as the simulated account answers it");
            assert_eq!(lack(action, b""), Some(Lack::Broken), "{name}, empty");
            // A proxy that cuts an answer may set its length right.
            for end in [1, body.len() / 2, body.len() - 1] {
                assert_eq!(lack(action, &body[..end]), Some(Lack::Broken), "{name} cut after {end} bytes");
            }
            tried += 4 + members(action, body);
        }
    }
    assert!(operations.len() > 75, "{} operations", operations.len());
    println!("{} operations, {tried} answers that were not whole", operations.len());
}

/// Takes away, nulls, empties and mistypes each member that is always there.
fn members(action: Action, body: &[u8]) -> usize {
    let (form, answer) = form::read(body).unwrap();
    assert_eq!(lack(action, &form::write(&form, &answer)), None, "{action} written again");
    let mut tried = 0;
    for path in form::paths(&answer) {
        let broken = |change: Change| {
            let mut answer = answer.clone();
            assert!(change.apply(&mut answer, &path));
            lack(action, &form::write(&form, &answer)).is_some()
        };
        assert!(!broken(Change::Extra), "{action}: a member of next year beside {}", form::written(&path));
        if !broken(Change::Missing) {
            continue;
        }
        for change in [Change::Null, Change::WrongType, Change::Empty] {
            tried += 1;
            let name = form::written(&path);
            assert!(broken(change) || is_sound(&form, &answer, &path, change), "{action}: {name} {change:?}");
        }
    }
    tried
}

/// Whether a changed answer is one that AWS may give as well, or that the reading of its type refuses.
fn is_sound(form: &Form, answer: &Value, path: &Path, change: Change) -> bool {
    let values = form::values(answer, path);
    let is_xml = matches!(form, Form::Xml { .. });
    let is_list = values.iter().any(|value| value.is_array() || (is_xml && *value == ""));
    match change {
        // An element of XML without content is an empty list, or an object of which nothing is asked.
        Change::Null | Change::Empty if is_xml => true,
        Change::Empty => values.iter().all(|value| !value.is_array()),
        // That a number is no text is found where it is read.
        Change::WrongType => !is_list,
        Change::Missing | Change::Null | Change::UnknownValue | Change::Extra => false,
    }
}

/// Findings by check and resource.
pub(super) fn statuses(report: &Report) -> BTreeMap<(&'static str, String), Status> {
    let findings = report.findings.iter();
    findings.map(|finding| ((finding.check.id, finding.resource.to_string()), finding.status())).collect()
}

/// What one change made better; what vanished, as far as no gap of the call, and none that is new, tells of it.
pub(super) fn improved(before: &Report, after: &Report, action: &str) -> Vec<String> {
    let (was, is) = (statuses(before), statuses(after));
    // What was deleted meanwhile is named; that others are better off without it is true.
    if after.notices.iter().any(|notice| matches!(notice, Notice::Gone(_))) {
        return Vec::new();
    }
    let tells = |gap: &Gap| gap.action.name() == action || !before.gaps.contains(gap);
    let is_told = after.gaps.iter().any(tells);
    let mut improved = Vec::new();
    for (finding, status) in &was {
        let better = match (status, is.get(finding)) {
            (Status::Fail, Some(Status::Pass | Status::NotApplicable)) => true,
            (Status::Fail | Status::Unknown, None) => !is_told,
            _ => false,
        };
        if better {
            improved.push(format!("{} of {}: {status:?}, {:?}", finding.0, finding.1, is.get(finding)));
        }
    }
    improved
}

/// One change of one member of one operation's answers.
async fn changed(action: &str, path: Path, change: Change) -> Report {
    let of = action.to_owned();
    let rewrite = Rewrite::new(move |call, body| {
        if call.action != of || call.status != 200 {
            return None;
        }
        let (form, mut answer) = form::read(body)?;
        change.apply(&mut answer, &path).then(|| form::write(&form, &answer))
    });
    judged(&collected(Faults { rewrite: Some(rewrite), ..Faults::default() }, HOUR).await)
}

/// Every member that may be left out, taken away and given a value of next year: some thousand runs.
/// `PALISADE_ANSWERS=lambda:` tries the operations whose names begin so.
#[test]
#[ignore = "takes half an hour; docs/reliability.md tells what it found"]
fn no_wrong_answer_makes_a_verdict_better() {
    run(each_change);
}

async fn each_change() {
    let (before, recorded) = recorded().await;
    let changes = changes(&recorded);
    let (next, wrong) = (Mutex::new(changes.iter()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            let body = || {
                let runtime = tokio::runtime::Runtime::new().unwrap();
                while let Some((action, path, change)) = { next.lock().unwrap().next() } {
                    let after = runtime.block_on(changed(action, path.clone(), *change));
                    for line in improved(&before, &after, action) {
                        let line = format!("{action} {} {change:?}: {line}", form::written(path));
                        println!("{line}");
                        wrong.lock().unwrap().push(line);
                    }
                }
            };
            std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, body).unwrap();
        }
    });
    let wrong = wrong.into_inner().unwrap();
    println!("{} changed answers, {} verdicts that became better", changes.len(), wrong.len());
    assert!(wrong.is_empty());
}

/// What is tried: all members but those whose absence is found at once, and those whose absence says something.
fn changes(recorded: &Recorded) -> Vec<(String, Path, Change)> {
    let wanted = std::env::var("PALISADE_ANSWERS").unwrap_or_default();
    let mut changes = Vec::new();
    for (name, bodies) in recorded.iter().filter(|(action, _)| action.starts_with(&wanted)) {
        let action = Action::from_name(name);
        let answers: Vec<(Form, Value)> = bodies.iter().filter_map(|body| form::read(body)).collect();
        let paths: BTreeSet<Path> = answers.iter().flat_map(|(_, answer)| form::paths(answer)).collect();
        // What objects of a cluster may leave out is the cluster's own affair: here, that a list is whole.
        let deepest = if name.starts_with("k8s:") { 1 } else { usize::MAX };
        for path in paths.into_iter().filter(|path| path.len() <= deepest) {
            let is_found = |change: Change| {
                let found = |(form, answer): &(Form, Value)| {
                    let mut answer = answer.clone();
                    change.apply(&mut answer, &path)
                        && action.is_some_and(|action| lack(action, &form::write(form, &answer)).is_some())
                };
                answers.iter().any(found)
            };
            let is_text = answers.iter().flat_map(|(_, answer)| form::values(answer, &path)).all(Value::is_string);
            let written = form::written(&path);
            if !is_found(Change::Missing) && !is_optional(name, &written) {
                changes.push((name.clone(), path.clone(), Change::Missing));
            }
            if is_text && is_word(&answers, &path) {
                changes.push((name.clone(), path, Change::UnknownValue));
            }
        }
    }
    changes
}

/// Whether a text is one of AWS's words, such as `ENABLED` or `PassThrough`, by how it is written.
fn is_word(answers: &[(Form, Value)], path: &Path) -> bool {
    let values = answers.iter().flat_map(|(_, answer)| form::values(answer, path));
    let mut texts = values.filter_map(Value::as_str).peekable();
    let is_word = |text: &str| {
        let letters = text.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
        let capitals = text.bytes().filter(u8::is_ascii_uppercase).count();
        letters && capitals > 0 && text.len() > 2
    };
    let last = path.last();
    let is_name = matches!(last, Some(form::Step::Member(name)) if name.to_lowercase().ends_with("name"));
    texts.peek().is_some() && texts.all(is_word) && !is_name
}

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};

use super::PLANTED;
use super::server::{Act, Heard};

/// Which protocol a fake speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Splunk,
    Elastic,
    Hub,
    Http,
}

/// What goes wrong with one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing goes wrong.
    None,
    Cut,
    TakenThenCut,
    HalfThenCut,
    Late,
    TakenThenLate,
    Crash,
    TakenThenCrash,
    Status(u16),
    RetryAfter(u16, u64),
    /// A page of something in between.
    Garbage,
    TooLarge,
    /// Every second item is not taken now.
    Busy,
    /// This answer.
    Says(u16, Value),
}

impl Fault {
    /// Whether the sink has something that it never said.
    pub(super) fn is_unsaid(&self) -> bool {
        matches!(self, Self::TakenThenCut | Self::HalfThenCut | Self::TakenThenLate | Self::TakenThenCrash)
    }
}

/// Whether and when events are acknowledged: after so many questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Acks {
    Off,
    After(usize),
    Never,
}

pub(super) struct State {
    kind: Kind,
    pub(super) faults: VecDeque<Fault>,
    /// What was taken, as often as it was.
    pub(super) taken: Vec<String>,
    /// What is kept by id.
    pub(super) kept: BTreeMap<String, Value>,
    /// What is never taken.
    pub(super) refused: BTreeSet<String>,
    pub(super) acks: Acks,
    pub(super) questions: usize,
    /// The path of each request, with the ids that it held.
    pub(super) requests: Vec<(String, Vec<String>)>,
    pub(super) bodies: Vec<String>,
}

/// A sink that keeps what it takes.
#[derive(Clone)]
pub(super) struct Fake(Arc<Mutex<State>>);

impl Fake {
    pub(super) fn of(kind: Kind) -> Self {
        Self(Arc::new(Mutex::new(State {
            kind,
            faults: VecDeque::new(),
            taken: Vec::new(),
            kept: BTreeMap::new(),
            refused: BTreeSet::new(),
            acks: Acks::Off,
            questions: 0,
            requests: Vec::new(),
            bodies: Vec::new(),
        })))
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub(super) fn fails(&self, faults: &[Fault]) {
        self.state().faults = faults.to_vec().into();
    }

    /// What the sink holds: once by id where it tells repeats, and as often as it came elsewhere.
    pub(super) fn held(&self) -> Vec<String> {
        let state = self.state();
        let mut held = match state.kind {
            Kind::Elastic | Kind::Hub => state.kept.keys().cloned().collect(),
            Kind::Splunk | Kind::Http => state.taken.clone(),
        };
        held.sort();
        held
    }

    pub(super) fn act(&self, heard: &Heard) -> Act {
        self.state().act(heard)
    }
}

impl State {
    fn act(&mut self, heard: &Heard) -> Act {
        if self.kind != Kind::Hub {
            let login = heard.headers["authorization"].to_str().unwrap();
            let expected = match self.kind {
                Kind::Splunk => format!("Splunk {PLANTED}"),
                Kind::Elastic => format!("ApiKey {PLANTED}"),
                Kind::Http | Kind::Hub => PLANTED.to_owned(),
            };
            assert_eq!(login, expected);
        }
        if heard.path.contains("/collector/ack?channel=") {
            return self.acknowledge(heard);
        }
        let items = self.items(heard);
        let ids = items.iter().map(|(id, _)| id.clone()).collect();
        self.requests.push((heard.path.clone(), ids));
        self.bodies.push(heard.body.clone());
        let half = items.len() / 2;
        match self.faults.pop_front() {
            None | Some(Fault::None) => self.behave(&items),
            Some(Fault::Cut) => Act::Cut,
            Some(Fault::Late) => Act::Late,
            Some(Fault::Crash) => Act::Crash,
            Some(Fault::TakenThenCut) => self.take(&items, Act::Cut),
            Some(Fault::HalfThenCut) => self.take(&items[..half], Act::Cut),
            Some(Fault::TakenThenLate) => self.take(&items, Act::Late),
            Some(Fault::TakenThenCrash) => self.take(&items, Act::Crash),
            Some(Fault::Status(status)) => Act::Answer(status, vec![], format!("failed {PLANTED}")),
            Some(Fault::RetryAfter(status, seconds)) => {
                Act::Answer(status, vec![("retry-after", seconds.to_string())], String::new())
            }
            // Whatever says 200 has taken it, where nothing else is agreed upon.
            Some(Fault::Garbage) if self.kind == Kind::Http => Act::Answer(502, vec![], String::new()),
            Some(Fault::Garbage) => Act::Answer(200, vec![], "<html>Sign in".to_owned()),
            Some(Fault::TooLarge) => Act::Answer(413, vec![], String::new()),
            Some(Fault::Busy) => self.busy(&items),
            Some(Fault::Says(status, body)) => Act::Answer(status, vec![], body.to_string()),
        }
    }

    fn take(&mut self, items: &[(String, Value)], act: Act) -> Act {
        for (id, value) in items {
            self.taken.push(id.clone());
            match self.kind {
                // What is there is not created.
                Kind::Elastic => drop(self.kept.entry(id.clone()).or_insert_with(|| value.clone())),
                Kind::Hub => drop(self.kept.insert(id.clone(), value.clone())),
                Kind::Splunk | Kind::Http => {}
            }
        }
        act
    }

    fn behave(&mut self, items: &[(String, Value)]) -> Act {
        let bad = items.iter().position(|(id, _)| self.refused.contains(id));
        let good: Vec<_> = items.iter().filter(|(id, _)| !self.refused.contains(id)).cloned().collect();
        match (self.kind, bad) {
            (Kind::Splunk, Some(at)) => {
                let said = json!({ "text": "Invalid data format", "code": 6, "invalid-event-number": at });
                self.take(&items[..at], Act::Answer(400, vec![], said.to_string()))
            }
            (Kind::Splunk, None) => {
                let mut said = json!({ "text": "Success", "code": 0 });
                if self.acks != Acks::Off {
                    said["ackId"] = self.requests.len().into();
                }
                self.take(items, Act::Answer(200, vec![], said.to_string()))
            }
            (Kind::Http, Some(_)) => Act::Answer(400, vec![], format!("one is bad, {PLANTED}")),
            (Kind::Http, None) => self.take(items, Act::Answer(202, vec![], String::new())),
            (Kind::Elastic, _) => {
                let done: Vec<_> = items.iter().map(|(id, _)| self.created(id)).collect();
                self.take(&good, bulk(&done))
            }
            (Kind::Hub, _) => {
                let failed = items.iter().filter(|(id, _)| self.refused.contains(id));
                let failed: Vec<_> = failed.map(|(id, _)| failure(id, "InvalidInput")).collect();
                self.take(&good, imported(items.len(), &failed))
            }
        }
    }

    fn created(&self, id: &str) -> Value {
        let reason = format!("failed to parse field [x] of type [long] in document with id '{id}'");
        let done = if self.refused.contains(id) {
            json!({ "_id": id, "status": 400, "error": { "type": "mapper_parsing_exception", "reason": reason } })
        } else if self.kept.contains_key(id) {
            json!({ "_id": id, "status": 409, "error": { "type": "version_conflict_engine_exception" } })
        } else {
            json!({ "_id": id, "status": 201 })
        };
        json!({ "create": done })
    }

    /// Every second item is taken, where the protocol can say so.
    fn busy(&mut self, items: &[(String, Value)]) -> Act {
        let is_taken = |number: usize| number.is_multiple_of(2);
        let numbered = || items.iter().enumerate();
        let taken: Vec<_> = numbered().filter(|(number, _)| is_taken(*number)).map(|(_, item)| item.clone()).collect();
        match self.kind {
            Kind::Splunk => Act::Answer(503, vec![], json!({ "text": "Server is busy", "code": 9 }).to_string()),
            Kind::Http => Act::Answer(503, vec![], String::new()),
            Kind::Elastic => {
                let rejected = |id: &str| json!({ "create": { "_id": id, "status": 429, "error": { "type": "es_rejected_execution_exception" } } });
                let done = |(number, (id, _)): (usize, &(String, Value))| {
                    if is_taken(number) { self.created(id) } else { rejected(id) }
                };
                let done: Vec<_> = numbered().map(done).collect();
                self.take(&taken, bulk(&done))
            }
            Kind::Hub => {
                let left = numbered().filter(|(number, _)| !is_taken(*number));
                let failed: Vec<_> = left.map(|(_, (id, _))| failure(id, "InternalException")).collect();
                self.take(&taken, imported(items.len(), &failed))
            }
        }
    }

    fn acknowledge(&mut self, heard: &Heard) -> Act {
        self.questions += 1;
        let question: Value = serde_json::from_str(&heard.body).unwrap();
        let channel = heard.headers["x-splunk-request-channel"].to_str().unwrap();
        assert!(heard.path.ends_with(channel));
        let is_indexed = matches!(self.acks, Acks::After(count) if self.questions >= count);
        let acks: BTreeMap<_, _> =
            question["acks"].as_array().unwrap().iter().map(|id| (id.to_string(), is_indexed)).collect();
        Act::Answer(200, vec![], json!({ "acks": acks }).to_string())
    }

    /// The items of a request, by id.
    fn items(&self, heard: &Heard) -> Vec<(String, Value)> {
        let lines = || heard.body.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        match self.kind {
            Kind::Splunk => {
                assert_eq!(heard.path, "/services/collector/event");
                let envelopes = serde_json::Deserializer::from_str(&heard.body).into_iter::<Value>();
                envelopes.map(|one| one.unwrap()).map(|one| (text(&one["fields"]["palisade_id"]), one)).collect()
            }
            Kind::Elastic => {
                assert_eq!(heard.path, "/logs-palisade.findings-default/_bulk");
                assert!(heard.body.ends_with('\n') && heard.headers["content-type"] == "application/x-ndjson");
                let lines: Vec<_> = lines().collect();
                lines.chunks(2).map(|pair| (text(&pair[0]["create"]["_id"]), pair[1].clone())).collect()
            }
            Kind::Hub => {
                let body: Value = serde_json::from_str(&heard.body).unwrap();
                let findings = body["Findings"].as_array().unwrap().clone();
                assert!((1..=100).contains(&findings.len()) && heard.body.len() <= 6_000_000);
                let region = heard.path.split('/').nth(1).unwrap();
                assert!(findings.iter().all(|one| text(&one["ProductArn"]).contains(&format!(":{region}:"))));
                findings.into_iter().map(|one| (text(&one["Id"]), one)).collect()
            }
            Kind::Http => {
                let id = |one: &Value| format!("{}-{}", text(&one["finding_info"]["uid"]), one["time"]);
                lines().map(|one| (id(&one), one)).collect()
            }
        }
    }
}

fn bulk(items: &[Value]) -> Act {
    let errors = items.iter().any(|one| one["create"]["error"].is_object());
    Act::Answer(200, vec![], json!({ "took": 1, "errors": errors, "items": items }).to_string())
}

fn imported(count: usize, failed: &[Value]) -> Act {
    let said = json!({ "FailedCount": failed.len(), "SuccessCount": count - failed.len(), "FailedFindings": failed });
    Act::Answer(200, vec![], said.to_string())
}

fn failure(id: &str, code: &str) -> Value {
    json!({ "Id": id, "ErrorCode": code, "ErrorMessage": format!("{id} was not taken") })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value}")).to_owned()
}

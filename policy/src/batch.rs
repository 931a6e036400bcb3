//! Requests without any account: one JSON object in, one JSON object out.
//!
//! A request is `{"id", "principal", "action", "resource", "resource_account", "context",
//! "context_complete", "identity", "boundary", "session", "scp", "rcp", "resource_policy"}`; all but
//! principal, action and resource may be left out. A context key that is not given, or is `null`,
//! is absent; with `"context_complete": false` one that is not given is unknown.
//!
//! The answer is `{"id", "decision", "by", "conditions"}`, or `{"id", "error"}` for a line that
//! cannot be understood.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::Value;

use crate::caller::{Caller, CallerKind};
use crate::catalogue::Catalogue;
use crate::document::{Document, Effect};
use crate::evaluate::{Attached, Decision, Identity, MatchedStatement, Policies, Request, Residual, evaluate};
use crate::json::Json;
use crate::request_context::RequestContext;

/// Answers one request. Never fails: what is wrong with a line is its answer.
///
/// ```
/// let line = r#"{"id": 1, "principal": "arn:aws:iam::111122223333:role/build", "action": "s3:GetObject",
///     "resource": "arn:aws:s3:::logs/a", "identity": [{"Statement": {"Effect": "Allow", "Action": "s3:*",
///     "Resource": "*"}}]}"#;
/// let answer = palisade_policy::batch::answer(line);
/// assert!(answer.starts_with(r#"{"id":1,"decision":"allowed","#));
/// ```
pub fn answer(line: &str) -> String {
    let members = match serde_json::from_str::<Json>(line) {
        Ok(Json::Object(members)) => members,
        Ok(Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::Array(_)) => {
            return written(&Answer::error(&Json::Null, "expected an object".to_owned()));
        }
        Err(error) => return written(&Answer::error(&Json::Null, format!("not JSON: {error}"))),
    };
    let id = members.iter().find(|(name, _)| name == "id").map_or(&Json::Null, |(_, id)| id).clone();
    match Line::read(members) {
        Ok(line) => written(&line.answer(&id)),
        Err(problem) => written(&Answer::error(&id, problem)),
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Answer<'a> {
    Decided { id: Value, decision: &'static str, by: Vec<Deciding<'a>>, conditions: Vec<Left<'a>> },
    Failed { id: Value, error: String },
}

/// A statement that decides.
#[derive(Serialize)]
struct Deciding<'a> {
    policy: &'a str,
    #[serde(rename = "statement")]
    index: usize,
    sid: Option<&'a str>,
    effect: &'static str,
}

/// A condition left open.
#[derive(Serialize)]
struct Left<'a> {
    #[serde(flatten)]
    by: Option<Deciding<'a>>,
    operator: &'a str,
    key: &'a str,
    values: Vec<Cow<'a, str>>,
}

impl Answer<'_> {
    fn error(id: &Json, error: String) -> Self {
        Answer::Failed { id: id.to_value(), error }
    }
}

fn written(answer: &Answer<'_>) -> String {
    // Strings, numbers and lists of them can always be written.
    serde_json::to_string(answer).unwrap_or_default()
}

/// A named document.
type Named = (String, Document);

/// A context key with its values; `None` when it is given as `null`.
type Entry = (String, Option<Vec<String>>);

/// One request with all it brings along.
#[derive(Default)]
struct Line {
    caller: Option<Caller>,
    action: Option<String>,
    resource: Option<String>,
    resource_account: Option<String>,
    context: Vec<Entry>,
    context_open: bool,
    identity: Vec<Named>,
    boundary: Vec<Named>,
    session: Vec<Named>,
    scp: Vec<Vec<Named>>,
    rcp: Vec<Vec<Named>>,
    resource_policy: Vec<Named>,
}

impl Line {
    fn read(members: Vec<(String, Json)>) -> Result<Line, String> {
        let mut line = Line::default();
        let mut seen = std::collections::HashSet::new();
        for (name, value) in members {
            line.set(&name, value)?;
            if !seen.insert(name.clone()) {
                return Err(format!("{name}: the key stands twice"));
            }
        }
        Ok(line)
    }

    fn set(&mut self, name: &str, value: Json) -> Result<(), String> {
        match name {
            "id" => {}
            // A field that is `null` is as good as left out.
            _ if value == Json::Null => {}
            "principal" => self.caller = Some(Caller::parse(&text(name, value)?).map_err(|error| error.to_string())?),
            "action" => self.action = Some(action(text(name, value)?)?),
            "resource" => self.resource = Some(text(name, value)?),
            "resource_account" => self.resource_account = Some(text(name, value)?),
            "context" => self.context = context(value)?,
            "context_complete" => self.context_open = !boolean(name, &value)?,
            "identity" => self.identity = documents(name, value)?,
            "boundary" => self.boundary = documents(name, value)?,
            "session" => self.session = documents(name, value)?,
            "scp" => self.scp = levels(name, value)?,
            "rcp" => self.rcp = levels(name, value)?,
            "resource_policy" => self.resource_policy = vec![(name.to_owned(), document(name, value)?)],
            _ => return Err(format!("{name}: not a field of a request")),
        }
        Ok(())
    }

    fn answer(&self, id: &Json) -> Answer<'_> {
        let (Some(caller), Some(action), Some(resource)) = (&self.caller, &self.action, &self.resource) else {
            return Answer::error(id, "principal, action and resource are required".to_owned());
        };
        // An action that is about no resource is asked for `*`, whatever the line says.
        let is_about_none = Catalogue::get().needs_every_resource(action) == Some(true);
        let resource = if is_about_none { "*" } else { resource };
        let context = self.context(caller);
        let resource_account = self.resource_account.as_deref();
        let request = Request { caller, action, resource, resource_account, context: &context };
        let (decision, by, conditions) = match evaluate(&request, &self.policies()) {
            Decision::DeniedExplicitly { by } => ("denied_explicit", by, Vec::new()),
            Decision::DeniedImplicitly { .. } => ("denied_implicit", Vec::new(), Vec::new()),
            Decision::Allowed { by } => ("allowed", by, Vec::new()),
            Decision::AllowedIf { by, conditions } => ("allowed_if", by, conditions),
        };
        Answer::Decided {
            id: id.to_value(),
            decision,
            by: by.into_iter().map(Deciding::from).collect(),
            conditions: conditions.into_iter().map(Left::from).collect(),
        }
    }

    fn context(&self, caller: &Caller) -> RequestContext {
        let start = match (self.context_open, caller.kind()) {
            // What is not given is unknown, but for the name of the session, which its ARN tells.
            (true, CallerKind::Session { session, .. }) => {
                RequestContext::partial().like("aws:userid", format!("*:{session}"))
            }
            (true, _) => RequestContext::partial(),
            (false, _) => RequestContext::complete(),
        };
        self.context.iter().fold(start, |context, (key, values)| match values {
            Some(values) => context.known(key, values.iter().map(String::as_str)),
            None => context.absent(key),
        })
    }

    fn policies(&self) -> Policies<'_> {
        let some = |named: &'_ [Named]| (!named.is_empty()).then_some(());
        Policies {
            identity: Identity::Known(attached(&self.identity)),
            boundary: some(&self.boundary).map(|()| attached(&self.boundary)),
            session: some(&self.session).map(|()| attached(&self.session)),
            service_control: self.scp.iter().map(|level| attached(level)).collect(),
            resource_control: self.rcp.iter().flat_map(|level| attached(level)).collect(),
            resource: attached(&self.resource_policy),
            endpoint: None,
        }
    }
}

fn attached(named: &[Named]) -> Vec<Attached<'_>> {
    named.iter().map(|(name, document)| Attached { name, document }).collect()
}

fn text(name: &str, value: Json) -> Result<String, String> {
    match value {
        Json::Text(text) => Ok(text),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => {
            Err(format!("{name}: expected a string"))
        }
    }
}

fn action(text: String) -> Result<String, String> {
    if text.contains(':') { Ok(text) } else { Err("action: expected service:Action".to_owned()) }
}

fn boolean(name: &str, value: &Json) -> Result<bool, String> {
    match value {
        Json::Bool(value) => Ok(*value),
        Json::Null | Json::Text(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => {
            Err(format!("{name}: expected true or false"))
        }
    }
}

fn context(value: Json) -> Result<Vec<Entry>, String> {
    let Json::Object(members) = value else { return Err("context: expected an object".to_owned()) };
    let read = |(key, value): (String, Json)| {
        let values = match value {
            Json::Null => None,
            Json::Array(items) => Some(items.into_iter().map(|item| scalar(&key, item)).collect::<Result<_, _>>()?),
            single @ (Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::Object(_)) => {
                Some(vec![scalar(&key, single)?])
            }
        };
        Ok((key, values))
    };
    members.into_iter().map(read).collect()
}

fn scalar(key: &str, value: Json) -> Result<String, String> {
    match value {
        Json::Text(text) | Json::Number(text) => Ok(text),
        Json::Bool(value) => Ok(value.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => {
            Err(format!("context.{key}: expected strings, numbers or booleans"))
        }
    }
}

fn document(name: &str, value: Json) -> Result<Document, String> {
    let read = match value {
        Json::Text(text) => Document::parse_percent_encoded(&text),
        other @ (Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_)) => {
            Document::from_json(other)
        }
    };
    read.map_err(|error| format!("{name}: {error}"))
}

fn documents(name: &str, value: Json) -> Result<Vec<Named>, String> {
    let items = match value {
        Json::Array(items) => items,
        single @ (Json::Object(_) | Json::Text(_)) => vec![single],
        Json::Null | Json::Bool(_) | Json::Number(_) => {
            return Err(format!("{name}: expected an array of documents"));
        }
    };
    let named = |(index, item)| {
        let name = format!("{name}[{index}]");
        document(&name, item).map(|document| (name, document))
    };
    (0..).zip(items).map(named).collect()
}

fn levels(name: &str, value: Json) -> Result<Vec<Vec<Named>>, String> {
    let Json::Array(items) = value else { return Err(format!("{name}: expected an array of arrays of documents")) };
    (0..).zip(items).map(|(index, item): (usize, Json)| documents(&format!("{name}[{index}]"), item)).collect()
}

fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Allow => "Allow",
        Effect::Deny => "Deny",
    }
}

impl<'a> From<MatchedStatement<'a>> for Deciding<'a> {
    fn from(reason: MatchedStatement<'a>) -> Self {
        Deciding {
            policy: reason.policy,
            index: reason.index,
            sid: reason.statement.sid.as_deref(),
            effect: effect(reason.statement.effect),
        }
    }
}

impl<'a> From<Residual<'a>> for Left<'a> {
    fn from(residual: Residual<'a>) -> Self {
        let open = &residual.open;
        Left { by: residual.by.map(Deciding::from), operator: open.operator(), key: open.key(), values: open.values() }
    }
}

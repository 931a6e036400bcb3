//! From JSON to a document, naming the place of whatever is wrong.

use serde::de::{Deserialize, Deserializer, Error};

use super::percent;
use super::{ActionElement, Document, Effect, PrincipalElement, Principals, ResourceElement, Statement};
use crate::condition::{Condition, Operator};
use crate::error::{ParseError, Place, Problem};
use crate::json::Json;
use crate::pattern::{ActionPattern, ResourcePattern};
use crate::principal::{Principal, PrincipalKind};
use crate::version::Version;

impl Document {
    /// Reads a document from JSON text.
    ///
    /// Fails, naming the place, on text that is not JSON or not a policy: an element unknown,
    /// missing or of the wrong type, a key written twice, two elements that exclude each other.
    pub fn parse(text: &str) -> Result<Document, ParseError> {
        let json: Json =
            serde_json::from_str(text).map_err(|error| Place::ROOT.error(Problem::NotJson(error.to_string())))?;
        document(json)
    }

    pub(crate) fn from_json(json: Json) -> Result<Document, ParseError> {
        document(json)
    }

    /// Reads a document as the IAM APIs return it, percent-encoded after RFC 3986; a `+` stays a
    /// `+`. An encoded document begins with `%7B`, so text that begins with `{` is read as it is.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html>
    pub fn parse_percent_encoded(text: &str) -> Result<Document, ParseError> {
        if text.trim_start().starts_with('{') {
            return Document::parse(text);
        }
        let decoded = String::from_utf8(percent::decoded(text)).map_err(|_| Place::ROOT.error(Problem::NotText))?;
        Document::parse(&decoded)
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        document(Json::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// The members of an object, taken one after the other; whatever is left is unknown.
struct Members<'a> {
    place: &'a Place<'a>,
    entries: Vec<(String, Json)>,
}

impl<'a> Members<'a> {
    fn new(json: Json, place: &'a Place<'a>) -> Result<Self, ParseError> {
        Ok(Members { place, entries: object(json, place)? })
    }

    fn take(&mut self, name: &str) -> Option<Json> {
        let position = self.entries.iter().position(|(key, _)| key == name)?;
        Some(self.entries.remove(position).1)
    }

    fn finish(self) -> Result<(), ParseError> {
        match self.entries.first() {
            None => Ok(()),
            Some((key, _)) => Err(self.place.key(key).error(Problem::UnknownElement)),
        }
    }
}

fn document(json: Json) -> Result<Document, ParseError> {
    let root = Place::ROOT;
    let mut members = Members::new(json, &root)?;
    let version = match members.take("Version") {
        None => Version::Absent,
        Some(json) => version(json, &root.key("Version"))?,
    };
    let id = members.take("Id").map(|json| text(json, &root.key("Id"))).transpose()?;
    let place = root.key("Statement");
    let statements = match members.take("Statement") {
        None => return Err(root.error(Problem::Missing("Statement"))),
        Some(Json::Array(items)) => {
            (0..).zip(items).map(|(index, item)| statement(item, &place.index(index))).collect::<Result<_, _>>()?
        }
        Some(single) => vec![statement(single, &place)?],
    };
    members.finish()?;
    Ok(Document { version, id, statements })
}

fn version(json: Json, place: &Place<'_>) -> Result<Version, ParseError> {
    match text(json, place)?.as_str() {
        "2012-10-17" => Ok(Version::V2012),
        "2008-10-17" => Ok(Version::V2008),
        _ => Err(place.error(Problem::Expected("2012-10-17 or 2008-10-17"))),
    }
}

fn statement(json: Json, place: &Place<'_>) -> Result<Statement, ParseError> {
    let mut members = Members::new(json, place)?;
    let sid = members.take("Sid").map(|json| text(json, &place.key("Sid"))).transpose()?;
    let effect = match members.take("Effect") {
        None => return Err(place.error(Problem::Missing("Effect"))),
        Some(json) => effect(json, &place.key("Effect"))?,
    };
    let principal = principal_element(&mut members)?;
    let action = action_element(&mut members)?;
    let resource = resource_element(&mut members)?;
    let conditions = match members.take("Condition") {
        None => Vec::new(),
        Some(json) => conditions(json, &place.key("Condition"))?,
    };
    members.finish()?;
    Ok(Statement { sid, effect, principal, action, resource, conditions })
}

fn effect(json: Json, place: &Place<'_>) -> Result<Effect, ParseError> {
    match text(json, place)?.as_str() {
        "Allow" => Ok(Effect::Allow),
        "Deny" => Ok(Effect::Deny),
        _ => Err(place.error(Problem::Expected("Allow or Deny"))),
    }
}

fn principal_element(members: &mut Members<'_>) -> Result<PrincipalElement, ParseError> {
    let place = members.place;
    match (members.take("Principal"), members.take("NotPrincipal")) {
        (None, None) => Ok(PrincipalElement::None),
        (Some(json), None) => principals(json, &place.key("Principal")).map(PrincipalElement::Principal),
        (None, Some(json)) => principals(json, &place.key("NotPrincipal")).map(PrincipalElement::NotPrincipal),
        (Some(_), Some(_)) => Err(place.error(Problem::Exclusive("Principal", "NotPrincipal"))),
    }
}

fn principals(json: Json, place: &Place<'_>) -> Result<Principals, ParseError> {
    let wanted = Problem::Expected("\"*\" or an object");
    let entries = match json {
        Json::Text(text) if text == "*" => return Ok(Principals::Everyone),
        Json::Object(entries) => unique(entries, place)?,
        Json::Text(_) | Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) => {
            return Err(place.error(wanted));
        }
    };
    let mut listed = Vec::new();
    for (key, value) in entries {
        let place = place.key(&key);
        let Some(kind) = PrincipalKind::from_key(&key) else {
            return Err(place.error(Problem::UnknownElement));
        };
        let texts = texts(value, &place)?;
        listed.extend(texts.into_iter().map(|text| Principal::new(kind, text)));
    }
    Ok(Principals::Listed(listed))
}

fn action_element(members: &mut Members<'_>) -> Result<ActionElement, ParseError> {
    let place = members.place;
    let patterns = |json, place: Place<'_>| -> Result<Vec<ActionPattern>, ParseError> {
        Ok(texts(json, &place)?.into_iter().map(ActionPattern::new).collect())
    };
    match (members.take("Action"), members.take("NotAction")) {
        (Some(json), None) => patterns(json, place.key("Action")).map(ActionElement::Action),
        (None, Some(json)) => patterns(json, place.key("NotAction")).map(ActionElement::NotAction),
        (Some(_), Some(_)) => Err(place.error(Problem::Exclusive("Action", "NotAction"))),
        (None, None) => Err(place.error(Problem::Missing("Action or NotAction"))),
    }
}

fn resource_element(members: &mut Members<'_>) -> Result<ResourceElement, ParseError> {
    let place = members.place;
    let patterns = |json, place: Place<'_>| -> Result<Vec<ResourcePattern>, ParseError> {
        Ok(texts(json, &place)?.into_iter().map(ResourcePattern::new).collect())
    };
    match (members.take("Resource"), members.take("NotResource")) {
        (None, None) => Ok(ResourceElement::None),
        (Some(json), None) => patterns(json, place.key("Resource")).map(ResourceElement::Resource),
        (None, Some(json)) => patterns(json, place.key("NotResource")).map(ResourceElement::NotResource),
        (Some(_), Some(_)) => Err(place.error(Problem::Exclusive("Resource", "NotResource"))),
    }
}

fn conditions(json: Json, place: &Place<'_>) -> Result<Vec<Condition>, ParseError> {
    let mut conditions = Vec::new();
    for (operator_name, block) in object(json, place)? {
        let place = place.key(&operator_name);
        let operator = Operator::new(operator_name.clone());
        for (key, json) in object(block, &place)? {
            let values = scalars(json, &place.key(&key))?;
            conditions.push(Condition::new(operator.clone(), key, values));
        }
    }
    Ok(conditions)
}

fn object(json: Json, place: &Place<'_>) -> Result<Vec<(String, Json)>, ParseError> {
    match json {
        Json::Object(entries) => unique(entries, place),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::Array(_) => {
            Err(place.error(Problem::Expected("an object")))
        }
    }
}

/// Keys equal but for case are two keys: in a condition both apply.
fn unique(entries: Vec<(String, Json)>, place: &Place<'_>) -> Result<Vec<(String, Json)>, ParseError> {
    let mut seen = std::collections::HashSet::with_capacity(entries.len());
    match entries.iter().find(|(key, _)| !seen.insert(key.as_str())) {
        None => Ok(entries),
        Some((key, _)) => Err(place.key(key).error(Problem::DuplicateKey)),
    }
}

fn text(json: Json, place: &Place<'_>) -> Result<String, ParseError> {
    match json {
        Json::Text(text) => Ok(text),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => {
            Err(place.error(Problem::Expected("a string")))
        }
    }
}

/// A string, or an array of strings.
fn texts(json: Json, place: &Place<'_>) -> Result<Vec<String>, ParseError> {
    one_or_many(json, place, text)
}

/// A string, number or boolean, or an array of them.
fn scalars(json: Json, place: &Place<'_>) -> Result<Vec<String>, ParseError> {
    one_or_many(json, place, |json, place| match json {
        Json::Text(text) | Json::Number(text) => Ok(text),
        Json::Bool(value) => Ok(value.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => {
            Err(place.error(Problem::Expected("a string, a number or a boolean")))
        }
    })
}

fn one_or_many(
    json: Json,
    place: &Place<'_>,
    read: impl Fn(Json, &Place<'_>) -> Result<String, ParseError>,
) -> Result<Vec<String>, ParseError> {
    match json {
        Json::Array(items) => (0..).zip(items).map(|(index, item)| read(item, &place.index(index))).collect(),
        single @ (Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::Object(_)) => {
            Ok(vec![read(single, place)?])
        }
    }
}

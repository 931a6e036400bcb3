//! JSON as Go's `encoding/json` reads it into structures, with which Docker, containerd, BuildKit, Podman and registries
//! read manifests and configurations: keys in any case, the last of several wins, and null where nothing is meant.
//!
//! Source: <https://pkg.go.dev/encoding/json#Unmarshal>

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::flaw::Flaw;

/// A value, with all members of objects in their order, also those of the same name.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    Null,
    Flag(bool),
    /// A number; none of one that is negative or no integer.
    Number(Option<u64>),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Parses a document. Bytes that are no UTF-8 are read as a replacement character, as Go reads them.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        serde_json::from_str(&String::from_utf8_lossy(bytes)).ok()
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Json;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a value")
            }

            fn visit_unit<E>(self) -> Result<Json, E> {
                Ok(Json::Null)
            }

            fn visit_bool<E>(self, flag: bool) -> Result<Json, E> {
                Ok(Json::Flag(flag))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
                Ok(Json::Number(Some(number)))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
                Ok(Json::Number(u64::try_from(number).ok()))
            }

            fn visit_f64<E>(self, _: f64) -> Result<Json, E> {
                Ok(Json::Number(None))
            }

            fn visit_str<E>(self, text: &str) -> Result<Json, E> {
                Ok(Json::Text(text.to_owned()))
            }

            fn visit_string<E>(self, text: String) -> Result<Json, E> {
                Ok(Json::Text(text))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(Json::List(list))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
                let mut object = Vec::new();
                while let Some(member) = members.next_entry()? {
                    object.push(member);
                }
                Ok(Json::Object(object))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// The members of an object, or of several of the same name that were read into one structure.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields<'j>(Vec<(&'j str, &'j Json)>);

impl<'j> Fields<'j> {
    /// Of a whole document, where null stands for an object without members.
    pub(super) fn of(json: &'j Json) -> Result<Self, Flaw> {
        let mut fields = Self::default();
        fields.add(json).then_some(fields).ok_or_else(|| Flaw::new("is no object"))
    }

    fn add(&mut self, json: &'j Json) -> bool {
        match json {
            Json::Object(members) => self.0.extend(members.iter().map(|(name, value)| (name.as_str(), value))),
            Json::Null => {}
            Json::Flag(_) | Json::Number(_) | Json::Text(_) | Json::List(_) => return false,
        }
        true
    }

    /// All values under a name, in any case.
    fn all(&self, name: &str) -> impl Iterator<Item = &'j Json> {
        self.0.iter().filter(move |(found, _)| is_same(found, name)).map(|(_, value)| *value)
    }

    /// Whether values under this name differ, so that a reader which heeds the case or takes the first reads another.
    pub(super) fn is_disputed(&self, name: &str) -> bool {
        let mut values = self.all(name);
        let first = values.next();
        values.any(|value| Some(value) != first)
    }

    /// Whether there is a value under a name that is not null.
    pub(super) fn has(&self, name: &str) -> bool {
        self.all(name).any(|value| *value != Json::Null)
    }

    /// A text; null leaves what was said before.
    pub(super) fn text(&self, name: &'static str) -> Result<Option<&'j str>, Flaw> {
        let mut last = None;
        for value in self.all(name) {
            match value {
                Json::Text(text) => last = Some(text.as_str()),
                Json::Null => {}
                Json::Flag(_) | Json::Number(_) | Json::List(_) | Json::Object(_) => return Err(odd(name)),
            }
        }
        Ok(last)
    }

    /// Whether a flag is set.
    pub(super) fn flag(&self, name: &'static str) -> Result<bool, Flaw> {
        let mut last = false;
        for value in self.all(name) {
            match value {
                Json::Flag(flag) => last = *flag,
                Json::Null => {}
                Json::Text(_) | Json::Number(_) | Json::List(_) | Json::Object(_) => return Err(odd(name)),
            }
        }
        Ok(last)
    }

    /// A number that is not negative.
    pub(super) fn number(&self, name: &'static str) -> Result<Option<u64>, Flaw> {
        let mut last = None;
        for value in self.all(name) {
            match value {
                Json::Number(Some(number)) => last = Some(*number),
                Json::Null => {}
                Json::Number(None) | Json::Flag(_) | Json::Text(_) | Json::List(_) | Json::Object(_) => {
                    return Err(odd(name));
                }
            }
        }
        Ok(last)
    }

    /// The members of the last list under a name; null makes it none.
    fn items(&self, name: &'static str) -> Result<&'j [Json], Flaw> {
        let mut last: &[Json] = &[];
        for value in self.all(name) {
            match value {
                Json::List(items) => last = items,
                Json::Null => last = &[],
                Json::Flag(_) | Json::Number(_) | Json::Text(_) | Json::Object(_) => return Err(odd(name)),
            }
        }
        Ok(last)
    }

    /// A list of texts, where null stands for an empty one.
    pub(super) fn texts(&self, name: &'static str) -> Result<Vec<&'j str>, Flaw> {
        self.items(name)?.iter().map(|item| plain(item).ok_or_else(|| odd(name))).collect()
    }

    /// A list of objects.
    pub(super) fn objects(&self, name: &'static str) -> Result<Vec<Self>, Flaw> {
        self.items(name)?.iter().map(|item| Self::of(item).map_err(|_| odd(name))).collect()
    }

    /// A map of texts: later ones add to those before, and null empties it.
    pub(super) fn map(&self, name: &'static str) -> Result<BTreeMap<&'j str, &'j str>, Flaw> {
        let mut map = BTreeMap::new();
        for value in self.all(name) {
            match value {
                Json::Object(members) => {
                    for (key, value) in members {
                        map.insert(key.as_str(), plain(value).ok_or_else(|| odd(name))?);
                    }
                }
                Json::Null => map.clear(),
                Json::Flag(_) | Json::Number(_) | Json::Text(_) | Json::List(_) => return Err(odd(name)),
            }
        }
        Ok(map)
    }

    /// The names in a map, whatever is under them.
    pub(super) fn names(&self, name: &'static str) -> Result<Vec<&'j str>, Flaw> {
        let mut names = Vec::new();
        for value in self.all(name) {
            match value {
                Json::Object(members) => names.extend(members.iter().map(|(key, _)| key.as_str())),
                Json::Null => names.clear(),
                Json::Flag(_) | Json::Number(_) | Json::Text(_) | Json::List(_) => return Err(odd(name)),
            }
        }
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// A structure: the members of all objects under a name together. Null after an object is refused, for readers differ
    /// in whether it takes back what was said.
    pub(super) fn within(&self, name: &'static str) -> Result<Option<Self>, Flaw> {
        let mut found: Option<Self> = None;
        for value in self.all(name) {
            if *value == Json::Null && found.is_some() {
                return Err(Flaw::new(format!("has {name} again, as null, which readers take in two ways")));
            }
            if *value != Json::Null && !found.get_or_insert_default().add(value) {
                return Err(odd(name));
            }
        }
        Ok(found)
    }
}

/// A text, or null in its place.
fn plain(json: &Json) -> Option<&str> {
    match json {
        Json::Text(text) => Some(text),
        Json::Null => Some(""),
        Json::Flag(_) | Json::Number(_) | Json::List(_) | Json::Object(_) => None,
    }
}

fn odd(name: &str) -> Flaw {
    Flaw::new(format!("has {name} of another type"))
}

/// Whether Go takes two names for the same: letters in either case, and the two signs beyond ASCII that fold to one.
fn is_same(left: &str, right: &str) -> bool {
    let folded = |letter: char| match letter {
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        other => other.to_ascii_lowercase(),
    };
    left.chars().map(folded).eq(right.chars().map(folded))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json {
        Json::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn the_last_of_several_keys_in_any_case_wins() {
        let document = json(r#"{"User": "10001", "user": "0", "USER": null, "users": "7", "uſer_": 1}"#);
        let fields = Fields::of(&document).unwrap();
        assert_eq!(fields.text("User").unwrap(), Some("0"));
        assert!(fields.is_disputed("User") && !fields.is_disputed("users"));
        assert!(is_same("uſer", "USER") && is_same("to\u{212a}en", "Token") && !is_same("users", "user"));
    }

    #[test]
    fn objects_of_one_name_are_read_into_one_structure() {
        let document = json(r#"{"config": {"User": "1", "Env": ["A=b"]}, "Config": {"user": "0"}, "x": [1]}"#);
        let config = Fields::of(&document).unwrap().within("config").unwrap().unwrap();
        assert_eq!((config.text("User").unwrap(), config.texts("Env").unwrap()), (Some("0"), vec!["A=b"]));
        let disputed = json(r#"{"config": {"User": "1"}, "config": null}"#);
        assert!(Fields::of(&disputed).unwrap().within("config").is_err());
    }

    #[test]
    fn null_means_nothing() {
        let document = json(r#"{"l": ["a", null], "m": {"a": null}, "n": null, "t": null}"#);
        let fields = Fields::of(&document).unwrap();
        assert_eq!(fields.texts("l").unwrap(), ["a", ""]);
        assert_eq!(fields.map("m").unwrap(), BTreeMap::from([("a", "")]));
        assert!(fields.texts("n").unwrap().is_empty() && fields.map("n").unwrap().is_empty());
        assert!(fields.text("t").unwrap().is_none() && !fields.has("t"));
        let emptied = json(r#"{"l": ["a"], "L": null}"#);
        assert!(Fields::of(&emptied).unwrap().texts("l").unwrap().is_empty());
    }

    #[test]
    fn other_types_are_refused() {
        let document = json(r#"{"t": 1, "l": "x", "m": {"a": 1}, "n": -1, "o": [], "f": "true"}"#);
        let fields = Fields::of(&document).unwrap();
        assert!(fields.text("t").is_err() && fields.texts("l").is_err() && fields.map("m").is_err());
        assert!(fields.number("n").is_err() && fields.within("o").is_err() && fields.flag("f").is_err());
        assert!(Fields::of(&json("[]")).is_err());
    }
}

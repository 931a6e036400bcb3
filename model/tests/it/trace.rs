//! What a type takes when it is read, told by itself: it is read again and again from made-up values, until every variant
//! of every choice was asked for.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;
use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer as _, MapAccess, SeqAccess, VariantAccess, Visitor,
};

/// What stands in many places.
const SHARED: [&str; 2] = ["Gap", "PodSpec"];

/// Texts that some type or other takes.
const TEXTS: [&str; 3] = ["lambda:GetPolicy", "2026-01-01T00:00:00Z", "2026-01-01"];

/// Every place in the form of a type, with what it takes: `path kind`, and `path:variant` for each variant of a choice.
/// Members stand by name, elements of lists and values of maps as `*`. What is in many places stands once, under its name.
pub(crate) fn form<'de, T: Deserialize<'de>>() -> BTreeSet<String> {
    let state = RefCell::new(State::default());
    loop {
        state.borrow_mut().asked.clear();
        let tracer = Tracer { path: String::new(), optional: false, within: Vec::new(), state: &state };
        match T::deserialize(tracer) {
            Ok(_) if !state.borrow_mut().advance() => return state.into_inner().found,
            Ok(_) => {}
            Err(error) => state.borrow_mut().try_other_text(&error),
        }
    }
}

#[derive(Default)]
struct State {
    found: BTreeSet<String>,
    /// By path: which variant is asked for, and how many there are.
    choices: BTreeMap<String, (usize, &'static [&'static str])>,
    /// The choices that the present reading came to.
    asked: BTreeSet<String>,
    /// By path: which text is given.
    texts: BTreeMap<String, usize>,
    last_text: String,
}

impl State {
    /// Goes on to the next variants, the innermost first; says whether there are any.
    fn advance(&mut self) -> bool {
        let is_open = |path: &String| {
            let (index, variants) = self.choices[path];
            index + 1 < variants.len()
        };
        let open: Vec<String> = self.asked.iter().filter(|path| is_open(path)).cloned().collect();
        for path in &open {
            let within = format!("{path}/");
            if !open.iter().any(|other| other.starts_with(&within)) {
                self.choices.entry(path.clone()).and_modify(|(index, _)| *index += 1);
            }
        }
        !open.is_empty()
    }

    /// The text that was given last is not taken: the next one.
    fn try_other_text(&mut self, error: &Error) {
        let text = self.texts.entry(self.last_text.clone()).or_default();
        *text += 1;
        assert!(*text < TEXTS.len(), "{} takes no text that is tried here: {error}", self.last_text);
    }
}

#[derive(Clone)]
struct Tracer<'a> {
    path: String,
    optional: bool,
    /// The choices around it, by the names of their types.
    within: Vec<&'static str>,
    state: &'a RefCell<State>,
}

impl Tracer<'_> {
    fn found(&self, kind: &str) {
        let optional = if self.optional { "?" } else { "" };
        self.state.borrow_mut().found.insert(format!("{} {kind}{optional}", self.path));
    }

    fn at(&self, step: &str) -> Self {
        Self { path: format!("{}/{step}", self.path), optional: false, ..self.clone() }
    }

    fn text(&self) -> &'static str {
        let mut state = self.state.borrow_mut();
        state.last_text.clone_from(&self.path);
        TEXTS[*state.texts.entry(self.path.clone()).or_default()]
    }
}

#[derive(Debug)]
struct Error(String);

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

impl serde::de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

macro_rules! plain {
    ($($method:ident $kind:literal $visit:ident $value:expr;)+) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.found($kind);
            visitor.$visit($value)
        }
    )+};
}

impl<'de> Deserializer<'de> for Tracer<'_> {
    type Error = Error;

    plain! {
        deserialize_bool "truth" visit_bool false;
        deserialize_i8 "number" visit_i8 0;
        deserialize_i16 "number" visit_i16 0;
        deserialize_i32 "number" visit_i32 0;
        deserialize_i64 "number" visit_i64 0;
        deserialize_u8 "number" visit_u8 0;
        deserialize_u16 "number" visit_u16 0;
        deserialize_u32 "number" visit_u32 0;
        deserialize_u64 "number" visit_u64 0;
        deserialize_f32 "number" visit_f32 0.0;
        deserialize_f64 "number" visit_f64 0.0;
        deserialize_char "text" visit_char 'a';
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.found("text");
        visitor.visit_str(self.text())
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    /// What may be anything is a policy document, whose form is IAM's.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.found("policy");
        let document = serde_json::json!({ "Version": "2012-10-17", "Statement": [] });
        document.deserialize_any(visitor).map_err(|error| Error(error.to_string()))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(Self { optional: true, ..self })
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.found("list");
        visitor.visit_seq(Items { of: self.at("*"), left: 1 })
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Error> {
        self.found(&format!("list of {length}"));
        visitor.visit_seq(Items { of: self.at("*"), left: length })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.found("map");
        visitor.visit_map(Entries { of: self.at("*"), left: true })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let is_shared = SHARED.contains(&name);
        self.found(if is_shared { name } else { "struct" });
        let path = if is_shared { name.to_owned() } else { self.path.clone() };
        visitor.visit_map(Members { of: Self { path, ..self }, fields: fields.iter() })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        // A choice within itself goes no further.
        if self.within.contains(&name) {
            return visitor.visit_enum(Chosen { of: self, variant: variants[0], silent: true });
        }
        self.found("choice");
        let within = self.within.iter().copied().chain([name]).collect();
        let mut state = self.state.borrow_mut();
        state.asked.insert(self.path.clone());
        let (index, _) = *state.choices.entry(self.path.clone()).or_insert((0, variants));
        drop(state);
        visitor.visit_enum(Chosen { of: Self { within, ..self }, variant: variants[index], silent: false })
    }

    serde::forward_to_deserialize_any! { bytes byte_buf unit unit_struct tuple_struct identifier ignored_any }
}

struct Members<'a> {
    of: Tracer<'a>,
    fields: std::slice::Iter<'static, &'static str>,
}

impl<'de> MapAccess<'de> for Members<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let field = self.fields.as_slice().first();
        field.map(|name| seed.deserialize::<StrDeserializer<'_, Error>>(name.into_deserializer())).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let name = self.fields.next().ok_or_else(|| Error("a value without a name".to_owned()))?;
        seed.deserialize(self.of.at(name))
    }
}

struct Entries<'a> {
    of: Tracer<'a>,
    left: bool,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        if !std::mem::take(&mut self.left) {
            return Ok(None);
        }
        let key = Tracer { path: format!("{} key", self.of.path), ..self.of.clone() };
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(self.of.clone())
    }
}

struct Items<'a> {
    of: Tracer<'a>,
    left: usize,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        seed.deserialize(self.of.clone()).map(Some)
    }
}

struct Chosen<'a> {
    of: Tracer<'a>,
    variant: &'static str,
    silent: bool,
}

impl<'de> EnumAccess<'de> for Chosen<'_> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let name: StrDeserializer<'_, Error> = self.variant.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl Chosen<'_> {
    fn found(&self) {
        if !self.silent {
            self.of.state.borrow_mut().found.insert(format!("{}:{}", self.of.path, self.variant));
        }
    }
}

impl<'de> VariantAccess<'de> for Chosen<'_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        self.found();
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        self.found();
        seed.deserialize(self.of.at(self.variant))
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Error> {
        self.found();
        self.of.at(self.variant).deserialize_tuple(length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        self.found();
        self.of.at(self.variant).deserialize_struct("", fields, visitor)
    }
}

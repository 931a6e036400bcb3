//! Rows that nest, cut into the columns of their leaves.
//!
//! A leaf's value comes with two numbers: how many of the optional and repeated things above it are there, and which of the
//! repeated ones goes on. <https://github.com/apache/parquet-format#nested-encoding>

use std::io;

use parquet::basic::{ConvertedType, LogicalType, Repetition, Type as Physical};
use parquet::data_type::ByteArray;
use parquet::schema::types::Type;
use serde_json::Value;

use crate::safe::to_json;

/// The values of one column in a row group.
pub(super) struct Leaf {
    pub(super) values: Values,
    pub(super) definition: Vec<i16>,
    pub(super) repetition: Vec<i16>,
}

pub(super) enum Values {
    Text(Vec<ByteArray>),
    Flag(Vec<bool>),
    Int(Vec<i32>),
    Long(Vec<i64>),
}

impl Leaf {
    pub(super) fn clear(&mut self) {
        match &mut self.values {
            Values::Text(values) => values.clear(),
            Values::Flag(values) => values.clear(),
            Values::Int(values) => values.clear(),
            Values::Long(values) => values.clear(),
        }
        self.definition.clear();
        self.repetition.clear();
    }

    fn level(&mut self, at: Level) {
        self.definition.push(at.definition);
        self.repetition.push(at.repetition);
    }
}

/// Empty leaves of these types; there are no others in our schemas.
pub(super) fn leaves_of(types: &[Physical]) -> Vec<Leaf> {
    let values = types.iter().map(|physical| match physical {
        Physical::BOOLEAN => Values::Flag(Vec::new()),
        Physical::INT32 => Values::Int(Vec::new()),
        Physical::INT64 => Values::Long(Vec::new()),
        Physical::INT96
        | Physical::FLOAT
        | Physical::DOUBLE
        | Physical::BYTE_ARRAY
        | Physical::FIXED_LEN_BYTE_ARRAY => Values::Text(Vec::new()),
    });
    values.map(|values| Leaf { values, definition: Vec::new(), repetition: Vec::new() }).collect()
}

/// Where a value stands.
#[derive(Clone, Copy, Default)]
struct Level {
    definition: i16,
    repetition: i16,
    /// How many repeated things are around it.
    depth: i16,
}

/// Adds a row to the leaves of its schema; says about how many bytes it took.
pub(super) fn shred(schema: &Type, row: &Value, leaves: &mut [Leaf]) -> io::Result<usize> {
    let mut shredder = Shredder { leaves, next: 0, bytes: 0 };
    shredder.fields(schema, Some(row), Level::default())?;
    Ok(shredder.bytes)
}

struct Shredder<'l> {
    leaves: &'l mut [Leaf],
    next: usize,
    bytes: usize,
}

impl Shredder<'_> {
    fn fields(&mut self, group: &Type, value: Option<&Value>, at: Level) -> io::Result<()> {
        group.get_fields().iter().try_for_each(|field| {
            let value = value.and_then(|value| value.get(field.name())).filter(|value| !value.is_null());
            self.field(field, value, at)
        })
    }

    /// Adds a field, which our schemas have as optional throughout.
    fn field(&mut self, field: &Type, value: Option<&Value>, at: Level) -> io::Result<()> {
        let is_optional = field.get_basic_info().repetition() == Repetition::OPTIONAL;
        let inside = match value {
            Some(_) if is_optional => Level { definition: at.definition + 1, ..at },
            _ => at,
        };
        if field.is_primitive() {
            self.leaf(value, inside)
        } else if is_list(field) {
            self.list(&field.get_fields()[0], value, inside)
        } else {
            self.fields(field, value, inside)
        }
    }

    /// Adds what a list holds: a repeated group with one field.
    fn list(&mut self, repeated: &Type, value: Option<&Value>, at: Level) -> io::Result<()> {
        let element = &repeated.get_fields()[0];
        let Some(Value::Array(items)) = value.filter(|value| value.as_array().is_some_and(|items| !items.is_empty()))
        else {
            return self.field(element, None, at);
        };
        let (first, depth) = (self.next, at.depth + 1);
        let mut inside = Level { definition: at.definition + 1, depth, ..at };
        for item in items {
            self.next = first;
            self.field(element, Some(item), inside)?;
            inside.repetition = depth;
        }
        Ok(())
    }

    fn leaf(&mut self, value: Option<&Value>, at: Level) -> io::Result<()> {
        let leaf = self.leaves.get_mut(self.next).ok_or_else(|| io::Error::other("a column has no place"))?;
        self.next += 1;
        self.bytes += 8;
        leaf.level(at);
        let Some(value) = value else { return Ok(()) };
        let misplaced = || io::Error::other("a value has another type than its column");
        match &mut leaf.values {
            Values::Text(values) => {
                let text = text(value)?;
                self.bytes += text.len();
                values.push(ByteArray::from(text));
            }
            Values::Flag(values) => values.push(value.as_bool().ok_or_else(misplaced)?),
            Values::Int(values) => {
                values.push(value.as_i64().and_then(|number| number.try_into().ok()).ok_or_else(misplaced)?);
            }
            Values::Long(values) => values.push(value.as_i64().ok_or_else(misplaced)?),
        }
        Ok(())
    }
}

fn is_list(field: &Type) -> bool {
    let info = field.get_basic_info();
    info.converted_type() == ConvertedType::LIST || matches!(info.logical_type_ref(), Some(LogicalType::List))
}

/// A text as it is, anything else as JSON: what nests without a fixed form.
fn text(value: &Value) -> io::Result<Vec<u8>> {
    if let Value::String(text) = value {
        return Ok(text.clone().into_bytes());
    }
    let mut out = Vec::new();
    to_json(&mut out, value)?;
    Ok(out)
}

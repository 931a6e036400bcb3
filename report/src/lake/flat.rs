//! The rows of the CSV, with types.

use std::io::{self, Write};

use jiff::civil::date;
use serde_json::{Map, Value};

use super::table::Table;
use crate::rows::{self, COLUMNS, Cell, Kind, Row};
use crate::view::View;
use crate::{Format, Style};

/// The form.
pub(crate) const FORMAT: Format =
    Format { name: "parquet", about: "Parquet, a row for each finding (binary)", extensions: &["parquet"], write };

fn write(view: &View, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut table = Table::new(&schema(), out)?;
    rows::each(view, style.include, |row| table.add(&values(row)))?;
    table.end()
}

fn schema() -> String {
    let column = |(name, kind): &(&str, Kind)| {
        let name = name_of(name);
        match kind {
            Kind::Text => format!("optional binary {name} (STRING);"),
            Kind::Flag => format!("optional boolean {name};"),
            Kind::Day => format!("optional int32 {name} (DATE);"),
            Kind::Time => format!("optional int64 {name} (TIMESTAMP(MILLIS,true));"),
        }
    };
    format!("message findings {{ {} }}", COLUMNS.iter().map(column).collect::<String>())
}

/// The name of a column. Lakes part files by account in the path, and a name that is in both is an error to some readers.
fn name_of(column: &str) -> &str {
    if column == "account" { "account_uid" } else { column }
}

fn values(row: Row) -> Value {
    let named = COLUMNS.iter().zip(row).map(|((name, _), cell)| (name_of(name).to_owned(), value(cell)));
    Value::Object(named.collect::<Map<_, _>>())
}

fn value(cell: Cell) -> Value {
    match cell {
        Cell::Text(text) => text.map_or(Value::Null, |text| text.into_owned().into()),
        Cell::Flag(flag) => flag.into(),
        Cell::Day(day) => day.map(|day| (day - date(1970, 1, 1)).get_days()).into(),
        Cell::Time(time) => time.as_millisecond().into(),
    }
}

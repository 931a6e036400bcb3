//! What a reader of Parquet gets. Other readers than this library's are held against it by tests/readers.

use bytes::Bytes;
use palisade_checks::audit::Report;
use palisade_model::verdict::Verdict;
use parquet::basic::Type as Physical;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::hostile::{names, report_of};
use super::{EVERYTHING, Format, Include, Style, plain, sample};
use crate::rows::{COLUMNS, Kind};
use crate::view::View;
use crate::{safe, write};

const FLAT: &Format = &crate::lake::flat::FORMAT;
const NESTED: &Format = &crate::lake::nested::FORMAT;

fn file(report: &Report, format: &Format, include: Include) -> SerializedFileReader<Bytes> {
    let mut out = Vec::new();
    write(report, format, &Style { include, ..plain(80) }, &mut out).unwrap();
    SerializedFileReader::new(Bytes::from(out)).unwrap()
}

fn rows(report: &Report, format: &Format) -> Vec<Value> {
    file(report, format, EVERYTHING).get_row_iter(None).unwrap().map(|row| object(&row.unwrap())).collect()
}

/// A row without what is null.
fn object(row: &Row) -> Value {
    let fields = row.get_column_iter().map(|(name, field)| (name.clone(), value(field)));
    Value::Object(fields.filter(|(_, value)| !value.is_null()).collect::<Map<_, _>>())
}

#[expect(clippy::wildcard_enum_match_arm, reason = "there are many forms that no column of ours has")]
fn value(field: &Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Bool(flag) => (*flag).into(),
        Field::Int(number) | Field::Date(number) => (*number).into(),
        Field::Long(number) | Field::TimestampMillis(number) => (*number).into(),
        Field::Str(text) => text.clone().into(),
        Field::Group(row) => object(row),
        Field::ListInternal(list) => list.elements().iter().map(value).collect(),
        other => panic!("no column of ours holds {other:?}"),
    }
}

#[test]
fn nested_rows_hold_all_that_the_lines_of_ocsf_do() {
    for report in [sample::rich(), sample::empty(), sample::clean(), report_of(""), report_of(sample::HOSTILE)] {
        let mut events = Vec::new();
        write(&report, super::ocsf::OCSF, &Style { include: EVERYTHING, ..plain(80) }, &mut events).unwrap();
        let events = String::from_utf8(events).unwrap();
        let rows = rows(&report, NESTED);
        assert_eq!(events.lines().count(), rows.len());
        for (event, mut row) in events.lines().zip(rows) {
            let unmapped = row["unmapped"].as_str().unwrap().to_owned();
            assert_eq!(safe::visible(&unmapped), unmapped, "hidden characters are spelt in JSON");
            row["unmapped"] = serde_json::from_str(&unmapped).unwrap();
            assert_eq!(row, serde_json::from_str::<Value>(event).unwrap());
        }
    }
}

#[test]
fn flat_rows_have_types_and_say_what_is_unknown() {
    let report = sample::rich();
    let rows = rows(&report, FLAT);
    assert_eq!(rows.len(), report.findings.len() + 1);
    let accepted = rows.iter().find(|row| row["status"] == "suppressed").unwrap();
    assert_eq!((&accepted["expires"], &accepted["suppressed"]), (&json!(20_849), &json!(true)));
    assert_eq!(
        (&accepted["account_uid"], &accepted["collected_at"]),
        (&json!(sample::ACCOUNT), &json!(1_795_339_800_250_i64))
    );
    let regions = rows.iter().find(|row| row["check"] == "account:ListRegions").unwrap();
    assert_eq!(
        (&regions["status"], &regions["complete"], regions.get("severity")),
        (&json!("unknown"), &json!(false), None)
    );
    let hostile = format!("arn:aws:lambda:eu-west-1:{}:function:{}", sample::ACCOUNT, sample::HOSTILE);
    assert!(rows.iter().any(|row| row["resource"] == hostile.as_str()), "names are what they are");
}

#[test]
fn files_of_any_report_have_one_schema_and_no_key_of_a_path() {
    for format in [FLAT, NESTED] {
        let schema = |report: &Report| file(report, format, EVERYTHING).metadata().file_metadata().schema().clone();
        assert_eq!(schema(&sample::rich()), schema(&sample::empty()));
        for key in ["accountId", "account", "region_id", "eventDay"] {
            assert!(schema(&sample::empty()).get_fields().iter().all(|field| field.name() != key));
        }
    }
    let flat = file(&sample::empty(), FLAT, EVERYTHING);
    let schema = flat.metadata().file_metadata().schema_descr();
    assert_eq!(schema.num_columns(), COLUMNS.len());
    for (leaf, (name, kind)) in schema.columns().iter().zip(COLUMNS) {
        let physical = match kind {
            Kind::Text => Physical::BYTE_ARRAY,
            Kind::Flag => Physical::BOOLEAN,
            Kind::Day => Physical::INT32,
            Kind::Time => Physical::INT64,
        };
        assert_eq!(
            (leaf.name(), leaf.physical_type()),
            (if name == "account" { "account_uid" } else { name }, physical)
        );
    }
}

#[test]
fn row_groups_and_pages_stay_small() {
    let long = "evidence ".repeat(300);
    let finding = |number: usize| {
        let arn = format!("arn:aws:lambda:eu-west-1:{}:function:{number}", sample::ACCOUNT);
        sample::finding(&sample::SECRET, arn.into(), Ok(Verdict::fail(format!("{number} {long}"))))
    };
    let report = sample::with(sample::empty(), (0..25_000).map(finding).collect());
    for format in [FLAT, NESTED] {
        let file = file(&report, format, Include::default());
        let groups: Vec<_> =
            file.metadata().row_groups().iter().map(parquet::file::metadata::RowGroupMetaData::num_rows).collect();
        assert_eq!(groups.iter().sum::<i64>(), 25_000);
        assert!(groups.len() > 2 && groups.iter().all(|rows| *rows <= 10_000), "{groups:?}");
        let group = file.get_row_group(0).unwrap();
        for column in 0..group.num_columns() {
            for page in group.get_column_page_reader(column).unwrap() {
                assert!(page.unwrap().buffer().len() <= 1 << 20);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_name_makes_a_row(name in names()) {
        let report = report_of(&name);
        let count = report.findings.len() + View::of(&report).loose().len();
        prop_assert_eq!(rows(&report, FLAT).len(), count);
        // OCSF has no word for the question that does not arise.
        prop_assert_eq!(rows(&report, NESTED).len(), count - 1);
    }
}

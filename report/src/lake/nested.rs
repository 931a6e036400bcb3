//! OCSF's Compliance Findings as they nest, in the release that Amazon Security Lake takes.

use std::io::{self, Write};

use super::table::Table;
use crate::ocsf::{self, OcsfVersion};
use crate::view::View;
use crate::{Format, Style};

/// The form.
pub(crate) const FORMAT: Format = Format {
    name: "parquet-ocsf",
    about: "Parquet of OCSF Compliance Findings 1.3.0, as Amazon Security Lake takes it (binary)",
    extensions: &["ocsf.parquet"],
    write,
};

/// All attributes that are ever written, each optional, so that files of all versions have one schema. `unmapped` is JSON in
/// a text, for it has no fixed form, and a group without fields could not be written.
pub(crate) const SCHEMA: &str = "message compliance_finding {
    optional int32 activity_id;
    optional binary activity_name (STRING);
    optional int32 category_uid;
    optional binary category_name (STRING);
    optional int32 class_uid;
    optional binary class_name (STRING);
    optional int64 type_uid;
    optional binary type_name (STRING);
    optional int32 severity_id;
    optional binary severity (STRING);
    optional int64 time;
    optional group metadata {
        optional binary version (STRING);
        optional group product {
            optional binary name (STRING);
            optional binary vendor_name (STRING);
            optional binary version (STRING);
        }
        optional group profiles (LIST) { repeated group list { optional binary element (STRING); } }
        optional binary event_code (STRING);
    }
    optional group finding_info {
        optional binary uid (STRING);
        optional binary title (STRING);
        optional binary desc (STRING);
        optional int64 last_seen_time;
        optional group analytic {
            optional binary uid (STRING);
            optional binary name (STRING);
            optional int32 type_id;
            optional binary type (STRING);
        }
    }
    optional binary message (STRING);
    optional int32 status_id;
    optional binary status (STRING);
    optional binary status_code (STRING);
    optional binary status_detail (STRING);
    optional group compliance {
        optional binary control (STRING);
        optional group standards (LIST) { repeated group list { optional binary element (STRING); } }
        optional group requirements (LIST) { repeated group list { optional binary element (STRING); } }
        optional int32 status_id;
        optional binary status (STRING);
    }
    optional group cloud {
        optional binary provider (STRING);
        optional group account {
            optional binary uid (STRING);
            optional int32 type_id;
            optional binary type (STRING);
        }
        optional binary region (STRING);
    }
    optional group resources (LIST) {
        repeated group list {
            optional group element {
                optional binary uid (STRING);
                optional binary name (STRING);
                optional binary type (STRING);
                optional binary region (STRING);
                optional binary cloud_partition (STRING);
            }
        }
    }
    optional group remediation {
        optional binary desc (STRING);
        optional group references (LIST) { repeated group list { optional binary element (STRING); } }
    }
    optional binary unmapped (STRING);
}";

fn write(view: &View, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut table = Table::new(SCHEMA, out)?;
    ocsf::each(view, style.include, OcsfVersion::V1_3, |event| table.add(&serde_json::to_value(&event)?))?;
    table.end()
}

//! What there is in the account as OCSF Cloud Resources Inventory Info (class 5023), one JSON object a line, for lakes that
//! want one class from a source. The class is there since 1.4, so that it is always written in the newest release.
//! <https://schema.ocsf.io/1.8.0/classes/cloud_resources_inventory_info?profiles=cloud>

use std::collections::HashSet;
use std::io::{self, BufWriter, Write};

use serde::Serialize;

use super::objects::{Classification, Cloud, Metadata, Resource, Unmapped, cut};
use super::{OcsfVersion, line};
use crate::document::{Gap, Status};
use crate::view::View;
use crate::{Format, Style};

/// The form.
pub(crate) const FORMAT: Format = Format {
    name: "ocsf-inventory",
    about: "OCSF Cloud Resources Inventory Info (class 5023), one JSON object a line",
    extensions: &["inventory.jsonl"],
    write,
};

/// Writes a line for each resource that was judged or could not be, and one for each list that was not read whole: what it
/// hides is in no other line.
fn write(view: &View, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    match &view.head.resources {
        Some(resources) => {
            for arn in resources.iter().filter(|arn| !arn.is_empty()) {
                line(&mut out, &Seen::of(arn, view))?;
            }
        }
        None => line(&mut out, &Seen::unknown("inventory", "The report is older than its list of resources.", view))?,
    }
    let mut told = HashSet::new();
    for finding in view.with_status(Status::Unknown).filter(|finding| finding.resource.ends_with('*')) {
        let Some(gap) = &finding.gap else { continue };
        if told.insert((gap.action.clone(), gap.region.clone(), gap.resource.clone(), gap.reason.message.clone())) {
            line(&mut out, &Seen::unread(gap, view))?;
        }
    }
    for loose in view.loose() {
        line(&mut out, &Seen::unread(loose.gap, view))?;
    }
    out.flush()
}

/// The event.
#[derive(Serialize)]
struct Seen<'a> {
    #[serde(flatten)]
    class: Classification,
    time: i64,
    metadata: Metadata<'a>,
    message: String,
    status_id: u8,
    status: &'static str,
    status_code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_detail: Option<String>,
    cloud: Cloud<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    resources: Vec<Resource<'a>>,
    unmapped: Unmapped<'a>,
}

impl<'a> Seen<'a> {
    fn of(arn: &'a str, view: &'a View) -> Self {
        let resource = Resource::by_name(arn);
        Self {
            message: cut(format!("Seen: {arn}")),
            status_id: 1,
            status: "Success",
            status_code: "SEEN",
            cloud: Cloud::new(view, resource.region),
            resources: vec![resource],
            ..Self::new("inventory", view)
        }
    }

    /// A list that was not read, or not to its end.
    fn unread(gap: &'a Gap, view: &'a View) -> Self {
        Self {
            cloud: Cloud::new(view, gap.region.as_deref()),
            unmapped: Unmapped { gap: Some(gap), ..Unmapped::new(view) },
            ..Self::unknown(&gap.action, &gap.to_string(), view)
        }
    }

    fn unknown(code: &'a str, why: &str, view: &'a View) -> Self {
        Self {
            message: format!("Could not read: {code}"),
            status_detail: Some(cut(why.to_owned())),
            ..Self::new(code, view)
        }
    }

    fn new(code: &'a str, view: &'a View) -> Self {
        Self {
            class: Classification {
                activity_id: 2,
                activity_name: "Collect",
                category_uid: 5,
                category_name: "Discovery",
                class_uid: 5023,
                class_name: "Cloud Resources Inventory Info",
                type_uid: 502_302,
                type_name: "Cloud Resources Inventory Info: Collect",
                severity_id: 1,
                severity: "Informational",
            },
            time: view.head.collected_at.as_millisecond(),
            metadata: Metadata::new(code, OcsfVersion::V1_8),
            message: String::new(),
            status_id: 2,
            status: "Failure",
            status_code: "UNKNOWN",
            status_detail: None,
            cloud: Cloud::new(view, None),
            resources: Vec::new(),
            unmapped: Unmapped::new(view),
        }
    }
}

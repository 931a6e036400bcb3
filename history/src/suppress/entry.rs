//! A suppression as lines of YAML.

use jiff::civil::Date;

/// A suppression that is to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSuppression {
    /// What is accepted.
    pub what: Accepted,
    /// The account it holds for; none for any.
    pub account: Option<String>,
    /// Why it is accepted.
    pub reason: String,
    /// Who accepts it.
    pub by: Option<String>,
    /// The last day (UTC) on which it holds.
    pub expires: Option<Date>,
}

/// What a suppression speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// What one check says of the resources that match.
    Matching {
        /// The check's id.
        check: String,
        /// An ARN pattern with `*` and `?`.
        resource: String,
    },
    /// The one finding with this uid.
    Finding(String),
}

/// The lines of an item of a list that is indented so far, without their ends.
pub(super) fn lines(new: &NewSuppression, indent: usize) -> Vec<String> {
    let NewSuppression { what, account, reason, by, expires } = new;
    let mut members = match what {
        Accepted::Matching { check, resource } => vec![("check", check.clone()), ("resource", quoted(resource))],
        Accepted::Finding(uid) => vec![("fingerprint", quoted(uid))],
    };
    members.extend(account.iter().map(|account| ("account", quoted(account))));
    members.push(("reason", quoted(reason)));
    members.extend(by.iter().map(|by| ("by", quoted(by))));
    members.extend(expires.iter().map(|last| ("expires", last.to_string())));
    let indent = " ".repeat(indent);
    let lines = members.into_iter().enumerate().map(|(index, (name, value))| {
        let dash = if index == 0 { "- " } else { "  " };
        format!("{indent}{dash}{name}: {value}")
    });
    lines.collect()
}

/// A text in double quotes, as JSON has it, which is YAML too; with what draws nothing spelt out.
fn quoted(text: &str) -> String {
    let mut out = Vec::new();
    // Writing to memory cannot fail.
    let _ = palisade_report::safe::to_json(&mut out, text);
    String::from_utf8_lossy(&out).into_owned()
}

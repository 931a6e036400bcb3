//! Answers for a person at a terminal.

use std::io::{self, Write};

use palisade_reason::ask::{CanAnswer, Outsider, PrincipalAnswer, Way, WhoCanAnswer};

use super::lines;
use palisade_report::safe::visible;

/// Whether a principal may do something.
pub(super) fn can(answer: &CanAnswer, out: &mut dyn Write) -> io::Result<()> {
    let CanAnswer { principal, action, resource, .. } = answer;
    let question = format!("{principal}: {action} on {resource}");
    writeln!(out, "{}\n{}", visible(&question), lines::ruling(answer.decision))?;
    lines::open(&answer.conditions, "  ", out)?;
    lines::not_evaluated(&answer.not_evaluated, "  ", out)?;
    lines::by(&answer.by, "  ", out)?;
    if !answer.lacking.is_empty() {
        let lacking = answer.lacking.join(", ").replace('_', " ");
        writeln!(out, "  no statement allows it of: {}", visible(&lacking))?;
    }
    lines::remarks(&answer.remarks, out)
}

/// Who may do something.
pub(super) fn who_can(answer: &WhoCanAnswer, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}\n", visible(&format!("{} on {}", answer.action, answer.resource)))?;
    writeln!(out, "Roles and users of the account: {}", answer.principals.len())?;
    answer.principals.iter().try_for_each(|principal| own(principal, out))?;
    writeln!(out, "\nFrom outside, by the resource's own policy: {}", answer.outside.len())?;
    answer.outside.iter().try_for_each(|outsider| from_outside(outsider, out))?;
    if !answer.not_evaluated.is_empty() {
        writeln!(out, "\nMore or fewer may be allowed")?;
        lines::not_evaluated(&answer.not_evaluated, "  ", out)?;
    }
    if !answer.remarks.is_empty() {
        writeln!(out)?;
    }
    lines::remarks(&answer.remarks, out)
}

fn own(principal: &PrincipalAnswer, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "  {}: {}", visible(&principal.principal), lines::ruling(principal.decision))?;
    lines::open(&principal.conditions, "    ", out)?;
    lines::not_evaluated(&principal.not_evaluated, "    ", out)?;
    lines::by(&principal.by, "    ", out)
}

fn from_outside(outsider: &Outsider, out: &mut dyn Write) -> io::Result<()> {
    let way = match outsider.way {
        Way::Api => "",
        Way::FunctionUrl => ", by its URL",
    };
    let who = if outsider.who.is_empty() { String::new() } else { format!(" {}", outsider.who) };
    let grade = outsider.grade.replace('_', " ");
    writeln!(out, "  {}", visible(&format!("{grade}{who}{way}")))?;
    lines::open(&outsider.conditions, "    ", out)?;
    lines::by(&outsider.by, "    ", out)
}

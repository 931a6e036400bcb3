//! Lines that several answers share: statements, open conditions, what was not evaluated.

use std::io::{self, Write};

use palisade_reason::ask::{Could, Deciding, Left, NotEvaluated, Ruling};

use palisade_report::safe::visible;

/// The word for a ruling.
pub(super) fn ruling(ruling: Ruling) -> &'static str {
    match ruling {
        Ruling::Allowed => "allowed",
        Ruling::AllowedIf => "allowed if",
        Ruling::DeniedImplicit => "denied, as nothing allows it",
        Ruling::DeniedExplicit => "denied",
    }
}

/// The statements that decide.
pub(super) fn by(statements: &[Deciding], indent: &str, out: &mut dyn Write) -> io::Result<()> {
    for statement in statements {
        writeln!(out, "{indent}by {}", self::statement(statement))?;
    }
    Ok(())
}

/// What is left open.
pub(super) fn open(conditions: &[Left], indent: &str, out: &mut dyn Write) -> io::Result<()> {
    for left in conditions {
        let Left { by, operator, key, values } = left;
        let values = values.join(", ");
        let wanted = visible(&format!("{operator} {key} {values}")).into_owned();
        let verb = if by.as_ref().is_some_and(|by| by.effect == "Deny") { "unless" } else { "if" };
        match by {
            Some(by) => writeln!(out, "{indent}{verb} {wanted}, of {}", statement(by))?,
            None => writeln!(out, "{indent}{verb} {wanted}")?,
        }
    }
    Ok(())
}

/// What was not evaluated.
pub(super) fn not_evaluated(notes: &[NotEvaluated], indent: &str, out: &mut dyn Write) -> io::Result<()> {
    for NotEvaluated { what, why, could, .. } in notes {
        let could = match could {
            Could::Deny => "could deny",
            Could::AllowOrDeny => "could allow or deny",
        };
        writeln!(out, "{indent}not evaluated, {could}: {}: {}", visible(what), visible(why))?;
    }
    Ok(())
}

/// What the reader should know.
pub(super) fn remarks(remarks: &[String], out: &mut dyn Write) -> io::Result<()> {
    remarks.iter().try_for_each(|remark| writeln!(out, "Note: {}", visible(remark)))
}

fn statement(statement: &Deciding) -> String {
    let Deciding { layer, policy, statement: index, sid, effect } = statement;
    let sid = sid.as_ref().filter(|sid| !sid.is_empty()).map_or_else(String::new, |sid| format!(" ({sid})"));
    let layer = layer.replace('_', " ");
    visible(&format!("{effect} of {layer} policy {policy}, Statement[{index}]{sid}")).into_owned()
}

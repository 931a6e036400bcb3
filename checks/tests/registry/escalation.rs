//! The page of the escalation paths.

use std::fmt::Write as _;

use palisade_reason::access::escalation::{Category, Path, Way};

use crate::pages::COMMAND;

/// The page: every path with its calls, what it does, and what cannot be told from what is read.
pub(crate) fn page() -> String {
    let mut page = format!(
        "# Escalation paths\n\nGenerated from `reason/src/access/escalation/paths`: `{COMMAND}`. [iam.md](iam.md#escalation) tells how they \
         are asked for, and what is left out.\n"
    );
    let categories = [
        (Category::NewPassRole, "A role is passed to something new, or to something that is changed"),
        (Category::ExistingPassRole, "Something that runs as a role is taken over"),
        (Category::PrincipalAccess, "Somebody else is become"),
        (Category::SelfEscalation, "One's own permissions grow"),
    ];
    for (category, title) in categories {
        writeln!(page, "\n## {title}\n\n| Path | Calls | Must hold, and is not verified |\n| --- | --- | --- |")
            .unwrap();
        for path in Path::all().filter(|path| path.category() == category) {
            let id = path.reference().map_or_else(|| path.id.to_owned(), |address| format!("[{}]({address})", path.id));
            let passed = match path.way {
                Way::Pass(service) | Way::PassBoth(service) => Some(format!("`iam:PassRole` to `{service}`")),
                Way::SwapFunction => Some("`iam:PassRole` to `lambda.amazonaws.com`".to_owned()),
                Way::Take(_)
                | Way::TakeFunction
                | Way::OpenFunction
                | Way::Become(_)
                | Way::Rewrite(_)
                | Way::Make(_)
                | Way::RewriteOwn(_)
                | Way::Join
                | Way::JoinRewritten
                | Way::Unbind(..)
                | Way::UnbindRole
                | Way::Revert
                | Way::Elsewhere => None,
            };
            let calls: Vec<_> =
                passed.into_iter().chain(path.actions.iter().map(|action| format!("`{action}`"))).collect();
            writeln!(page, "| {id} | {} | {} |", calls.join(", "), path.precondition.unwrap_or_default()).unwrap();
        }
    }
    page
}

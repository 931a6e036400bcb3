//! A policy in parts that managed policies can hold.

use palisade_policy::{ActionElement, Document, ResourceElement, Statement};

/// How many characters a policy has, white space aside.
pub(super) fn size(document: &Document) -> usize {
    serde_json::to_string(document).map_or(0, |text| text.chars().count())
}

/// The policy in documents of at most `most` characters, in the order of its statements. What one statement lists may be
/// divided; a statement that is too large with one action and one resource stands alone as it is.
pub(super) fn split(document: &Document, most: usize) -> Vec<Document> {
    let with = |statements: Vec<Statement>| Document { version: document.version, id: None, statements };
    let fits = |statements: &[Statement]| size(&with(statements.to_vec())) <= most;
    if fits(&document.statements) {
        return vec![document.clone()];
    }
    let mut parts: Vec<Vec<Statement>> = Vec::new();
    for piece in document.statements.iter().flat_map(|statement| pieces(statement, &fits)) {
        match parts.last_mut() {
            Some(last) if fits(&[last.as_slice(), std::slice::from_ref(&piece)].concat()) => last.push(piece),
            Some(_) | None => parts.push(vec![piece]),
        }
    }
    parts.into_iter().map(with).collect()
}

/// A statement in halves, and these in halves, until each fits.
fn pieces(statement: &Statement, fits: &dyn Fn(&[Statement]) -> bool) -> Vec<Statement> {
    if fits(std::slice::from_ref(statement)) {
        return vec![statement.clone()];
    }
    let Some((first, second)) = halves(statement) else { return vec![statement.clone()] };
    // A name is unique within a policy, not among several.
    [first, second].iter().flat_map(|half| pieces(half, fits)).collect()
}

/// Two statements that say together what one says, if it lists several actions or resources.
fn halves(statement: &Statement) -> Option<(Statement, Statement)> {
    if let ActionElement::Action(actions) = &statement.action
        && actions.len() > 1
    {
        let (first, second) = actions.split_at(actions.len() / 2);
        let with = |actions: &[_]| Statement { action: ActionElement::Action(actions.to_vec()), ..statement.clone() };
        return Some((with(first), Statement { sid: None, ..with(second) }));
    }
    match &statement.resource {
        ResourceElement::Resource(resources) if resources.len() > 1 => {
            let (first, second) = resources.split_at(resources.len() / 2);
            let with =
                |part: &[_]| Statement { resource: ResourceElement::Resource(part.to_vec()), ..statement.clone() };
            Some((with(first), Statement { sid: None, ..with(second) }))
        }
        ResourceElement::Resource(_) | ResourceElement::NotResource(_) | ResourceElement::None => None,
    }
}

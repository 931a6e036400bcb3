//! The known ways from some permissions to more, as data.
//!
//! Ids are those of <https://pathfinding.cloud>, to which [`Path::reference`] leads. Ids that begin with `x-` are of
//! paths that other tools know (Rhino's list, Prowler), and `palisade-` of paths that no list has.

mod compute;
mod containers;
mod identity;
mod newer;

use jiff::civil::date;

use palisade_model::dated::Dated;

/// What is to be known of the paths; no package has them, look at the source.
pub(crate) const DATED: Dated = Dated {
    name: "ways from some permissions to more",
    source: "https://pathfinding.cloud",
    as_of: date(2026, 11, 22),
};

/// A way from some permissions to more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Path {
    /// Its id.
    pub id: &'static str,
    /// The actions that it takes, all of them, without `iam:PassRole` where a role is passed.
    pub actions: &'static [&'static str],
    /// What the actions are about, and what is won.
    pub way: Way,
    /// The path that this one only adds to: where that one leads to as much, this one is not told.
    pub parent: Option<&'static str>,
    /// What must hold besides and cannot be told from what is read.
    pub precondition: Option<&'static str>,
}

/// What the actions of a path are about, and what is won.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Something new is made that runs as a role passed to it; the role trusts this service.
    Pass(&'static str),
    /// As `Pass`, where AWS wants the right to pass the execution role of a task definition as well.
    PassBoth(&'static str),
    /// Something that runs already as a role is made to do one's bidding; the role trusts one of these.
    Take(&'static [&'static str]),
    /// As `Take`, of Lambda functions, which are known one by one.
    TakeFunction,
    /// A function that is there is given a role passed to it.
    SwapFunction,
    /// Of a function: its resource policy is rewritten so that it allows oneself to change the code.
    OpenFunction,
    /// Somebody else is impersonated.
    Become(Other),
    /// Somebody else is given every permission, and impersonated.
    Rewrite(Other),
    /// Somebody is made, given permissions, and become.
    Make(Other),
    /// One's own permissions are rewritten.
    RewriteOwn(Own),
    /// A group with more permissions is joined.
    Join,
    /// A group is given every permission, and joined.
    JoinRewritten,
    /// What limits oneself is taken away.
    Unbind(Own, Limit),
    /// The boundary of another role is taken off, and the role assumed.
    UnbindRole,
    /// An older version of one's own policies is brought back.
    Revert,
    /// More is given where palisade does not look: by Identity Center, or in other accounts.
    Elsewhere,
}

/// Who is impersonated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Other {
    /// A role.
    Role,
    /// A user.
    User,
}

/// What of oneself is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Own {
    /// The role that one is.
    Role,
    /// The user that one is.
    User,
    /// A group of the user that one is.
    Group,
    /// A policy of the account that is attached to any of these.
    Policy,
}

/// What limits an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Its permissions boundary, taken off.
    Boundary,
    /// Its permissions boundary, with another in its place.
    BoundaryReplaced,
    /// Its permissions boundary, a policy of the account, rewritten.
    BoundaryRewritten,
    /// A managed policy that denies.
    Attached,
    /// An inline policy that denies.
    Inline,
}

/// What kind of path it is, in the words of pathfinding.cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    /// A role is passed to something new.
    NewPassRole,
    /// Something that has a role already is taken over.
    ExistingPassRole,
    /// The identity's own permissions grow.
    SelfEscalation,
    /// Somebody else is impersonated.
    PrincipalAccess,
}

impl Path {
    /// All of them, parents before their children.
    pub fn all() -> impl Iterator<Item = &'static Path> {
        [identity::PATHS, compute::PATHS, containers::PATHS, newer::PATHS].into_iter().flatten()
    }

    /// What kind of path it is.
    pub fn category(&self) -> Category {
        match self.way {
            Way::Pass(_) | Way::PassBoth(_) => Category::NewPassRole,
            Way::Take(_) | Way::TakeFunction | Way::SwapFunction | Way::OpenFunction => Category::ExistingPassRole,
            Way::Become(_) | Way::Rewrite(_) | Way::Make(_) | Way::UnbindRole => Category::PrincipalAccess,
            Way::RewriteOwn(_) | Way::Join | Way::JoinRewritten | Way::Unbind(..) | Way::Revert | Way::Elsewhere => {
                Category::SelfEscalation
            }
        }
    }

    /// Whether the identity stays who it is, and changes what that may do.
    pub(crate) fn is_own(&self) -> bool {
        match self.way {
            Way::RewriteOwn(_) | Way::Join | Way::JoinRewritten | Way::Unbind(..) | Way::Revert => true,
            Way::Pass(_)
            | Way::PassBoth(_)
            | Way::Take(_)
            | Way::TakeFunction
            | Way::SwapFunction
            | Way::OpenFunction
            | Way::Become(_)
            | Way::Rewrite(_)
            | Way::Make(_)
            | Way::UnbindRole
            | Way::Elsewhere => false,
        }
    }

    /// Its place among all.
    pub(crate) fn order(&self) -> Option<usize> {
        Self::all().position(|path| path == self)
    }

    /// Where it is described; none for the paths that pathfinding.cloud does not have.
    pub fn reference(&self) -> Option<String> {
        let is_listed = !["palisade-", "x-"].iter().any(|prefix| self.id.starts_with(prefix));
        is_listed.then(|| format!("https://pathfinding.cloud/paths/{}", self.id))
    }

    const fn new(id: &'static str, way: Way, actions: &'static [&'static str]) -> Self {
        Self { id, actions, way, parent: None, precondition: None }
    }

    const fn pass(id: &'static str, service: &'static str, actions: &'static [&'static str]) -> Self {
        Self::new(id, Way::Pass(service), actions)
    }

    const fn take(id: &'static str, services: &'static [&'static str], actions: &'static [&'static str]) -> Self {
        Self::new(id, Way::Take(services), actions)
    }

    const fn child_of(self, parent: &'static str) -> Self {
        Self { parent: Some(parent), ..self }
    }

    const fn given(self, precondition: &'static str) -> Self {
        Self { precondition: Some(precondition), ..self }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use palisade_policy::Catalogue;

    use super::*;

    #[test]
    fn parents_come_first() {
        let mut seen = BTreeSet::new();
        for path in Path::all() {
            assert!(path.parent.is_none_or(|parent| seen.contains(parent)), "{}", path.id);
            seen.insert(path.id);
        }
    }

    #[test]
    fn only_variants_of_our_own_share_an_id() {
        let mut seen = BTreeSet::new();
        for path in Path::all() {
            assert!(seen.insert((path.id, path.actions, path.precondition)), "{}", path.id);
        }
    }

    #[test]
    fn every_action_exists() {
        // Of services that AWS has closed.
        let gone = ["codestar:", "glue:"];
        for action in Path::all().flat_map(|path| path.actions) {
            let known = Catalogue::get().action(action).is_some();
            assert!(known || gone.iter().any(|service| action.starts_with(service)), "{action}");
        }
    }
}

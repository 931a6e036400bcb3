//! Calls refused for want of permission.

/// A permission the caller lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// An action such as `lambda:GetPolicy`; a `*` at the end stands for any rest.
    pub action: String,
    /// Only in this Region.
    pub region: Option<String>,
    /// Only for resources whose ARN holds this text.
    pub resource: Option<String>,
    /// What denies it, which AWS says in the message.
    pub by: DeniedBy,
}

impl Denial {
    /// No identity-based policy of the caller allows `action`.
    pub fn of(action: &str) -> Denial {
        Denial { action: action.to_owned(), region: None, resource: None, by: DeniedBy::Identity }
    }

    /// The same permission, denied by something else.
    pub fn by(mut self, by: DeniedBy) -> Denial {
        self.by = by;
        self
    }
}

/// What denies a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DeniedBy {
    /// No identity-based policy allows it.
    #[default]
    Identity,
    /// No permissions boundary allows it.
    Boundary,
    /// A service control policy denies it.
    Scp,
    /// A resource control policy denies it.
    Rcp,
    /// The resource's own policy denies it.
    ResourcePolicy,
    /// No session policy allows it.
    Session,
    /// AWS doesn't say, as some services don't.
    Unspecified,
}

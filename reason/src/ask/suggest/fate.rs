//! What becomes of an action.

use std::collections::HashMap;

use jiff::Timestamp;

use super::Removal;
use super::demand::{Demand, Demands};
use palisade_model::iam::ServiceUse;

/// What becomes of an action.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fate<'a> {
    /// It is left out; it, or its service, was last used then.
    Removed(Removal, Option<Timestamp>),
    /// It is kept: it was used then.
    Used(Timestamp),
    /// It is kept as granted, for this reason.
    Unmeasured(&'static str),
    /// It shows no use, and is kept for what settings ask for.
    Demanded(&'a Demand),
}

/// What a role used.
pub(super) struct Usage<'a> {
    services: HashMap<String, &'a ServiceUse>,
    since: Timestamp,
    demands: &'a Demands,
}

impl<'a> Usage<'a> {
    pub(super) fn new(services: &'a [ServiceUse], since: Timestamp, demands: &'a Demands) -> Self {
        let services = services.iter().map(|service| (service.service.to_ascii_lowercase(), service)).collect();
        Self { services, since, demands }
    }

    /// What becomes of an action, given in full.
    pub(super) fn fate(&self, action: &str) -> Fate<'a> {
        let (service, name) = action.split_once(':').unwrap_or((action, ""));
        if action.eq_ignore_ascii_case("iam:PassRole") {
            return Fate::Unmeasured("AWS never tells whether iam:PassRole is used");
        }
        let Some(service) = self.services.get(&service.to_ascii_lowercase()) else {
            return Fate::Unmeasured("AWS does not tell of the service");
        };
        if service.last_used.is_none_or(|last| last < self.since) {
            return self.unused(action, Removal::ServiceUnused, service.last_used);
        }
        let tracked = service.actions.iter().find(|tracked| tracked.action.eq_ignore_ascii_case(name));
        match tracked.map(|tracked| tracked.last_used) {
            None => Fate::Unmeasured("the role uses the service, and AWS does not tell of the action"),
            Some(Some(last)) if last >= self.since => Fate::Used(last),
            Some(last) => self.unused(action, Removal::ActionUnused, last),
        }
    }

    fn unused(&self, action: &str, removal: Removal, last: Option<Timestamp>) -> Fate<'a> {
        match self.demands.for_action(action) {
            Some(demand) => Fate::Demanded(demand),
            None => Fate::Removed(removal, last),
        }
    }
}

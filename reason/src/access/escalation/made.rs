//! Paths through an identity that does not exist yet: it is made, given permissions, and become.

use palisade_policy::catalogue::{Catalogue, ResourceType};
use palisade_policy::{Attached, Caller, Condition, matches};

use super::judge::{Judge, Wanted};
use super::opening::{Call, Opening};
use super::paths::{Other, Path};
use super::targets::about;
use crate::access::Actor;
use palisade_model::Arn;
use palisade_model::iam::PolicyText;

impl<'a> Judge<'_, 'a> {
    /// Makes a role or user, gives it permissions, and becomes it.
    pub(super) fn make(&self, path: &'static Path, other: Other, wanted: Wanted<'_>) -> Option<Opening<'a>> {
        let ([create, give, enter @ ..], Wanted::Gain) = (path.actions, wanted) else { return None };
        let kind = kind(create)?;
        let boundaries = self.boundaries_asked_for(create);
        let candidates = self.candidates(&[kind], &[create, give]);
        candidates.into_iter().filter(|arn| self.index.place(&Arn::from(arn.as_str())).is_none()).find_map(|arn| {
            boundaries.iter().find_map(|boundary| {
                let made = self.made(&arn, *boundary)?;
                let created = self.may(about(&made, Call::new(create, arn.as_str())))?;
                let (given, granted) = self.give(give, &made, &arn)?;
                let entered: Vec<_> = match other {
                    Other::Role => vec![self.enters(&arn)?],
                    Other::User => {
                        enter.iter().map(|action| self.may(Call::new(action, arn.as_str()))).collect::<Option<_>>()?
                    }
                };
                let made = Actor { identity: granted, ..made };
                let gain = self.gain_of(&made)?;
                let calls = [created, given].into_iter().chain(entered).collect();
                Some(Opening::new(path, &Arn::from(arn.as_str()), gain, calls))
            })
        })
    }

    /// What the identity may give to what it made.
    fn give(&self, give: &'static str, made: &Actor<'a>, arn: &str) -> Option<(Call<'a>, Vec<Attached<'a>>)> {
        if give != "iam:AddUserToGroup" {
            let (call, granted) = self.change(give, made, arn)?;
            return Some((call, vec![granted]));
        }
        let groups = &self.inventory.iam.groups;
        self.miss(groups.gap());
        groups.seen().iter().find_map(|group| {
            let call = self.may(Call::new(give, group.arn.as_str()))?;
            let granted = self.policies_of_group(group)?;
            self.gain_of(&Actor { identity: granted.clone(), ..made.clone() })?;
            Some((call, granted))
        })
    }

    /// Somebody with this ARN and no permissions yet.
    fn made(&self, arn: &str, boundary: Option<Attached<'a>>) -> Option<Actor<'a>> {
        let caller = Caller::parse(arn).ok()?;
        let context = self.access.context_of(&caller);
        Some(Actor { arn: self.principal.arn, caller, identity: Vec::new(), boundary, context })
    }

    /// The boundaries under which something may be made: none, and those that a condition asks for.
    fn boundaries_asked_for(&self, create: &'static str) -> Vec<Option<Attached<'a>>> {
        let allowing = self.allows(create);
        let conditions = allowing.iter().flat_map(|statement| &statement.conditions);
        let asked = conditions.filter(|condition| condition.key().eq_ignore_ascii_case("iam:PermissionsBoundary"));
        let named: Vec<_> = asked.flat_map(Condition::values).collect();
        let is_named = |arn: &str| named.iter().any(|value| matches(value, arn));
        let policies = self.inventory.iam.policies.seen().iter().filter(|policy| is_named(policy.arn.as_str()));
        let boundaries = policies.filter_map(|policy| match &policy.document {
            PolicyText::Parsed(document) => Some(Some(Attached { name: policy.arn.as_str(), document })),
            PolicyText::Malformed(_) => None,
        });
        [None].into_iter().chain(boundaries).collect()
    }
}

/// The kind of resource that an action makes.
fn kind(create: &str) -> Option<&'static ResourceType> {
    Catalogue::get().action(create)?.resource_types().next()
}

//! The suggestion under way: each granted action with what becomes of it, gathered into statements.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use palisade_policy::{
    ActionElement, ActionPattern, Catalogue, Condition, Document, Effect, ResourceElement, ResourcePattern, Statement,
    Version,
};

use super::demand::Demands;
use super::fate::{Fate, Usage};
use super::scope::narrowed;
use super::split::size;
use super::statements::{Length, statements, wholes};
use super::{Removal, Removed, Suggestion, Unmeasured, Used};
use crate::access::Actor;
use palisade_model::Arn;
use palisade_model::iam::Role;

/// Statements with one resource element and the same conditions become one.
pub(super) struct Group {
    pub(super) sid: Option<String>,
    pub(super) resource: ResourceElement,
    pub(super) conditions: Vec<Condition>,
    /// What is kept, in full.
    pub(super) actions: BTreeSet<String>,
    /// What the statements grant.
    pub(super) granted: Vec<ActionElement>,
}

/// The suggestion under way.
pub(super) struct Draft<'u> {
    usage: &'u Usage<'u>,
    demands: &'u Demands,
    groups: Vec<Group>,
    denies: Vec<Statement>,
    removed: BTreeMap<(String, Removal, Option<Timestamp>), BTreeSet<String>>,
    used: BTreeMap<String, Timestamp>,
    unmeasured: BTreeMap<(String, String), BTreeSet<String>>,
    scoped: BTreeSet<String>,
}

impl<'u> Draft<'u> {
    /// Decides about all that a role is allowed.
    pub(super) fn of(principal: &Actor<'_>, usage: &'u Usage<'u>, demands: &'u Demands) -> Self {
        let mut draft = Self {
            usage,
            demands,
            groups: vec![],
            denies: vec![],
            removed: BTreeMap::new(),
            used: BTreeMap::new(),
            unmeasured: BTreeMap::new(),
            scoped: BTreeSet::new(),
        };
        let statements = principal
            .identity
            .iter()
            .flat_map(|policy| policy.document.statements.iter().map(|statement| (policy.document.version, statement)));
        for (version, statement) in statements {
            match statement.effect {
                Effect::Deny => draft.denies.push(statement.clone()),
                Effect::Allow if statement.may_apply(version, &principal.context) => draft.add_statement(statement),
                Effect::Allow => draft.remove_statement(statement),
            }
        }
        draft
    }

    fn remove_statement(&mut self, statement: &Statement) {
        match &statement.action {
            ActionElement::Action(patterns) => {
                for pattern in patterns {
                    self.remove(pattern.as_str(), Removal::NeverApplies, None);
                }
            }
            ActionElement::NotAction(_) => self.remove("*", Removal::NeverApplies, None),
        }
    }

    fn add_statement(&mut self, statement: &Statement) {
        for action in Catalogue::get().expand(&statement.action) {
            self.add_action(statement, &action.name());
        }
        let ActionElement::Action(patterns) = &statement.action else { return };
        for pattern in patterns {
            let alone = ActionElement::Action(vec![pattern.clone()]);
            if Catalogue::get().expand(&alone).is_empty() {
                self.add_uncatalogued(statement, pattern);
            }
        }
    }

    /// An action that the catalogue does not have is kept as it stands if its service is; a pattern that covers nothing
    /// that it has is left out.
    fn add_uncatalogued(&mut self, statement: &Statement, pattern: &ActionPattern) {
        let text = pattern.as_str();
        let is_known_service = pattern.service().is_some_and(|service| Catalogue::get().service(service).is_some());
        if pattern.service().is_none() || (is_known_service && text.contains(['*', '?'])) {
            self.remove(text, Removal::NothingCovered, None);
        } else {
            self.add_action(statement, text);
        }
    }

    fn add_action(&mut self, statement: &Statement, action: &str) {
        let fate = self.usage.fate(action);
        if let Fate::Removed(removal, last) = fate {
            return self.remove(action, removal, last);
        }
        let Some(resource) = self.resource(statement, action, &fate) else {
            return self.remove(action, Removal::GrantedInVain, None);
        };
        match fate {
            Fate::Removed(..) => {}
            Fate::Used(last) => _ = self.used.insert(action.to_owned(), last),
            Fate::Unmeasured(because) => self.keep_unmeasured(action, because),
            Fate::Demanded(demand) => self.keep_unmeasured(action, &demand.because),
        }
        self.group(statement, resource).insert(action.to_owned());
    }

    /// The resources on which an action is kept; none when it never was allowed on those granted.
    fn resource(&mut self, statement: &Statement, action: &str, fate: &Fate<'_>) -> Option<ResourceElement> {
        let ResourceElement::Resource(granted) = &statement.resource else { return Some(statement.resource.clone()) };
        if Catalogue::get().needs_every_resource(action) == Some(true) {
            let is_granted = granted.iter().any(ResourcePattern::is_everything);
            return is_granted.then(|| ResourceElement::Resource(vec![ResourcePattern::new("*")]));
        }
        let wanted = match fate {
            Fate::Demanded(demand) => demand.resources.as_deref(),
            Fate::Used(_) | Fate::Unmeasured(_) | Fate::Removed(..) => self.demands.scopes.of(action),
        };
        let resources = wanted.map(|wanted| narrowed(granted, wanted)).unwrap_or_default();
        if resources.is_empty() {
            return Some(statement.resource.clone());
        }
        let narrower = ResourceElement::Resource(resources.into_iter().map(ResourcePattern::new).collect());
        if narrower != statement.resource {
            self.scoped.insert(action.to_owned());
        }
        Some(narrower)
    }

    fn group(&mut self, statement: &Statement, resource: ResourceElement) -> &mut BTreeSet<String> {
        let is_same = |group: &Group| group.resource == resource && group.conditions == statement.conditions;
        let position = self.groups.iter().position(is_same).unwrap_or_else(|| {
            let sid = statement.sid.clone().filter(|_| resource == statement.resource);
            let conditions = statement.conditions.clone();
            self.groups.push(Group { sid, resource, conditions, actions: BTreeSet::new(), granted: vec![] });
            self.groups.len() - 1
        });
        let group = &mut self.groups[position];
        if group.granted.last() != Some(&statement.action) {
            group.granted.push(statement.action.clone());
        }
        &mut group.actions
    }

    fn remove(&mut self, action: &str, removal: Removal, last: Option<Timestamp>) {
        self.removed.entry((service(action), removal, last)).or_default().insert(action.to_owned());
    }

    fn keep_unmeasured(&mut self, action: &str, because: &str) {
        self.unmeasured.entry((service(action), because.to_owned())).or_default().insert(action.to_owned());
    }

    /// The policy, as large as the actions one by one, or `shortest`: with exceptions from everything where that says less,
    /// and without what other statements allow too.
    pub(super) fn document(&self, length: Length) -> Document {
        let allows = statements(&self.groups, length);
        if allows.is_empty() {
            return Document { version: Version::V2012, id: None, statements: vec![] };
        }
        let mut sids = BTreeSet::new();
        let all = allows.into_iter().chain(self.denies.iter().cloned());
        let named = all.map(|statement| Statement { sid: unique(statement.sid.as_ref(), &mut sids), ..statement });
        Document { version: Version::V2012, id: None, statements: named.collect() }
    }

    /// The policy in at most `most` characters, if that can be: where names take too many, granted patterns are kept whole,
    /// first those that save most for each action that they keep besides.
    pub(super) fn document_within(&mut self, most: usize) -> Document {
        let mut document = self.document(Length::Shortest);
        loop {
            let Some(excess) = size(&document).checked_sub(most).filter(|excess| *excess > 0) else { return document };
            if !self.keep_whole(excess) {
                return document;
            }
            document = self.document(Length::Shortest);
        }
    }

    /// Keeps patterns whole until about so many characters are saved; says whether there was any. Of one service and group
    /// one pattern at a time, for the next may lie within it.
    fn keep_whole(&mut self, excess: usize) -> bool {
        let groups = self.groups.iter().enumerate();
        let mut wholes: Vec<_> =
            groups.flat_map(|(place, group)| wholes(group).into_iter().map(move |whole| (place, whole))).collect();
        // saved / besides, without fractions
        wholes.sort_by(|(_, left), (_, right)| {
            let (left_rate, right_rate) = (left.saved * right.besides.len(), right.saved * left.besides.len());
            right_rate.cmp(&left_rate).then_with(|| left.pattern.cmp(&right.pattern))
        });
        let (mut saved, mut taken) = (0, BTreeSet::new());
        for (place, whole) in wholes {
            if saved >= excess {
                break;
            }
            if !taken.insert((place, whole.service)) {
                continue;
            }
            saved += whole.saved;
            for action in whole.besides {
                self.keep_unmeasured(&action, "leaving it out by name takes more than policies can hold");
                self.groups[place].actions.insert(action);
            }
        }
        !taken.is_empty()
    }

    /// The tables beside the policy. What one statement keeps is not shown as left out of another.
    pub(super) fn suggestion(self, role: &Role, days: u32, policy: Document, policies: Vec<Document>) -> Suggestion {
        let kept: BTreeSet<&String> = self.groups.iter().flat_map(|group| &group.actions).collect();
        let removed = self.removed.into_iter().filter_map(|((service, because, last_used), actions)| {
            let actions: Vec<_> = actions.into_iter().filter(|action| !kept.contains(action)).collect();
            (!actions.is_empty()).then_some(Removed { service, actions, because, last_used })
        });
        let unmeasured = self.unmeasured.into_iter().map(|((service, because), actions)| Unmeasured {
            service,
            actions: actions.into_iter().collect(),
            because,
        });
        let scoped: Vec<_> = self.scoped.into_iter().collect();
        let remarks = (!scoped.is_empty())
            .then(|| format!("limited to the resources that the functions' settings name: {}", scoped.join(", ")));
        Suggestion {
            role: Arn::clone(&role.arn),
            days,
            policy,
            policies,
            removed: removed.collect(),
            used: self.used.into_iter().map(|(action, last_used)| Used { action, last_used }).collect(),
            unmeasured: unmeasured.collect(),
            remarks: remarks.into_iter().collect(),
        }
    }
}

/// Sids are unique within a policy.
fn unique(sid: Option<&String>, taken: &mut BTreeSet<String>) -> Option<String> {
    sid.filter(|sid| !sid.is_empty() && taken.insert((*sid).clone())).cloned()
}

fn service(action: &str) -> String {
    action.split(':').next().unwrap_or(action).to_ascii_lowercase()
}

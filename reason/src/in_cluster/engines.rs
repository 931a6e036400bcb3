//! What the policies of an engine do to the pods of a namespace.

use palisade_model::eks::Cluster;
use palisade_model::kubernetes::{
    Demand, Enforcement, EngineFilter, EnginePolicy, EngineRule, ModeOverride, Namespace, Narrowing, PolicyEngine,
    PolicyException,
};
use palisade_model::{Action, Gap, Listing};
use palisade_policy::matches;

/// What a policy does to the pods of a namespace.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// It refuses bad ones.
    Refuses,
    /// That cannot be told.
    Unclear(Gap),
    /// It lets all of them through, or refuses only some, for this reason.
    Passes(String),
}

/// How much of the pods of a namespace a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Share {
    All,
    /// Those that their makers write so.
    SomePods,
    /// Those that some callers make.
    SomeCallers,
    Nothing,
    Unknown,
}

/// What overrides come to in a namespace.
enum Override<'r> {
    None,
    To(&'r Enforcement),
    Unknown,
}

/// Why a rule passes all or some pods of a namespace, or may.
enum Flaw {
    Certain(String),
    Unknown(String),
}

/// The namespaces that Kyverno's own ConfigMap leaves out of all policies unless it was changed. It is not read.
///
/// Source: `config.resourceFilters` of <https://github.com/kyverno/kyverno/blob/main/charts/kyverno/values.yaml>
const LEFT_OUT: [&str; 4] = ["kube-node-lease", "kube-public", "kube-system", "kyverno"];

/// A namespace, and what exempts from an engine's policies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) namespace: &'a Namespace,
    pub(super) cluster: &'a Cluster,
    pub(super) exceptions: &'a Listing<PolicyException>,
}

impl Place<'_> {
    /// What a policy does here; `None` when it is of another namespace, or judges nothing.
    pub(super) fn effect(&self, policy: &EnginePolicy) -> Option<Effect> {
        if policy.namespace.as_ref().is_some_and(|own| *own != self.namespace.name) {
            return None;
        }
        let rules = match policy.rules.known() {
            Ok(rules) => rules,
            Err(gap) => return Some(Effect::Unclear(gap)),
        };
        if policy.ready == Some(false) {
            return Some(Effect::Passes(format!("{} is not ready", named(policy))));
        }
        let mut flaws: Vec<Flaw> = Vec::new();
        for rule in rules {
            match self.flaw(rule) {
                None => return Some(self.unless_exempt(policy)),
                Some(flaw) => flaws.push(flaw),
            }
        }
        let unknown = flaws.iter().find_map(|flaw| match flaw {
            Flaw::Unknown(why) => Some(why),
            Flaw::Certain(_) => None,
        });
        if let Some(why) = unknown {
            return Some(Effect::Unclear(self.unclear(policy, why)));
        }
        flaws.into_iter().find_map(|flaw| match flaw {
            Flaw::Certain(why) => Some(Effect::Passes(format!("{} {why}", named(policy)))),
            Flaw::Unknown(_) => None,
        })
    }

    /// Why a rule does not refuse bad pods here; `None` when it does.
    fn flaw(&self, rule: &EngineRule) -> Option<Flaw> {
        let name = &self.namespace.name;
        let is_one = |modes: &[Enforcement], wanted: &Enforcement| modes.contains(wanted);
        match self.share(&rule.about) {
            Share::All | Share::SomeCallers => {}
            Share::Unknown => return Some(Flaw::Unknown(format!("may be about pods of {name}"))),
            Share::SomePods => {
                return Some(Flaw::Certain("is only about pods with certain names or labels".to_owned()));
            }
            Share::Nothing => return Some(Flaw::Certain(self.beside(rule))),
        }
        let left_out = if rule.excluded.is_empty() { Share::Nothing } else { self.share(&rule.excluded) };
        if left_out == Share::All {
            return Some(Flaw::Certain(format!("leaves out namespace {name}")));
        }
        let modes = match self.overridden(&rule.overrides) {
            Override::To(mode) => std::slice::from_ref(mode),
            Override::None => rule.modes.as_slice(),
            Override::Unknown => return Some(Flaw::Unknown(format!("may do something else in {name}"))),
        };
        if !is_one(modes, &Enforcement::Deny) {
            let odd = modes.iter().find_map(|mode| match mode {
                Enforcement::Other(mode) => Some(mode),
                Enforcement::Deny | Enforcement::Audit | Enforcement::Warn => None,
            });
            return Some(match odd {
                Some(mode) => Flaw::Unknown(format!("does {mode:?} with bad pods, which is not known")),
                None if is_one(modes, &Enforcement::Warn) => Flaw::Certain("only warns here".to_owned()),
                None => Flaw::Certain("only reports here".to_owned()),
            });
        }
        if self.share(&rule.about) == Share::SomeCallers {
            return Some(Flaw::Unknown("is about the pods that some callers make".to_owned()));
        }
        match left_out {
            Share::Nothing => {}
            Share::All | Share::SomePods | Share::SomeCallers | Share::Unknown => {
                return Some(Flaw::Unknown(format!("leaves out some pods of {name}")));
            }
        }
        if rule.conditions > 0 {
            return Some(Flaw::Unknown("has conditions, which are not interpreted".to_owned()));
        }
        match rule.demand {
            Demand::Object => None,
            Demand::Images => Some(Flaw::Unknown("refuses pods by their images alone".to_owned())),
        }
    }

    /// Why a rule is not about pods of the namespace.
    fn beside(&self, rule: &EngineRule) -> String {
        let filters = || rule.about.iter().flatten();
        if filters().any(|filter| filter.pods) {
            return format!("is not about namespace {}", self.namespace.name);
        }
        let mut kinds: Vec<&str> = filters().flat_map(|filter| &filter.kinds).map(String::as_str).collect();
        kinds.dedup();
        if kinds.is_empty() {
            "is not about pods".to_owned()
        } else {
            format!("is about {}, not pods", kinds.join(", "))
        }
    }

    /// The mode that an override gives here.
    fn overridden<'r>(&self, overrides: &'r [ModeOverride]) -> Override<'r> {
        let name = &self.namespace.name;
        for one in overrides {
            let is_named = one.namespaces.is_empty() || one.namespaces.iter().any(|pattern| matches(pattern, name));
            match (is_named, one.labels.selects(&self.namespace.labels)) {
                (false, _) | (true, Some(false)) => {}
                (true, Some(true)) => return Override::To(&one.mode),
                (true, None) => return Override::Unknown,
            }
        }
        Override::None
    }

    /// Of several ways to be matched, the widest.
    fn share(&self, about: &[Vec<EngineFilter>]) -> Share {
        let shares: Vec<_> = about.iter().map(|filters| self.together(filters)).collect();
        let widest = [Share::All, Share::Unknown, Share::SomeCallers, Share::SomePods];
        widest.into_iter().find(|share| shares.contains(share)).unwrap_or(Share::Nothing)
    }

    /// Of filters that must all hold, the narrowest.
    fn together(&self, filters: &[EngineFilter]) -> Share {
        let shares: Vec<_> = filters.iter().map(|filter| self.one(filter)).collect();
        let narrowest = [Share::Nothing, Share::Unknown, Share::SomePods, Share::SomeCallers];
        narrowest.into_iter().find(|share| shares.contains(share)).unwrap_or(Share::All)
    }

    fn one(&self, filter: &EngineFilter) -> Share {
        let is_of = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, &self.namespace.name));
        let is_here = filter.namespaces.is_empty() || is_of(&filter.namespaces);
        if !filter.pods || !is_here || is_of(&filter.excluded_namespaces) {
            return Share::Nothing;
        }
        match (filter.namespace_labels.selects(&self.namespace.labels), filter.narrowed) {
            (Some(false), _) => Share::Nothing,
            (None, _) => Share::Unknown,
            (Some(true), Narrowing::None) => Share::All,
            (Some(true), Narrowing::ByPod) => Share::SomePods,
            (Some(true), Narrowing::ByCaller) => Share::SomeCallers,
        }
    }

    /// What a policy that refuses does, exceptions considered.
    fn unless_exempt(&self, policy: &EnginePolicy) -> Effect {
        match policy.engine {
            PolicyEngine::Gatekeeper => return Effect::Refuses,
            PolicyEngine::Kyverno => {}
        }
        if LEFT_OUT.contains(&self.namespace.name.as_str()) {
            let why = format!("may leave out {}: Kyverno's ConfigMap is not read", self.namespace.name);
            return Effect::Unclear(self.unclear(policy, &why));
        }
        for exception in self.exceptions.seen().iter().filter(|exception| is_from(exception, policy)) {
            match exception.exempt.known() {
                Err(gap) => return Effect::Unclear(gap),
                // One for some pods is what exceptions are for.
                Ok(exempt) => match self.share(&exempt.about) {
                    Share::All | Share::Unknown => {
                        let why = format!("may be put out of force here by PolicyException {}", exception.name);
                        return Effect::Unclear(self.unclear(policy, &why));
                    }
                    Share::SomePods | Share::SomeCallers | Share::Nothing => {}
                },
            }
        }
        match self.exceptions.gap() {
            Some(gap) => Effect::Unclear(gap.clone()),
            None => Effect::Refuses,
        }
    }

    fn unclear(&self, policy: &EnginePolicy, why: &str) -> Gap {
        let action = match policy.engine {
            PolicyEngine::Kyverno => Action::KubernetesListClusterPolicies,
            PolicyEngine::Gatekeeper => Action::KubernetesListConstraints,
        };
        self.cluster.unclear(action, format!("{} {why}", named(policy)))
    }
}

/// Whether an exception names a policy.
fn is_from(exception: &PolicyException, policy: &EnginePolicy) -> bool {
    exception.policies.iter().any(|name| match (name.split_once('/'), &policy.namespace) {
        (Some((namespace, name)), Some(own)) => namespace == own && matches(name, &policy.name),
        (Some(_), None) => false,
        (None, _) => matches(name, &policy.name),
    })
}

/// How evidence names a policy.
fn named(policy: &EnginePolicy) -> String {
    match &policy.namespace {
        Some(namespace) => format!("{} {namespace}/{}", policy.kind, policy.name),
        None => format!("{} {}", policy.kind, policy.name),
    }
}

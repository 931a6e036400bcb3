//! All rights at once: what a set of rules comes to, worked out once for each role and put together for each subject.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;
use std::sync::LazyLock;

use super::bits::{Held, Needs};
use super::holders::{Holders, Source};
use super::kinds::Kinds;
use super::need::{Names, Need, Object};
use super::{RIGHTS, Rbac, Rules, Scope};
use palisade_model::Gap;
use palisade_model::eks::Cluster;
use palisade_model::kubernetes::{Objects, Rule, ServerVersion, Subject};

/// A cluster's roles and bindings, with what it takes to ask them for rights.
#[derive(Debug)]
pub(super) struct Judge<'a> {
    pub(super) cluster: &'a Cluster,
    pub(super) objects: &'a Objects,
    pub(super) rbac: Rbac<'a>,
    pub(super) holders: Holders<'a>,
    pub(super) version: Result<ServerVersion, Gap>,
    kinds: Kinds<'a>,
    found: RefCell<HashMap<(*const (), Scope<'a>), Kept<'a>>>,
    /// Whom it is being asked about, so that two who may become each other do not go round in circles.
    pub(super) asked: RefCell<HashSet<Subject>>,
    pub(super) is_looking: Cell<bool>,
    pub(super) reaching: OnceCell<BTreeSet<String>>,
    /// What could not be told of objects that rules name.
    pub(super) doubts: RefCell<Vec<(Names, Gap)>>,
}

/// What the rules of a source meet; the rules keep their address while it is a key.
#[derive(Clone, Debug)]
struct Kept<'a> {
    _rules: Rules<'a>,
    found: Found,
}

#[derive(Clone, Copy, Debug, Default)]
struct Found {
    needs: Needs,
    /// Whether a rule makes objects by their names, which takes a look at the other rules.
    makes_named: bool,
}

static LIST: LazyLock<List> = LazyLock::new(List::new);

/// All needs of all rights, numbered.
#[derive(Debug)]
struct List {
    needs: Vec<&'static Need>,
    /// For each right its ways, and for each way the needs and their set.
    ways: Vec<Vec<(Vec<usize>, Needs)>>,
}

impl List {
    fn new() -> Self {
        let mut list = Self { needs: Vec::new(), ways: Vec::new() };
        for right in RIGHTS.iter() {
            let mut ways = Vec::new();
            for way in right.ways {
                let (mut numbers, mut set) = (Vec::new(), Needs::default());
                for need in *way {
                    numbers.push(list.needs.len());
                    set.insert(list.needs.len());
                    list.needs.push(need);
                }
                ways.push((numbers, set));
            }
            list.ways.push(ways);
        }
        debug_assert!(list.needs.len() <= Needs::MOST && list.ways.len() <= Held::MOST, "the sets are too small");
        list
    }
}

impl<'a> Judge<'a> {
    /// The gap when the cluster was not looked into, or when roles or bindings are not all known.
    pub(super) fn new(cluster: &'a Cluster) -> Result<Self, Gap> {
        let objects = cluster.inside.known()?;
        let rbac = Rbac::new(&objects.access)?;
        let version = objects.version.known().copied();
        Ok(Self {
            cluster,
            objects,
            holders: Holders::new(&rbac, version.as_ref().ok().copied()),
            rbac,
            version,
            kinds: Kinds::of(objects),
            found: RefCell::default(),
            asked: RefCell::default(),
            is_looking: Cell::new(false),
            reaching: OnceCell::new(),
            doubts: RefCell::default(),
        })
    }

    /// The rights that come of rules, of one identity, put together.
    pub(super) fn held<'s>(&self, sources: impl IntoIterator<Item = &'s Source<'a>>) -> Held
    where
        'a: 's,
    {
        let (mut cluster, mut places) = (Needs::default(), BTreeMap::<&str, Needs>::new());
        let mut makes_named = false;
        let sources: Vec<_> = sources.into_iter().collect();
        for source in &sources {
            let found = self.found(source);
            makes_named |= found.makes_named;
            match source.scope {
                Scope::Cluster => cluster.add(&found.needs),
                Scope::Namespace(namespace) => places.entry(namespace).or_default().add(&found.needs),
            }
        }
        if makes_named {
            for (number, scope) in Self::applied(&sources) {
                match scope {
                    Scope::Cluster => cluster.insert(number),
                    Scope::Namespace(namespace) => places.entry(namespace).or_default().insert(number),
                }
            }
        }
        let all = places.values().fold(cluster, Needs::with);
        let mut held = Held::default();
        for (right, ways) in LIST.ways.iter().enumerate() {
            let is_had = ways.iter().filter(|(_, set)| all.meets(set)).any(|(numbers, _)| match numbers.as_slice() {
                [_] => true,
                numbers => {
                    let has = |needs: &Needs| numbers.iter().all(|number| needs.has(*number));
                    has(&cluster) || places.values().any(|place| has(&cluster.with(place)))
                }
            });
            if is_had {
                held.insert(right);
            }
        }
        held
    }

    /// What the rules of one source meet. Those that name nothing mean the same in all namespaces but `kube-system`.
    fn found(&self, source: &Source<'a>) -> Found {
        let names = source.rules.iter().any(|rule| !rule.resource_names.is_empty());
        let place = match source.scope {
            Scope::Namespace(namespace) if !names && namespace != "kube-system" => Scope::Namespace(""),
            scope @ (Scope::Cluster | Scope::Namespace(_)) => scope,
        };
        let key = (Rc::as_ptr(&source.rules).cast::<()>(), place);
        if let Some(kept) = self.found.borrow().get(&key) {
            return kept.found;
        }
        let is_nested = !self.asked.borrow().is_empty() || self.is_looking.get();
        let found = self.find(&source.rules, source.scope);
        // What is found while somebody else is being asked about may leave that one out.
        if !(names && is_nested) {
            self.found.borrow_mut().insert(key, Kept { _rules: Rc::clone(&source.rules), found });
        }
        found
    }

    fn find(&self, rules: &[&Rule], scope: Scope<'a>) -> Found {
        let mut found = Found::default();
        for rule in rules {
            for (number, need) in LIST.needs.iter().enumerate() {
                if !found.needs.has(number) && self.gives(need, rules, rule, scope) {
                    found.needs.insert(number);
                }
                found.makes_named |=
                    need.applied && !rule.resource_names.is_empty() && need.by_name("create", rule, scope).is_some();
            }
        }
        found
    }

    /// Whether a rule, one of these, gives a need, with what its names come to. Rules that allow everything are a right by
    /// themselves, and give no other.
    pub(super) fn gives(&self, need: &Need, rules: &[&Rule], rule: &Rule, scope: Scope<'a>) -> bool {
        need.holds_in(self.version.as_ref().ok().copied()).unwrap_or(true)
            && need.is_met(rule, scope, &self.kinds)
            && (need.object == Object::Everything || !rules.iter().any(|rule| Object::allows_everything(rule)))
            && (rule.resource_names.is_empty() || self.counts(need.names, rule, scope))
    }

    /// The needs that are met because somebody may create and patch an object of one name, with where.
    fn applied(sources: &[&Source<'a>]) -> Vec<(usize, Scope<'a>)> {
        let needs = LIST.needs.iter().enumerate().filter(|(_, need)| need.applied);
        let found = needs.flat_map(|(number, need)| {
            let pairs = applying(need, sources);
            pairs.into_iter().map(move |pair| (number, pair.scope))
        });
        found.collect()
    }

    /// The gap when it cannot be told of which kinds a rule of somebody speaks, for rights that hang on that.
    pub(super) fn unclear_kinds(&self) -> Option<Gap> {
        let rules = self.rbac.bindings().iter().flat_map(|binding| binding.rules.iter().flat_map(|rules| rules.iter()));
        rules.into_iter().find_map(|rule| self.kinds.unclear(rule)).cloned()
    }
}

/// Two rules by which an object of one name is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Applying<'s, 'a> {
    pub(super) create: (&'s Source<'a>, &'a Rule),
    pub(super) patch: (&'s Source<'a>, &'a Rule),
    pub(super) scope: Scope<'a>,
}

/// The pairs of rules by which an object of a need is made by its name.
pub(super) fn applying<'s, 'a>(need: &Need, sources: &[&'s Source<'a>]) -> Vec<Applying<'s, 'a>> {
    let mut pairs = Vec::new();
    let each = || sources.iter().flat_map(|source| source.rules.iter().map(move |rule| (*source, *rule)));
    for (source, rule) in each().filter(|(_, rule)| !rule.resource_names.is_empty()) {
        let Some((resource, names)) = need.by_name("create", rule, source.scope) else { continue };
        for (other, patching) in each() {
            let Some((patched, patched_names)) = need.by_name("patch", patching, other.scope) else { continue };
            let is_same = patched_names.is_empty() || patched_names.iter().any(|name| names.contains(name));
            let Some(scope) = meeting(source.scope, other.scope).filter(|_| is_same && patched == resource) else {
                continue;
            };
            pairs.push(Applying { create: (source, rule), patch: (other, patching), scope });
        }
    }
    pairs
}

/// Where two rules both hold.
fn meeting<'a>(one: Scope<'a>, other: Scope<'a>) -> Option<Scope<'a>> {
    match (one, other) {
        (Scope::Cluster, scope) | (scope, Scope::Cluster) => Some(scope),
        (one, other) => (one == other).then_some(one),
    }
}

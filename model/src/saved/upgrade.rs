//! One walk over a file for each part that it lacks.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::added::{ADDED, Added, INVENTORY_VERSION, StandIn};
use super::site::{File, Site};
use crate::{AccountId, Action, Depth, Partition};

#[derive(Deserialize)]
struct Head {
    account: AccountId,
    partition: Partition,
    depth: Depth,
    palisade: Option<String>,
}

/// Makes a file of an older version one of this version. A file that does not even say what it is about is an error.
pub(super) fn upgrade(file: &mut Value, version: u32) -> Result<(), serde_json::Error> {
    let Head { account, partition, depth, palisade } = Head::deserialize(&*file)?;
    let about = File { version, account, partition, depth, palisade };
    let site = Site { file: &about, region: None, resource: None };
    for row in ADDED.iter().filter(|row| row.since > version) {
        let steps: Vec<_> = row.path.split('/').skip(1).collect();
        walk(file, &steps, &site, row);
    }
    file["inventory_version"] = INVENTORY_VERSION.into();
    Ok(())
}

/// What a walk came back with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// What was missing is made good.
    Whole,
    /// Something is missing that the fact around it cannot do without.
    Lacking,
}

/// Goes on to the place of a row. What is not there, or has another form, is left for the typed reading to refuse.
fn walk(value: &mut Value, steps: &[&str], site: &Site<'_>, row: &Added) -> Step {
    match (steps, value) {
        ([], value) => {
            if let StandIn::Changed(form) = row.stand_in {
                *value = form(value.take());
            }
            Step::Whole
        }
        (["*", rest @ ..], Value::Array(items)) => worst(items.iter_mut().map(|item| walk(item, rest, site, row))),
        (["*", rest @ ..], Value::Object(members)) => {
            worst(members.iter_mut().map(|(name, value)| walk(value, rest, &site.under(name, row.path), row)))
        }
        ([name], Value::Object(object)) if !object.contains_key(*name) => add(object, name, site, row),
        ([name, rest @ ..], Value::Object(object)) => {
            let site = site.within(object);
            let Some(value) = object.get_mut(*name) else { return Step::Whole };
            let step = walk(value, rest, &site, row);
            match (step, *name, row.stand_in) {
                (Step::Lacking, "known", StandIn::Around(action, _)) => {
                    *object = unknown(&site, action);
                    Step::Whole
                }
                (step, _, _) => step,
            }
        }
        (_, _) => Step::Whole,
    }
}

/// Every walk is made before the worst is told.
fn worst(walks: impl Iterator<Item = Step>) -> Step {
    walks.fold(Step::Whole, |worst, step| if worst == Step::Lacking { worst } else { step })
}

/// Puts in what is missing.
fn add(object: &mut Map<String, Value>, name: &str, site: &Site<'_>, row: &Added) -> Step {
    let site = site.within(object);
    let value = match row.stand_in {
        StandIn::Fact(action) => unknown(&site, action).into(),
        StandIn::List(action) => json!({ "items": [], "gap": site.gap(action) }),
        StandIn::Parts => json!({}),
        StandIn::Around(_, is_spared) if is_spared(object) => Value::Null,
        StandIn::Around(_, _) => return Step::Lacking,
        StandIn::Made(make) => make(object, &site),
        // What lacks it altogether is no whole file of its version.
        StandIn::Changed(_) => return Step::Whole,
    };
    object.insert(name.to_owned(), value);
    Step::Whole
}

/// A fact that is unknown.
fn unknown(site: &Site<'_>, action: Action) -> Map<String, Value> {
    Map::from_iter([("unknown".to_owned(), json!(site.gap(action)))])
}

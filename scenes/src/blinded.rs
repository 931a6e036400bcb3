//! Accounts of which something could not be read.

use std::mem;

use palisade_model::{Gap, Inventory, saved};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Calls `look` with the inventory of which one fact is unknown or one list cut short, each time another, and the place of it.
/// Only the part around it is made anew each time, for whole inventories take long to make.
pub fn each_blinding(inventory: &Inventory, mut look: impl FnMut(&str, &Inventory)) {
    let mut blinded = inventory.clone();
    let gap: Gap = serde_json::from_value(gap()).unwrap();
    blinded.regions_gap = Some(gap);
    look("regions_gap", &blinded);
    blinded.regions_gap.clone_from(&inventory.regions_gap);

    let mut seen = 0;
    macro_rules! blind {
        ($place:expr, $part:expr) => {
            seen += blind_part(&mut blinded, &$place, $part, &mut look);
        };
    }
    blind!("/organization", |all| &mut all.organization);
    blind!("/iam", |all| &mut all.iam);
    blind!("/public_repositories", |all| &mut all.public_repositories);
    for name in inventory.regions.keys() {
        macro_rules! blind_in_region {
            ($($part:ident),+) => {
                $(blind!(
                    format!("/regions/{name}/{}", stringify!($part)),
                    |all| &mut all.regions.get_mut(name).unwrap().$part
                );)+
            };
        }
        blind_in_region!(lambda, ecr, ecs, eks, network, load_balancing, queues);
    }
    let mut places = Vec::new();
    find_facts(&saved::to_value(inventory).unwrap(), "", &mut places);
    assert_eq!(seen, places.len(), "parts of the inventory are not blinded");
}

/// Blinds each place of a part, and says how many places there are.
fn blind_part<T: Serialize + for<'a> Deserialize<'a>>(
    inventory: &mut Inventory,
    root: &str,
    part: impl Fn(&mut Inventory) -> &mut T,
    look: &mut impl FnMut(&str, &Inventory),
) -> usize {
    let mut value = serde_json::to_value(part(inventory)).unwrap();
    let mut places = Vec::new();
    find_facts(&value, "", &mut places);
    for place in &places {
        for (end, stand_in) in stand_ins(value.pointer(place).unwrap()) {
            let at = format!("{place}{end}");
            let whole = mem::replace(value.pointer_mut(&at).unwrap(), stand_in);
            let kept = mem::replace(part(inventory), T::deserialize(&value).unwrap());
            look(&format!("{root}{at}"), inventory);
            *part(inventory) = kept;
            *value.pointer_mut(&at).unwrap() = whole;
        }
    }
    places.len()
}

/// What stands in for a fact or a list, or for a member of it: an unknown fact; a list that goes on, or was not read.
fn stand_ins(value: &Value) -> Vec<(&'static str, Value)> {
    if value.get("known").is_some() {
        vec![("", json!({ "unknown": gap() }))]
    } else {
        vec![("/gap", gap()), ("", json!({ "items": [], "gap": gap() }))]
    }
}

fn gap() -> Value {
    json!({ "action": "lambda:GetPolicy", "place": {}, "reason": { "denied": "identity" } })
}

/// The JSON pointers of all known facts and all lists.
fn find_facts(value: &Value, place: &str, places: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            let is_fact = members.len() == 1 && members.contains_key("known");
            let is_list = members.len() == 2 && members.contains_key("items") && members.contains_key("gap");
            if is_fact || is_list {
                places.push(place.to_owned());
            }
            for (name, member) in members {
                find_facts(member, &format!("{place}/{}", name.replace('~', "~0").replace('/', "~1")), places);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                find_facts(item, &format!("{place}/{index}"), places);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

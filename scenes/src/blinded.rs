//! Accounts of which something could not be read.

use palisade_model::{Inventory, saved};
use serde_json::{Value, json};

/// The inventory with one fact unknown, or one list cut short, each time another.
pub fn blindings(inventory: &Inventory) -> Vec<(String, Inventory)> {
    let whole = saved::to_value(inventory).unwrap();
    let gap = json!({ "action": "lambda:GetPolicy", "place": {}, "reason": { "denied": "identity" } });
    let mut places = Vec::new();
    find_facts(&whole, "", &mut places);
    let mut blinded = vec![("regions_gap".to_owned(), replaced(&whole, "/regions_gap", &gap))];
    for place in places {
        if whole.pointer(&place).is_some_and(|value| value.get("known").is_some()) {
            blinded.push((place.clone(), replaced(&whole, &place, &json!({ "unknown": gap }))));
        } else {
            blinded.push((format!("{place}/*"), replaced(&whole, &format!("{place}/gap"), &gap)));
            blinded.push((place.clone(), replaced(&whole, &place, &json!({ "items": [], "gap": gap }))));
        }
    }
    blinded.into_iter().map(|(place, value)| (place, saved::from_value(value).unwrap())).collect()
}

fn replaced(whole: &Value, place: &str, value: &Value) -> Value {
    let mut copy = whole.clone();
    *copy.pointer_mut(place).unwrap() = value.clone();
    copy
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

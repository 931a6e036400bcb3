//! Lists that do not end, or that show things twice.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use palisade_model::{Reason, saved};
use palisade_simulator::{Account, Faults, Rewrite};
use serde_json::{Value, json};

use super::{collected, collected_of, run};

const LIST: &str = "lambda:ListEventSourceMappings";

/// What a change of each page of a list comes to: how many items there are, and why the list ends early.
async fn listed(
    deadline: Duration,
    change: impl Fn(usize, &mut Value) + Send + Sync + 'static,
) -> (usize, Option<Reason>) {
    let number = AtomicUsize::new(0);
    let rewrite = Rewrite::new(move |call, body| {
        if call.action != LIST || call.region != "us-east-1" {
            return None;
        }
        // The simulated account refuses tokens that are not its own.
        let mut page = match call.status {
            200 => serde_json::from_slice(body).unwrap(),
            _ => json!({ "EventSourceMappings": [] }),
        };
        change(number.fetch_add(1, Ordering::Relaxed), &mut page);
        Some(page.to_string().into_bytes())
    });
    let inventory = collected(Faults { rewrite: Some(rewrite), ..Faults::default() }, deadline).await;
    let mappings = &inventory.regions[&"us-east-1".into()].lambda.event_source_mappings;
    (mappings.seen().len(), mappings.gap().map(|gap| gap.reason.clone()))
}

fn failed(reason: Option<Reason>) -> String {
    match reason {
        Some(Reason::Partial(inner)) => inner.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn lists_end_with_a_gap_where_they_lead_nowhere() {
    run(|| async {
        let long = Duration::from_mins(1);
        let (all, gap) = listed(long, |_, _| {}).await;
        assert!(all > 0 && gap.is_none(), "{all}, {gap:?}");

        let circle = ["a", "b", "c", "a"];
        let (found, gap) = listed(long, move |number, page| page["NextMarker"] = circle[number % 4].into()).await;
        assert_eq!(
            (found, failed(gap)),
            (all, "failed: the token of the next page is that of an earlier one".to_owned())
        );

        let empty = |number: usize, page: &mut Value| {
            *page = json!({ "EventSourceMappings": [], "NextMarker": number.to_string() });
        };
        let (found, gap) = listed(long, empty).await;
        assert_eq!(found, 0);
        assert!(failed(gap).contains("pages brought nothing new"));

        let endless = |number: usize, page: &mut Value| {
            let function = format!("arn:aws:lambda:us-east-1:111122223333:function:made-{number}");
            let mapping = json!({ "UUID": number.to_string(), "FunctionArn": function, "EventSourceArn": function, "State": "Enabled" });
            *page = json!({ "EventSourceMappings": [mapping], "NextMarker": number.to_string() });
        };
        let (_, gap) = listed(Duration::from_secs(2), endless).await;
        assert_eq!(failed(gap), Reason::OutOfTime.to_string());
    });
}

#[test]
fn what_stands_on_two_pages_is_one() {
    run(|| async {
        let first = std::sync::Mutex::new(Value::Null);
        let twice = move |number: usize, page: &mut Value| {
            let mut first = first.lock().unwrap();
            if number == 0 {
                first.clone_from(page);
                page["NextMarker"] = "more".into();
            } else {
                page.clone_from(&first);
            }
        };
        let (all, _) = listed(Duration::from_mins(1), |_, _| {}).await;
        let (found, gap) = listed(Duration::from_mins(1), twice).await;
        assert_eq!((found, gap), (all, None));
    });
}

/// How much JSON there is in what is saved of the clusters.
fn size_of_clusters(inventory: &palisade_model::Inventory) -> usize {
    fn size(value: &Value) -> usize {
        1 + match value {
            Value::Object(members) => members.values().map(size).sum::<usize>(),
            Value::Array(items) => items.iter().map(size).sum(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
        }
    }
    size(&saved::to_value(inventory).unwrap()["regions"]["us-east-1"]["eks"])
}

#[test]
fn lists_of_clusters_are_read_to_their_last_page() {
    run(|| async {
        let deadline = Duration::from_mins(1);
        let whole = collected(Faults::default(), deadline).await;
        let paged = Box::pin(collected_of(Account::demo().in_pages_of(2), Faults::default(), deadline)).await;
        let (whole, paged) = (size_of_clusters(&whole), size_of_clusters(&paged));
        assert!(whole > 1_000, "{whole}");
        assert_eq!(paged, whole);
    });
}

//! Objects of a cluster, saved and read again.

use std::sync::Arc;

use palisade_model::Listing;
use palisade_model::kubernetes::Objects;
use palisade_scenes::objects::{empty, pod, unread};

#[test]
fn every_list_and_fact_can_be_a_gap() {
    assert_eq!(empty().gaps().count(), 0);
    let blind = unread();
    let text = serde_json::to_string(&blind).unwrap();
    assert_eq!(blind.gaps().count(), text.matches(r#""action":"#).count());
}

#[test]
fn objects_survive_being_saved() {
    let pods = vec![pod("orders-7f9c-x1"), pod("orders-7f9c-x2")];
    let objects = Objects { pods: Listing::whole(pods), ..empty() };
    let text = serde_json::to_string(&objects).unwrap();
    let back: Objects = serde_json::from_str(&text).unwrap();
    assert_eq!(back, objects);
    let [first, second] = back.pods.seen() else { panic!("{:?}", back.pods) };
    assert!(Arc::ptr_eq(&first.spec, &second.spec), "pods that are alike share their specification again");
    let torn = text.replace(r#""specs":["#, r#""specs":[],"#).replacen("[],{", r#"[],"was":[{"#, 1);
    assert!(serde_json::from_str::<Objects>(&torn).unwrap_err().to_string().contains("has no specification"));
    let blind = serde_json::to_string(&unread()).unwrap();
    assert_eq!(serde_json::from_str::<Objects>(&blind).unwrap(), unread());
}

//! Every line of a batch is answered with one line of JSON.

#![no_main]

use libfuzzer_sys::fuzz_target;
use palisade_policy::batch;

fuzz_target!(|line: &str| {
    let answer = batch::answer(line);
    assert!(!answer.contains('\n'));
    assert!(serde_json::from_str::<serde_json::Value>(&answer).is_ok_and(|value| value.is_object()));
});

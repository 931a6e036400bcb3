//! What each sink says, and what follows.

use std::time::Duration;

use serde_json::json;

use super::fake::{Acks, Fault, Kind};
use super::report::{ACCOUNT, document, of, view};
use super::{Stage, items, reported};
use crate::{Outcome, Reported, drain, enqueue};

fn reasons(outcome: &Outcome) -> String {
    outcome.refused.keys().chain(outcome.spooled.keys()).cloned().collect::<Vec<_>>().join("\n")
}

/// The id of an item, as the sink knows it.
fn id_of(stage: &Stage, findings: usize, number: usize) -> String {
    items(&*stage.sink(), &view(findings)).remove(number).1.id.split('@').next().unwrap().to_owned()
}

#[tokio::test]
async fn splunk_goes_on_behind_the_event_that_it_does_not_understand() {
    let stage = Stage::of(Kind::Splunk).await;
    for number in [2, 3, 17] {
        let id = id_of(&stage, 20, number);
        stage.fake.state().refused.insert(id);
    }
    let outcome = stage.deliver(&view(20)).await;
    assert_eq!((outcome.delivered, outcome.refused.values().sum::<usize>(), outcome.waiting()), (18, 3, 0));
    assert!(reasons(&outcome).contains("does not understand the event: Invalid data format"), "{outcome}");
    let (held, mut once) = (stage.fake.held(), stage.fake.held());
    once.dedup();
    assert_eq!(held, once);
    assert!(stage.clock.pauses().is_empty(), "nothing had to be waited for");
}

#[tokio::test]
async fn splunk_stops_at_once_where_only_a_person_can_help_and_never_tells_the_token() {
    for (status, code, words) in [
        (403, 1, "the token is disabled"),
        (401, 2, "did not see a token"),
        (401, 3, "does not understand the authorisation"),
        (403, 4, "the token is not valid"),
        (400, 7, "there is no index that of the token"),
        (400, 10, "did not see the channel"),
        (400, 11, "refuses the channel"),
    ] {
        let stage = Stage::of(Kind::Splunk).await;
        let text = format!("no, {}", super::PLANTED);
        stage.fake.fails(&[Fault::Says(status, json!({ "text": text, "code": code }))]);
        let outcome = stage.deliver(&view(40)).await;
        assert!(reasons(&outcome).contains(words), "{code}: {outcome}");
        assert_eq!((outcome.waiting(), stage.fake.state().requests.len()), (41, 1), "{code}");
        stage.assert_no_secret(&outcome);
        assert_eq!(stage.again().await.delivered, 41);
    }
}

#[tokio::test]
async fn splunk_is_asked_until_it_has_indexed() {
    let stage = Stage::of(Kind::Splunk).await;
    stage.fake.state().acks = Acks::After(3);
    let outcome = stage.deliver(&view(2)).await;
    assert_eq!((outcome.delivered, stage.fake.state().questions), (3, 3));
    assert_eq!(stage.clock.pauses().iter().map(Duration::as_secs).sum::<u64>(), 4);
}

#[tokio::test]
async fn what_splunk_never_acknowledges_is_sent_again_by_the_next_run_only() {
    let stage = Stage::of(Kind::Splunk).await;
    stage.fake.state().acks = Acks::Never;
    let outcome = stage.deliver(&view(30)).await;
    assert_eq!((outcome.delivered, outcome.waiting()), (0, 31));
    assert_eq!(stage.fake.state().requests.len(), 1, "the rest is not sent to who does not index");
    assert!(reasons(&outcome).contains("not acknowledged"), "{outcome}");
    stage.fake.state().acks = Acks::Off;
    assert_eq!(stage.again().await.delivered, 31);
    let mut held = stage.fake.held();
    held.dedup();
    assert_eq!(held.len(), 31);
}

#[tokio::test]
async fn an_event_of_splunk_has_its_time_in_seconds_and_its_id_in_a_field() {
    let stage = Stage::of(Kind::Splunk).await;
    stage.deliver(&view(1)).await;
    let body = stage.fake.state().bodies.concat();
    assert!(body.starts_with(r#"{"time":1795339800.250,"source":"palisade","sourcetype":"palisade:ocsf","#), "{body}");
    let first = serde_json::Deserializer::from_str(&body).into_iter::<serde_json::Value>().next().unwrap().unwrap();
    assert_eq!(first["event"]["time"], 1_795_339_800_250_i64);
    assert_eq!(first["fields"]["palisade_id"], format!("{:032x}-1795339800250", 0));
}

#[tokio::test]
async fn elastic_is_sent_again_only_what_it_rejected() {
    let stage = Stage::of(Kind::Elastic).await;
    stage.fake.fails(&[Fault::Busy, Fault::Busy]);
    let outcome = stage.deliver(&view(6)).await;
    assert_eq!((outcome.delivered, outcome.already, outcome.waiting()), (7, 0, 0));
    let counts: Vec<_> = stage.fake.state().requests.iter().map(|(_, ids)| ids.len()).collect();
    assert_eq!(counts, [7, 3, 1]);
    assert_eq!(stage.clock.pauses().iter().map(Duration::as_secs).collect::<Vec<_>>(), [1, 2]);
}

#[tokio::test]
async fn a_document_that_elastic_has_already_is_a_success() {
    let stage = Stage::of(Kind::Elastic).await;
    stage.fake.fails(&[Fault::HalfThenCut]);
    let outcome = stage.deliver(&view(6)).await;
    assert_eq!((outcome.delivered, outcome.already), (4, 3));
    assert!(outcome.is_complete() && stage.fake.held().len() == 7);
}

#[tokio::test]
async fn what_elastic_cannot_map_is_told_kept_and_never_sent_again() {
    let stage = Stage::of(Kind::Elastic).await;
    let ids = [0, 3, 12].map(|number| id_of(&stage, 20, number));
    stage.fake.state().refused.extend(ids.clone());
    let outcome = stage.deliver(&view(20)).await;
    assert_eq!((outcome.delivered, outcome.waiting()), (18, 0));
    let expected = "status 400 mapper_parsing_exception failed to parse field [x] of type [long]";
    assert_eq!(
        outcome.refused.iter().map(|(reason, count)| (reason.ends_with(expected), *count)).collect::<Vec<_>>(),
        [(true, 3)]
    );
    let requests = stage.fake.state().requests.clone();
    assert!(ids.iter().all(|id| requests.iter().filter(|(_, sent)| sent.contains(id)).count() == 1));
    assert!(stage.again().await.is_complete() && stage.fake.state().requests.len() == requests.len());
    let folder = stage.spool().folder().join("refused");
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 2, "one for each batch and reason");
}

#[tokio::test]
async fn a_request_that_is_too_large_is_halved_until_it_is_taken() {
    for kind in [Kind::Splunk, Kind::Elastic, Kind::Hub, Kind::Http] {
        let stage = Stage::of(kind).await;
        stage.fake.fails(&[Fault::TooLarge, Fault::TooLarge]);
        let outcome = stage.deliver(&view(40)).await;
        assert_eq!((outcome.delivered, stage.fake.held().len()), (41, 41), "{kind:?}: {outcome}");
        assert!(outcome.is_complete() && stage.clock.pauses().is_empty());
    }
}

#[tokio::test]
async fn who_refuses_one_after_the_other_is_left_in_peace() {
    let stage = Stage::of(Kind::Http).await;
    stage.fake.fails(&vec![Fault::Says(400, json!("no")); 1_000]);
    let outcome = stage.deliver(&view(60)).await;
    assert_eq!((outcome.refused.values().sum::<usize>(), outcome.waiting()), (8, 53), "{outcome}");
    assert!(stage.fake.state().requests.len() < 20);
}

#[tokio::test]
async fn a_sink_is_given_the_time_that_it_asks_for() {
    for kind in [Kind::Splunk, Kind::Elastic, Kind::Hub, Kind::Http] {
        let stage = Stage::of(kind).await;
        stage.fake.fails(&[Fault::RetryAfter(429, 7), Fault::RetryAfter(503, 60)]);
        assert!(stage.deliver(&view(2)).await.is_complete(), "{kind:?}");
        assert_eq!(stage.clock.pauses().iter().map(Duration::as_secs).collect::<Vec<_>>(), [7, 60]);
        stage.fake.fails(&[Fault::RetryAfter(429, 86_400)]);
        let outcome = stage.deliver(&of(&next_day(2))).await;
        // That of the other Region is another hub.
        assert_eq!((outcome.is_complete(), stage.clock.pauses().len()), (false, 2), "{kind:?}: {outcome}");
    }
}

fn next_day(findings: usize) -> serde_json::Value {
    let mut document = document(findings);
    document["collected_at"] = "2026-11-23T09:30:00Z".into();
    document
}

#[tokio::test]
async fn an_address_that_leads_elsewhere_gets_no_secret() {
    for kind in [Kind::Splunk, Kind::Elastic, Kind::Http] {
        let stage = Stage::of(kind).await;
        stage.fake.fails(&[Fault::Status(302)]);
        let outcome = stage.deliver(&view(2)).await;
        assert!(reasons(&outcome).contains("is not followed"), "{outcome}");
        assert_eq!((outcome.waiting(), stage.fake.state().requests.len()), (3, 1));
    }
}

#[tokio::test]
async fn security_hub_gets_failed_findings_once_more_and_names_the_rest() {
    let stage = Stage::of(Kind::Hub).await;
    let id = id_of(&stage, 40, 0);
    stage.fake.state().refused.insert(id.clone());
    stage.fake.fails(&[Fault::Busy]);
    let outcome = stage.deliver(&view(40)).await;
    assert_eq!((outcome.delivered, outcome.refused.values().sum::<usize>(), outcome.waiting()), (41, 0, 0));
    stage.fake.state().kept.clear();
    let outcome = stage.deliver(&of(&next_day(40))).await;
    assert_eq!((outcome.delivered, outcome.refused.values().sum::<usize>()), (40, 1));
    assert!(reasons(&outcome).ends_with(": InvalidInput … was not taken"), "{outcome}");
    stage.fake.fails(&[Fault::Busy, Fault::Busy, Fault::Busy]);
    stage.fake.state().refused.clear();
    let mut third = document(12);
    third["collected_at"] = "2026-11-24T09:30:00Z".into();
    third["gaps"] = json!([]);
    third["findings"].as_array_mut().unwrap().retain(|one| one["region"] == "eu-west-1");
    let outcome = stage.deliver(&of(&third)).await;
    // Of six three are taken, and of these one once more; the rest waits, with the code that was named.
    assert_eq!((outcome.delivered, outcome.waiting()), (5, 1), "{outcome}");
    assert!(reasons(&outcome).contains("InternalException"), "{outcome}");
    assert_eq!(stage.again().await.delivered, 1);
}

/// Two that go to the same hub.
fn findings_of_one_region() -> palisade_report::view::View<'static> {
    let mut document = document(3);
    document["findings"].as_array_mut().unwrap().remove(1);
    document["gaps"] = json!([]);
    of(&document)
}

#[tokio::test]
async fn security_hub_is_not_believed_when_it_does_not_account_for_all() {
    let stage = Stage::of(Kind::Hub).await;
    for said in [
        json!({ "FailedCount": 0, "SuccessCount": 1, "FailedFindings": [] }),
        json!({ "FailedCount": 1, "SuccessCount": 1, "FailedFindings": [{ "Id": "other", "ErrorCode": "X" }] }),
        json!({ "FailedCount": 1, "SuccessCount": 1, "FailedFindings": [] }),
        json!({}),
    ] {
        stage.fake.state().faults.push_back(Fault::Says(200, said));
    }
    stage.fake.state().faults.push_back(Fault::None);
    let outcome = stage.deliver(&findings_of_one_region()).await;
    assert_eq!((outcome.delivered, stage.fake.held().len()), (2, 2), "{outcome}");
}

#[tokio::test]
async fn a_region_without_a_hub_does_not_hold_up_the_others() {
    let stage = Stage::of(Kind::Hub).await;
    let said =
        json!({ "Message": "Account 1 is not subscribed to AWS Security Hub", "Code": "InvalidAccessException" });
    stage.fake.fails(&[Fault::Says(401, said)]);
    let outcome = stage.deliver(&view(10)).await;
    assert_eq!((outcome.delivered, outcome.waiting()), (6, 5));
    assert!(reasons(&outcome).starts_with("Security Hub in eu-west-1: Security Hub is not enabled"), "{outcome}");
    stage.fake.fails(&[Fault::Says(403, json!({ "__type": "AccessDeniedException", "message": "no" }))]);
    let outcome = stage.again().await;
    assert!(reasons(&outcome).contains("allow securityhub:BatchImportFindings"), "{outcome}");
}

#[tokio::test]
async fn security_hub_gets_batches_of_a_hundred_in_each_region() {
    let stage = Stage::of(Kind::Hub).await;
    assert_eq!(stage.deliver(&view(410)).await.delivered, 411);
    let mut counts: Vec<_> = stage
        .fake
        .state()
        .requests
        .iter()
        .map(|(path, ids)| (path.split('/').nth(1).unwrap().to_owned(), ids.len()))
        .collect();
    counts.sort();
    let expected = [
        ("eu-west-1", 5),
        ("eu-west-1", 100),
        ("eu-west-1", 100),
        ("us-east-1", 6),
        ("us-east-1", 100),
        ("us-east-1", 100),
    ];
    assert_eq!(counts, expected.map(|(region, count)| (region.to_owned(), count)));
}

#[tokio::test]
async fn what_is_proven_closed_is_archived_and_nothing_else_is() {
    use palisade_report::asff::{Closed, Known};

    let stage = Stage::of(Kind::Hub).await;
    let earlier = view(12);
    stage.deliver(&earlier).await;
    let mut now = next_day(12);
    // The first fails no longer, for its function is gone; of the third, which passed, nothing is told any more.
    now["findings"]
        .as_array_mut()
        .unwrap()
        .retain(|one| one["uid"] != format!("{:032x}", 0) && one["uid"] != format!("{:032x}", 2));
    let uid = |number: usize| format!("{number:032x}");
    let closed = [(uid(0), Closed::Gone), (uid(1), Closed::Gone), (uid(4), Closed::Fixed)].into();
    let (known, view) = (Known { closed, ..Known::default() }, of(&now));
    let reported = Reported { earlier: Some(&earlier), ..reported(&view, &known) };
    let queued = enqueue(&reported, &*stage.sink(), &stage.spool(), &*stage.clock).unwrap();
    assert!(drain(&*stage.sink(), &stage.spool(), &*stage.clock, &queued).await.unwrap().is_complete());
    let hub = stage.fake.state();
    let archived: Vec<_> =
        hub.kept.iter().filter(|(_, one)| one["RecordState"] == "ARCHIVED").map(|(id, _)| id).collect();
    // The second is unknown and the fifth still fails: neither is closed, whatever was said.
    assert_eq!(archived, [&format!("palisade/{}", uid(0))]);
    assert_eq!(hub.kept[archived[0]]["UpdatedAt"], "2026-11-23T09:30:00Z");
    assert_eq!(hub.kept[archived[0]]["AwsAccountId"], ACCOUNT);
}

#[tokio::test]
async fn a_report_of_another_account_is_not_sent_to_this_ones_hub() {
    let stage = Stage::of(Kind::Hub).await;
    let mut document = document(1);
    document["account"] = "999999999999".into();
    let (view, known) = (of(&document), super::Known::default());
    let error = enqueue(&reported(&view, &known), &*stage.sink(), &stage.spool(), &*stage.clock).unwrap_err();
    assert!(error.to_string().contains("another account"), "{error}");
}

#[tokio::test]
async fn a_finding_that_no_request_can_hold_is_told_and_kept() {
    let stage = Stage::of(Kind::Splunk).await;
    let mut document = document(3);
    document["findings"][0]["evidence"] = json!(["x".repeat(20_000)]);
    let outcome = stage.deliver(&of(&document)).await;
    assert_eq!((outcome.delivered, outcome.refused.values().sum::<usize>()), (3, 1));
    assert!(reasons(&outcome).contains("larger than the 12000 bytes"), "{outcome}");
}

#[tokio::test]
async fn elastic_gets_the_fields_of_its_own_schema() {
    let stage = Stage::of(Kind::Elastic).await;
    stage.deliver(&view(4)).await;
    let index = stage.fake.state();
    let of = |number: usize| &index.kept[&format!("{number:032x}-1795339800250")];
    let outcomes =
        [0, 1, 2, 3].map(|number| (of(number)["event"]["outcome"].clone(), of(number)["result"]["evaluation"].clone()));
    let expected = [("failure", "failed"), ("unknown", "unknown"), ("success", "passed"), ("failure", "failed")];
    assert_eq!(outcomes, expected.map(|(outcome, evaluation)| (json!(outcome), json!(evaluation))));
    let first = of(0);
    assert_eq!(first["@timestamp"], "2026-11-22T09:30:00.25Z");
    assert_eq!(first["event"]["kind"], "state");
    assert_eq!(first["rule"]["id"], "lambda-tracing-off");
    assert_eq!(
        first["cloud"],
        json!({
            "provider": "aws", "account": { "id": ACCOUNT }, "region": "eu-west-1", "service": { "name": "lambda" },
        })
    );
    assert_eq!(of(1)["palisade"]["gap"]["action"], "lambda:GetPolicy");
    assert_eq!(of(3)["palisade"]["suppression"], json!({ "reason": "known" }));
}

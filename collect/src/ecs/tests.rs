//! What becomes of calls about several things at once, and which definitions are asked for.

use std::collections::BTreeMap;
use std::sync::{Arc as Shared, Mutex};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::ErrorMetadata;
use palisade_model::ecs::{
    Cluster, ClusterDetails, Controller, Deployment, LaunchChoice, Origin, Overrides, Service, ServiceDetails, Stage,
    Task, TaskDetails,
};
use palisade_model::{Action, Arn, By, Fact, Gap, Listing, Place, Reason, RegionName};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::Instant;

use super::definitions::of_cluster;
use super::reader::{Reader, Together, where_offered};
use super::services::still_there;
use crate::ask::Ask;
use crate::aws::pacer::Pacer;
use crate::aws::session::{Connection, Session};
use crate::aws::signed::{Answer, Batch, Signed};
use crate::journal::{About, Journal};
use crate::outage::Outages;
use crate::progress::Progress;

const CLUSTER: &str = "arn:aws:ecs:eu-west-1:111122223333:cluster/shop";

fn task(number: u32) -> Arn {
    Arn::from(format!("arn:aws:ecs:eu-west-1:111122223333:task/shop/{number}"))
}

async fn session() -> Shared<Session> {
    let connection = Connection {
        endpoint_url: Some("http://127.0.0.1:9".to_owned()),
        simulated: Some(Credentials::new("AKIATESTTESTTESTTEST", "test", None, None, "test")),
        call_timeout: Duration::from_secs(5),
        ..Connection::default()
    };
    Shared::new(Session::open(&connection).await.unwrap())
}

fn ask(session: &Session, journal: Journal) -> Ask {
    let (_never, stop) = watch::channel(false);
    Ask {
        pacer: Pacer::new(1e6, Instant::now() + Duration::from_mins(1), stop),
        journal,
        progress: Shared::new(Progress::new(false)),
        outages: Outages::default(),
        credentials: Shared::clone(session.kept()),
    }
}

/// Asks for tasks two at a time: what is told of each, and what was asked for.
async fn told(
    wanted: &[Arn],
    journal: Journal,
    answer: impl Fn(&[Arn]) -> Answer<Batch<u32>>,
) -> (Vec<Fact<u32>>, Vec<usize>) {
    let session = session().await;
    let region = RegionName::from("eu-west-1");
    let (signed, ask) = (Signed::new(&session, &region), ask(&session, journal));
    let reader = Reader { signed: &signed, region: &region, ask: &ask };
    let asked = Mutex::new(Vec::new());
    let call = |chunk: Vec<Arn>| {
        asked.lock().unwrap().push(chunk.len());
        let answer = answer(&chunk);
        async move { answer }
    };
    let place = Place::resource(&CLUSTER.into());
    let together = Together { action: Action::EcsDescribeTasks, place, size: 2, wanted };
    let told = reader.told(&together, call).await;
    (told, asked.into_inner().unwrap())
}

fn batch(found: &[Arn], failures: &[(&Arn, &str)]) -> Batch<u32> {
    let found: Vec<_> =
        found.iter().map(|arn| (arn, arn.as_str().rsplit('/').next().unwrap().parse::<u32>().unwrap())).collect();
    let failures: Vec<Value> = failures.iter().map(|(arn, reason)| json!({ "arn": arn, "reason": reason })).collect();
    serde_json::from_value(json!({ "found": found, "failures": failures })).unwrap()
}

fn denied() -> SdkError<ErrorMetadata, HttpResponse> {
    let error = ErrorMetadata::builder().code("AccessDeniedException").message("no").build();
    SdkError::service_error(error, HttpResponse::new(400.try_into().unwrap(), SdkBody::from("{}")))
}

fn gap_of(arn: &Arn, reason: Reason) -> Fact<u32> {
    Fact::Unknown(Gap { action: Action::EcsDescribeTasks, place: Place::resource(arn), reason })
}

#[tokio::test]
async fn each_thing_gets_what_is_told_of_it_in_order() {
    let wanted: Vec<Arn> = (1..=5).map(task).collect();
    let (found, asked) = told(&wanted, Journal::default(), |chunk| {
        let turned: Vec<_> = chunk.iter().rev().cloned().collect();
        Ok(batch(&turned, &[]))
    })
    .await;
    assert_eq!(found, (1..=5).map(Fact::Known).collect::<Vec<_>>());
    assert_eq!(asked, [2, 2, 1]);
    assert_eq!(told(&[], Journal::default(), |_| Err(denied())).await, (Vec::new(), Vec::new()));
}

#[tokio::test]
async fn a_call_that_fails_is_a_gap_of_each_and_of_no_other() {
    let wanted: Vec<Arn> = (1..=4).map(task).collect();
    let (found, _) =
        told(
            &wanted,
            Journal::default(),
            |chunk| {
                if chunk.contains(&task(3)) { Err(denied()) } else { Ok(batch(chunk, &[])) }
            },
        )
        .await;
    let refused = gap_of(&CLUSTER.into(), Reason::Denied(By::Unsaid));
    assert_eq!(found, [Fact::Known(1), Fact::Known(2), refused.clone(), refused]);
}

#[tokio::test]
async fn what_is_missing_is_gone_and_what_is_not_mentioned_is_a_gap() {
    let wanted: Vec<Arn> = (1..=4).map(task).collect();
    let (found, _) = told(&wanted, Journal::default(), |chunk| {
        let (first, second) = (&chunk[0], &chunk[1]);
        let reason = if *second == task(2) { "MISSING" } else { "INTERNAL" };
        Ok(if *second == task(2) {
            batch(std::slice::from_ref(first), &[(second, reason)])
        } else {
            batch(&[], &[(second, reason)])
        })
    })
    .await;
    assert_eq!(found[0], Fact::Known(1));
    assert_eq!(found[1], gap_of(&task(2), Reason::Gone));
    assert_eq!(found[2], gap_of(&task(3), Reason::Failed(format!("the answer lacks {}", task(3)))));
    assert_eq!(found[3], gap_of(&task(4), Reason::Failed(format!("INTERNAL for {}", task(4)))));
}

#[tokio::test]
async fn a_run_that_goes_on_asks_only_for_what_is_not_in_the_journal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let about = || About::new("111122223333".into(), palisade_model::Depth::Standard, false, jiff::Timestamp::now());
    let wanted: Vec<Arn> = (1..=4).map(task).collect();
    let first = Journal::open(&path, &about()).unwrap().0;
    told(&wanted, first, |chunk| if chunk.contains(&task(3)) { Err(denied()) } else { Ok(batch(chunk, &[])) }).await;
    let second = Journal::open(&path, &about()).unwrap().0;
    let (found, asked) = told(&wanted, second, |chunk| Ok(batch(chunk, &[]))).await;
    assert_eq!(found, (1..=4).map(Fact::Known).collect::<Vec<_>>());
    assert_eq!(asked, [2]);
}

#[test]
fn a_revision_that_is_not_kept_does_not_bury_its_service() {
    let gone = |place| Gap { action: Action::EcsDescribeServiceRevisions, place, reason: Reason::Gone };
    let revision = Arn::from("arn:aws:ecs:eu-west-1:111122223333:service-revision/shop/web/1");
    let missing: Fact<u32> = Fact::Unknown(gone(Place::resource(&revision)));
    let said = still_there(missing, &revision);
    assert_eq!(said.gap().map(|gap| &gap.reason), Some(&Reason::Failed(format!("MISSING for {revision}"))));
    let refused: Fact<u32> = Fact::Unknown(gone(Place::region(&"eu-west-1".into())));
    assert_eq!(still_there(refused.clone(), &revision), refused);
}

#[test]
fn where_something_is_not_offered_there_is_none() {
    let failed = |said: &str| {
        let reason = Reason::Failed(said.to_owned());
        Listing::<Arn>::unread(Gap { action: Action::EcsListDaemons, place: Place::account(), reason })
    };
    assert_eq!(where_offered(failed("UnsupportedFeatureException: not in this Region")), Listing::whole(Vec::new()));
    assert_eq!(where_offered(failed("ClientException: no")), failed("ClientException: no"));
}

fn definition(name: &str) -> Arn {
    Arn::from(format!("arn:aws:ecs:eu-west-1:111122223333:task-definition/{name}"))
}

fn stage(name: &str, desired: u32, running: u32) -> Deployment {
    Deployment {
        id: name.to_owned(),
        stage: Stage::Active,
        definition: definition(name),
        desired,
        running,
        launch: LaunchChoice::default(),
        network: None,
        volumes: Vec::new(),
        connect: None,
        targets: Vec::new(),
    }
}

fn service(desired: u32, deployments: Vec<Deployment>) -> Service {
    let details = ServiceDetails {
        status: "ACTIVE".to_owned(),
        desired,
        running: 0,
        is_daemon: false,
        launch: LaunchChoice::default(),
        definition: Some(definition("named:9")),
        network: None,
        targets: Vec::new(),
        controller: Controller::Ecs,
        circuit_breaker: None,
        has_alarms: false,
        exec: false,
        is_express: false,
        deployments,
        tags: BTreeMap::new(),
    };
    Service {
        arn: "arn:aws:ecs:eu-west-1:111122223333:service/shop/web".into(),
        name: "web".to_owned(),
        details: Fact::Known(details),
        revisions: Fact::Known(Vec::new()),
        express: Fact::Known(None),
    }
}

fn standalone(name: &str, is_stopped: bool) -> Task {
    let details = TaskDetails {
        definition: definition(name),
        group: None,
        started_by: None,
        status: "PENDING".to_owned(),
        is_stopped,
        launch_type: None,
        capacity_provider: None,
        platform_version: None,
        platform_family: None,
        instance: None,
        exec: false,
        overrides: Overrides::default(),
        containers: Vec::new(),
        interfaces: Vec::new(),
        has_ipv6_address: false,
        storage_key: None,
        isolation: None,
        started_at: None,
    };
    Task { arn: task(1), details: Fact::Known(details) }
}

#[test]
fn only_definitions_that_run_or_will_are_asked_for() {
    let wanted = |services: Vec<Service>, tasks: Vec<Task>| {
        let cluster = Cluster {
            arn: CLUSTER.into(),
            name: "shop".to_owned(),
            details: Fact::Known(ClusterDetails::default()),
            capacity_providers: Fact::Known(Vec::new()),
            services: Listing::whole(services),
            tasks: Listing::whole(tasks),
            instances: Listing::whole(Vec::new()),
            daemons: Listing::whole(Vec::new()),
        };
        let wanted: BTreeMap<_, _> = of_cluster(&cluster).collect();
        assert!(wanted.values().all(|origin| *origin == Origin::Task));
        wanted.into_keys().map(|arn| arn.resource().rsplit('/').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let rollout = service(2, vec![stage("web:2", 2, 1), stage("web:1", 0, 1), stage("web:0", 0, 0)]);
    assert_eq!(wanted(vec![rollout], Vec::new()), ["web:1", "web:2"]);
    assert_eq!(wanted(vec![service(0, vec![stage("web:2", 0, 0)])], Vec::new()), Vec::<String>::new());
    assert_eq!(wanted(vec![service(1, Vec::new())], Vec::new()), ["named:9"]);
    assert_eq!(wanted(Vec::new(), vec![standalone("job:1", false), standalone("job:2", true)]), ["job:1"]);
}

//! What stands between a finding and its loss.

use std::fs;
use std::path::Path;

use super::fake::{Fault, Kind};
use super::report::{document, of, view};
use super::{Stage, items, sink};
use crate::spool::Lock;
use crate::{Queued, Spool, drain};

const EVERY: [Kind; 4] = [Kind::Splunk, Kind::Elastic, Kind::Hub, Kind::Http];

#[tokio::test]
async fn a_sink_that_is_down_loses_nothing_and_the_next_run_makes_up_for_it() {
    for kind in EVERY {
        let stage = Stage::of(kind).await;
        stage.fake.fails(&vec![Fault::Cut; 100]);
        let outcome = stage.deliver(&view(40)).await;
        assert_eq!((outcome.delivered, outcome.waiting()), (0, 41), "{kind:?}: {outcome}");
        assert!(outcome.to_string().contains("cut") && !outcome.is_complete(), "{outcome}");
        stage.fake.fails(&[]);
        let outcome = stage.deliver(&of(&later(40))).await;
        assert_eq!((outcome.delivered, outcome.earlier, outcome.waiting()), (82, 41, 0), "{kind:?}");
        assert!(outcome.is_complete() && stage.waiting() == 0);
        // What was left over went first.
        let requests = stage.fake.state().requests.clone();
        let old = items(&*stage.sink(), &view(40)).remove(0).1.id;
        let old = old.split('@').next().unwrap();
        let attempt = requests.iter().rev().position(|(_, ids)| ids.iter().any(|id| id == old)).unwrap();
        assert!(attempt > 0, "{kind:?}");
    }
}

/// The same account, read a day later.
fn later(findings: usize) -> serde_json::Value {
    let mut document = document(findings);
    document["collected_at"] = "2026-11-23T09:30:00.25Z".into();
    document
}

#[tokio::test]
async fn an_address_at_which_nobody_listens_is_told_in_words() {
    let stage = Stage::of(Kind::Splunk).await;
    let address = {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let sink = sink(Kind::Splunk, &address, &stage.clock);
    let known = super::Known::default();
    let view = view(4);
    let queued = crate::enqueue(&super::reported(&view, &known), &*sink, &stage.spool(), &*stage.clock).unwrap();
    let outcome = drain(&*sink, &stage.spool(), &*stage.clock, &queued).await.unwrap();
    assert_eq!(outcome.spooled.keys().collect::<Vec<_>>(), [&format!("{address}: connection refused")]);
    assert_eq!(stage.clock.pauses().iter().map(std::time::Duration::as_secs).collect::<Vec<_>>(), [1, 2, 4, 8, 16]);
}

#[tokio::test]
async fn a_crash_between_the_list_of_what_was_taken_and_the_removal_doubles_nothing() {
    for kind in EVERY {
        let stage = Stage::of(kind).await;
        stage.queue(&view(20));
        let kept: Vec<_> =
            stage.spool().waiting().unwrap().into_iter().map(|path| (fs::read(&path).unwrap(), path)).collect();
        assert!(stage.again().await.is_complete());
        let requests = stage.fake.state().requests.len();
        for (text, path) in &kept {
            fs::write(path, text).unwrap();
        }
        let outcome = stage.again().await;
        assert_eq!((outcome.delivered, outcome.already), (0, 21));
        assert_eq!((stage.fake.state().requests.len(), stage.waiting()), (requests, 0));
    }
}

#[tokio::test]
async fn a_damaged_file_is_moved_aside_and_told_and_the_rest_is_sent() {
    let stage = Stage::of(Kind::Http).await;
    stage.queue(&view(27));
    let paths = stage.spool().waiting().unwrap();
    assert_eq!(paths.len(), 4);
    let text = fs::read_to_string(&paths[0]).unwrap();
    fs::write(&paths[0], &text[..text.len() - 20]).unwrap();
    fs::write(&paths[1], fs::read_to_string(&paths[1]).unwrap().replace("tracing", "tracinG")).unwrap();
    fs::write(&paths[2], "").unwrap();
    let outcome = stage.again().await;
    assert_eq!((outcome.delivered, outcome.damaged.len()), (7, 3));
    assert!(!outcome.is_complete() && outcome.to_string().contains("it is not what was written"), "{outcome}");
    for damaged in &outcome.damaged {
        assert!(damaged.path.exists() && damaged.path.parent().unwrap().ends_with("damaged"));
    }
    assert_eq!(fs::read_to_string(&outcome.damaged[0].path).unwrap(), text[..text.len() - 20]);
    assert_eq!(stage.waiting(), 0);
}

#[tokio::test]
async fn what_is_for_another_address_or_of_a_newer_palisade_is_left_alone() {
    let stage = Stage::of(Kind::Elastic).await;
    stage.queue(&view(3));
    let path = stage.spool().waiting().unwrap().remove(0);
    let text = fs::read_to_string(&path).unwrap();
    let newer = path.with_file_name("0-newer.batch");
    fs::write(&newer, text.replacen("\"palisade_spool\":1", "\"palisade_spool\":2", 1)).unwrap();
    let other = sink(Kind::Elastic, "http://127.0.0.1:1", &stage.clock);
    let outcome = drain(&*other, &stage.spool(), &*stage.clock, &Queued::default()).await.unwrap();
    assert_eq!((outcome.foreign, outcome.delivered, outcome.waiting()), (2, 0, 0));
    assert_eq!(stage.waiting(), 2);
    let outcome = stage.again().await;
    assert_eq!((outcome.foreign, outcome.delivered), (1, 4));
    assert!(newer.exists() && !path.exists());
}

#[tokio::test]
async fn two_runs_at_once_send_everything_once() {
    for kind in EVERY {
        let stage = Stage::of(kind).await;
        let view = view(60);
        let queued = (stage.queue(&view), stage.queue(&view));
        let (sinks, spools) = ([stage.sink(), stage.sink()], [stage.spool(), stage.spool()]);
        let (first, second) = tokio::join!(
            drain(&*sinks[0], &spools[0], &*stage.clock, &queued.0),
            drain(&*sinks[1], &spools[1], &*stage.clock, &queued.1),
        );
        let (first, second, third) = (first.unwrap(), second.unwrap(), stage.again().await);
        assert_eq!(first.delivered + second.delivered + third.delivered, 61, "{kind:?}");
        assert_eq!((stage.fake.held().len(), stage.waiting()), (61, 0));
    }
}

#[tokio::test]
async fn who_finds_the_spool_in_use_leaves_its_findings_there_and_says_so() {
    let stage = Stage::of(Kind::Http).await;
    let lock = Lock::of(&stage.spool()).unwrap().unwrap();
    let outcome = stage.deliver(&view(5)).await;
    assert_eq!(outcome.spooled.keys().collect::<Vec<_>>(), ["another run is delivering from this spool"]);
    assert_eq!((outcome.waiting(), stage.fake.held().len()), (6, 0));
    // A lock ends with who held it; the file says nothing.
    drop(lock);
    assert_eq!(stage.again().await.delivered, 6);
}

#[tokio::test]
async fn a_report_that_was_judged_anew_is_sent_anew_and_one_that_is_wished_again_too() {
    let stage = Stage::of(Kind::Splunk).await;
    let mut document = document(8);
    assert_eq!(stage.deliver(&of(&document)).await.delivered, 9);
    document["findings"][0]["severity"] = "high".into();
    let outcome = stage.deliver(&of(&document)).await;
    assert_eq!((outcome.delivered, outcome.already), (1, 8));
    let (view, known) = (of(&document), super::Known::default());
    let again = crate::Reported { again: true, ..super::reported(&view, &known) };
    let queued = crate::enqueue(&again, &*stage.sink(), &stage.spool(), &*stage.clock).unwrap();
    let outcome = drain(&*stage.sink(), &stage.spool(), &*stage.clock, &queued).await.unwrap();
    assert_eq!((outcome.delivered, outcome.already), (9, 0));
}

#[test]
fn the_spool_is_where_the_users_state_is() {
    let of = |pairs: &[(&str, &str)]| {
        let found = |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into());
        Spool::of_sink("splunk", found).map(|spool| spool.folder().to_owned())
    };
    assert_eq!(of(&[("XDG_STATE_HOME", "/s"), ("HOME", "/h")]).unwrap(), Path::new("/s/palisade/spool/splunk"));
    assert_eq!(of(&[("HOME", "/h")]).unwrap(), Path::new("/h/.local/state/palisade/spool/splunk"));
    assert!(of(&[("HOME", "here")]).unwrap_err().to_string().contains("XDG_STATE_HOME"));
}

#[cfg(unix)]
#[tokio::test]
async fn everything_in_the_spool_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;

    let stage = Stage::of(Kind::Elastic).await;
    let refused = items(&*stage.sink(), &view(9)).remove(2).1.id;
    stage.fake.state().refused.insert(refused);
    stage.deliver(&view(9)).await;
    stage.queue(&of(&later(9)));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let (mut folders, mut files) = (vec![stage.spool().folder().to_owned()], 0);
    while let Some(folder) = folders.pop() {
        assert_eq!(mode(&folder), 0o700, "{}", folder.display());
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                assert_eq!(mode(&path), 0o600, "{}", path.display());
                files += 1;
            }
        }
    }
    assert!(files >= 4, "a lock, a list, what was refused, and what waits");
}

#[test]
fn a_spool_that_cannot_be_made_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("spool"), "a file").unwrap();
    let error = Lock::of(&Spool::at(folder.path().join("spool"))).unwrap_err().to_string();
    assert!(error.starts_with("the spool ") && error.contains("spool"), "{error}");
}

#[tokio::test]
async fn what_a_crash_left_half_written_is_swept_away_after_a_day() {
    let stage = Stage::of(Kind::Http).await;
    stage.queue(&view(3));
    let waiting = stage.spool().folder().join("waiting");
    let (old, young) = (waiting.join(".new-old"), waiting.join(".new-young"));
    let now = std::time::SystemTime::from(crate::Clock::now(&*stage.clock));
    for (path, hours) in [(&old, 25), (&young, 1)] {
        let file = fs::File::create(path).unwrap();
        file.set_modified(now - std::time::Duration::from_hours(hours)).unwrap();
    }
    assert_eq!(stage.again().await.delivered, 4);
    assert!(!old.exists() && young.exists());
}

//! Files that are histories, and files that are not.

use std::fs;
use std::path::Path;

use palisade_report::view::View;
use rusqlite::Connection;

use super::super::schema::{APPLICATION, MIGRATIONS, VERSION};
use super::super::{History, StoreError};
use super::{place, with};
use crate::tests::{ACCOUNT, TRACING, fail, function, report};

/// The first version's form, as it was released. It does not change.
const VERSION_1: &str = include_str!("version_1.sql");

fn old(path: &Path) {
    let connection = Connection::open(path).unwrap();
    connection.execute_batch(VERSION_1).unwrap();
}

fn tables(connection: &Connection) -> Vec<String> {
    let mut select = connection.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name").unwrap();
    select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn refused(path: &Path) -> StoreError {
    let before = fs::read(path).unwrap();
    let error = History::open(path).unwrap_err();
    assert_eq!(fs::read(path).unwrap(), before, "a file that is refused stays as it is");
    assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
    error
}

#[cfg(unix)]
#[test]
fn a_new_history_is_for_its_owner_alone_and_nothing_stays_beside_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, history, _) = with([report(1, [])]);
    assert_eq!(fs::metadata(&history.path).unwrap().permissions().mode() & 0o777, 0o600);
    drop(history);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn what_is_no_history_is_refused_and_stays_as_it_is() {
    let (_folder, path) = place();
    fs::write(&path, "").unwrap();
    assert!(matches!(refused(&path), StoreError::Empty { .. }));
    for other in ["{}", "SQLite format", "SQLite format 4\0 and so on"] {
        fs::write(&path, other).unwrap();
        assert!(matches!(refused(&path), StoreError::NoDatabase { .. }), "{other}");
    }
    fs::write(&path, "SQLite format 3\0 and then something else, and more of it".repeat(99)).unwrap();
    assert!(matches!(refused(&path), StoreError::NoDatabase { .. } | StoreError::Damaged { .. }));
    fs::remove_file(&path).unwrap();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE run (id INTEGER)").unwrap();
    assert!(matches!(refused(&path), StoreError::Foreign { .. }));
    let nowhere = path.join("history.db");
    assert!(matches!(History::open(&nowhere), Err(StoreError::Open { .. })));
    assert!(matches!(History::open(path.parent().unwrap()), Err(StoreError::Open { .. })));
}

#[test]
fn a_newer_form_is_refused_with_what_to_do() {
    let (_folder, history, _) = with([]);
    let path = history.path.clone();
    history.connection.pragma_update(None, "user_version", 99).unwrap();
    drop(history);
    let error = refused(&path);
    assert!(matches!(error, StoreError::Newer { found: 99, .. }) && error.to_string().contains("update it"), "{error}");
}

#[test]
fn a_file_that_was_cut_or_overwritten_is_damaged() {
    let findings = (0..300).map(|number| fail(TRACING, &function(&format!("f{number}")), &["x"]));
    let (_folder, history, _) = with([report(1, findings)]);
    let path = history.path.clone();
    drop(history);
    let whole = fs::read(&path).unwrap();
    for part in [whole.len() / 2, whole.len() - 4_096, 4_096, 100] {
        fs::write(&path, &whole[..part]).unwrap();
        assert!(matches!(refused(&path), StoreError::Damaged { .. } | StoreError::NoDatabase { .. }), "{part}");
    }
    let mut overwritten = whole.clone();
    let middle = whole.len() / 2;
    overwritten[middle..middle + 4_096].fill(0xa5);
    fs::write(&path, &overwritten).unwrap();
    assert!(matches!(refused(&path), StoreError::Damaged { .. }));
    fs::write(&path, &whole).unwrap();
    assert_eq!(History::open(&path).unwrap().open_since(ACCOUNT, "aws").unwrap().len(), 300);
}

#[test]
fn the_first_version_is_what_it_was() {
    let (_folder, path) = place();
    old(&path);
    let new = Connection::open_in_memory().unwrap();
    new.execute_batch(MIGRATIONS[0]).unwrap();
    assert_eq!(tables(&Connection::open(&path).unwrap()), tables(&new));
}

#[test]
fn a_history_of_the_first_version_is_brought_to_the_newest_with_all_it_holds() {
    const NEXT: &str = "ALTER TABLE run ADD COLUMN weather TEXT; UPDATE run SET weather = 'fine';";
    let (_folder, path) = place();
    old(&path);
    let history = History::open(&path).unwrap();
    assert_eq!(history.trend(ACCOUNT, "aws").unwrap().len(), 1);
    drop(history);
    let migrations: Vec<_> = MIGRATIONS.iter().copied().chain([NEXT]).collect();
    let mut history = History::open_as(&path, &migrations).unwrap();
    let version: i64 = history.connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, i64::try_from(VERSION).unwrap() + 1);
    assert_eq!(
        history.connection.query_row("SELECT weather FROM run", [], |row| row.get::<_, String>(0)).unwrap(),
        "fine"
    );
    let recorded = history.record(&View::read(report(2, [fail(TRACING, &function("a"), &["x"])]))).unwrap();
    assert_eq!((recorded.changes.counts.unchanged, recorded.run), (1, 2));
    drop(history);
    assert!(matches!(History::open(&path), Err(StoreError::Newer { .. })), "the older program does not touch it");
}

#[test]
fn a_migration_that_fails_halfway_changes_nothing() {
    let (_folder, path) = place();
    old(&path);
    let before = tables(&Connection::open(&path).unwrap());
    let migrations: Vec<_> =
        MIGRATIONS.iter().copied().chain(["CREATE TABLE more (id INTEGER); CREATE TABLE run (id INTEGER);"]).collect();
    assert!(matches!(History::open_as(&path, &migrations), Err(StoreError::Sqlite { .. })));
    assert_eq!(tables(&Connection::open(&path).unwrap()), before);
    assert!(History::open(&path).is_ok());
}

#[test]
fn two_at_once_begin_one_history_and_both_are_recorded() {
    let (_folder, path) = place();
    let record = |account: &str| {
        let mut run = report(1, (0..200).map(|number| fail(TRACING, &function(&format!("f{number}")), &["x"])));
        run.account = account.to_owned();
        History::open(&path).and_then(|mut history| history.record(&View::read(run))).unwrap()
    };
    std::thread::scope(|scope| {
        for account in ["111122223333", "222233334444", "333344445555", "444455556666"] {
            scope.spawn(move || record(account));
        }
    });
    let history = History::open(&path).unwrap();
    assert_eq!(history.accounts().unwrap().len(), 4);
    for (account, partition) in history.accounts().unwrap() {
        assert_eq!(history.open_since(&account, &partition).unwrap().len(), 200);
    }
}

#[test]
fn application_and_version_stand_in_the_file() {
    let (_folder, history, _) = with([]);
    let number = |name| history.connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!((number("application_id"), number("user_version")), (APPLICATION, i64::try_from(VERSION).unwrap()));
}

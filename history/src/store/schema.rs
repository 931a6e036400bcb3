//! The tables of a history, version by version.

use rusqlite::{Connection, TransactionBehavior};

/// What brings a database from the version before to each version, from 1 on. Those that were released do not change.
pub(super) const MIGRATIONS: &[&str] = &[include_str!("version_1.sql")];

/// The version that this program writes.
pub(super) const VERSION: usize = MIGRATIONS.len();

/// By which a file tells that it is a history of palisade: `PALI`.
pub(super) const APPLICATION: i64 = 0x5041_4c49;

/// What the head of a database says of it.
pub(super) struct Head {
    pub(super) application: i64,
    pub(super) version: i64,
}

/// Reads the head.
pub(super) fn head(connection: &Connection) -> rusqlite::Result<Head> {
    let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    Ok(Head { application: number("application_id")?, version: number("user_version")? })
}

/// Brings a database to the newest version, wholly or not at all.
pub(super) fn migrate(connection: &mut Connection, migrations: &[&str]) -> rusqlite::Result<()> {
    let newest = i64::try_from(migrations.len()).unwrap_or(i64::MAX);
    if head(connection)?.version >= newest {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Whoever had the lock before may have done it.
    let version = head(&transaction)?.version;
    for migration in migrations.iter().skip(usize::try_from(version).unwrap_or_default()) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", newest.max(version))?;
    transaction.commit()
}

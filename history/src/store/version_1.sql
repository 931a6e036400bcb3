CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    partition TEXT NOT NULL,
    UNIQUE (name, partition)
) STRICT;

-- What runs looked at, as JSON; one row for all runs that looked at the same.
CREATE TABLE coverage (
    id INTEGER PRIMARY KEY,
    mark TEXT NOT NULL UNIQUE,
    told TEXT NOT NULL
) STRICT;

-- Times are in nanoseconds since 1970.
CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account (id),
    collected_at INTEGER NOT NULL,
    coverage INTEGER NOT NULL REFERENCES coverage (id),
    info TEXT NOT NULL,
    settings TEXT,
    critical INTEGER NOT NULL,
    high INTEGER NOT NULL,
    medium INTEGER NOT NULL,
    low INTEGER NOT NULL,
    informational INTEGER NOT NULL,
    unknown INTEGER NOT NULL,
    suppressed INTEGER NOT NULL,
    UNIQUE (account, collected_at)
) STRICT;

-- Whatever was ever open or could not be checked. Evidence is kept as marks: its words may tell too much.
CREATE TABLE finding (
    account INTEGER NOT NULL REFERENCES account (id),
    uid BLOB NOT NULL,
    check_id TEXT NOT NULL,
    resource TEXT NOT NULL,
    severity TEXT NOT NULL,
    state TEXT NOT NULL,
    deep INTEGER NOT NULL,
    evidence BLOB NOT NULL,
    suppression TEXT,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    last_run INTEGER NOT NULL REFERENCES run (id),
    fixed_at INTEGER,
    reopened INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, uid)
) STRICT, WITHOUT ROWID;

-- What became of a finding in a run, and how it stood from then on; evidence where it changed.
CREATE TABLE event (
    account INTEGER NOT NULL REFERENCES account (id),
    uid BLOB NOT NULL,
    run INTEGER NOT NULL REFERENCES run (id),
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    evidence BLOB,
    PRIMARY KEY (account, uid, run)
) STRICT, WITHOUT ROWID;

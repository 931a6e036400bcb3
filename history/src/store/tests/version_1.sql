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

INSERT INTO account VALUES (1, '111122223333', 'aws');
INSERT INTO coverage VALUES (1, '0a', '{"regions":["eu-west-1","us-east-1"],"depth":"standard","interrupted":false,"scope":{"checks":["lambda-tracing-off"],"resources":[],"selected":false,"settings":"00000000000000000000000000000000"},"left_out":[],"short":{}}');
INSERT INTO run VALUES (1, 1, 1793525400250000000, 1, '{"collected_at":"2026-11-01T09:30:00.25Z","version":"0.1.0","score":null,"complete":true,"selected":false}', '00000000000000000000000000000000', 0, 0, 0, 1, 0, 0, 0);
INSERT INTO finding VALUES (1, X'd15679aeac70b3a823bb92e645b75f57', 'lambda-tracing-off', 'arn:aws:lambda:eu-west-1:111122223333:function:a', 'low', 'open', 0, X'2d711642b726b044', NULL, 1793525400250000000, 1793525400250000000, 1, NULL, 0);
INSERT INTO event VALUES (1, X'd15679aeac70b3a823bb92e645b75f57', 1, 'newly_seen', 'open', X'2d711642b726b044');
PRAGMA application_id = 1346456649;
PRAGMA user_version = 1;

-- Learning from the mail that is there, at the person's command: what was wanted, how far it has got, what came of it.
CREATE TABLE bootstrap (
    account_id INTEGER PRIMARY KEY REFERENCES account (id),
    state TEXT NOT NULL DEFAULT '',
    is_rehearsal INTEGER NOT NULL DEFAULT 0,
    has_junk INTEGER NOT NULL DEFAULT 0,
    most INTEGER NOT NULL DEFAULT 0,
    is_planned INTEGER NOT NULL DEFAULT 0,
    total INTEGER NOT NULL DEFAULT 0,
    done INTEGER NOT NULL DEFAULT 0,
    worked_ms INTEGER NOT NULL DEFAULT 0,
    batch_id INTEGER REFERENCES batch (id),
    started_at INTEGER NOT NULL DEFAULT 0,
    ended_at INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE bootstrap_folder (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES account (id),
    name TEXT NOT NULL DEFAULT '',
    label TEXT NOT NULL DEFAULT '',
    uid_validity INTEGER NOT NULL DEFAULT 0,
    chosen INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX bootstrap_folder_name ON bootstrap_folder (account_id, name);

CREATE TABLE bootstrap_mail (
    account_id INTEGER NOT NULL REFERENCES account (id),
    at INTEGER NOT NULL DEFAULT 0,
    folder_id INTEGER NOT NULL REFERENCES bootstrap_folder (id),
    uid INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account_id, at, folder_id, uid)
) STRICT, WITHOUT ROWID;

CREATE TABLE bootstrap_tally (
    account_id INTEGER NOT NULL REFERENCES account (id),
    what TEXT NOT NULL DEFAULT '',
    messages INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account_id, what)
) STRICT, WITHOUT ROWID;

CREATE TABLE bootstrap_doubt (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES account (id),
    folder TEXT NOT NULL DEFAULT '',
    label TEXT NOT NULL DEFAULT '',
    from_text TEXT NOT NULL DEFAULT '',
    subject TEXT NOT NULL DEFAULT '',
    received_at INTEGER NOT NULL DEFAULT 0,
    probability REAL NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX bootstrap_doubt_account ON bootstrap_doubt (account_id, label, id);

CREATE TABLE learned (
    batch_id INTEGER NOT NULL REFERENCES batch (id),
    content_key BLOB NOT NULL,
    label TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (batch_id, content_key)
) STRICT, WITHOUT ROWID;

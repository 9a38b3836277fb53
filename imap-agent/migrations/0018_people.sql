-- Who writes is read from an index alone. And more changes can be taken back: entries removed from the lists, peers and
-- lessons forgotten.
DROP INDEX mail_from;
CREATE INDEX mail_from ON mail (lower(from_address), received_at, class, taught, answered_at, from_name, from_address);

CREATE INDEX training_newest ON training (at, id, label, source, content_key) WHERE label <> '';

CREATE TABLE list_removed (
    batch_id INTEGER NOT NULL REFERENCES batch (id),
    entry_id INTEGER NOT NULL DEFAULT 0,
    account_id INTEGER NOT NULL DEFAULT 0,
    kind TEXT NOT NULL DEFAULT '',
    content TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    origin TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL DEFAULT 0,
    hits INTEGER NOT NULL DEFAULT 0,
    last_hit_at INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (batch_id, entry_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE peer_forgotten (
    batch_id INTEGER NOT NULL REFERENCES batch (id),
    account_id INTEGER NOT NULL DEFAULT 0,
    address TEXT NOT NULL,
    written INTEGER NOT NULL DEFAULT 0,
    first_written INTEGER NOT NULL DEFAULT 0,
    last_written INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (batch_id, account_id, address)
) STRICT, WITHOUT ROWID;

CREATE TABLE unlearned (
    batch_id INTEGER NOT NULL REFERENCES batch (id),
    content_key BLOB NOT NULL,
    label TEXT NOT NULL DEFAULT '',
    source TEXT NOT NULL DEFAULT '',
    at INTEGER NOT NULL DEFAULT 0,
    said TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (batch_id, content_key)
) STRICT, WITHOUT ROWID;

-- How mail has turned out, by sender and by relay.
CREATE TABLE reputation (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    week INTEGER NOT NULL,
    said_ham INTEGER NOT NULL DEFAULT 0,
    said_spam INTEGER NOT NULL DEFAULT 0,
    was_read INTEGER NOT NULL DEFAULT 0,
    judged_ham INTEGER NOT NULL DEFAULT 0,
    judged_unsure INTEGER NOT NULL DEFAULT 0,
    judged_spam INTEGER NOT NULL DEFAULT 0,
    first_at INTEGER NOT NULL DEFAULT 0,
    last_at INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (kind, name, week)
) STRICT, WITHOUT ROWID;
CREATE INDEX reputation_week ON reputation (week);

CREATE TABLE counted (
    content_key BLOB PRIMARY KEY,
    sender_kind TEXT NOT NULL DEFAULT '',
    sender TEXT NOT NULL DEFAULT '',
    relay TEXT NOT NULL DEFAULT '',
    arrived_at INTEGER NOT NULL DEFAULT 0,
    judged TEXT NOT NULL DEFAULT '',
    read_at INTEGER NOT NULL DEFAULT 0,
    fate TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX counted_oldest ON counted (arrived_at);

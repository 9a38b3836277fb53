-- Accounts, folders, judged mail, the journal of what is done with it, and what was learned.
-- What each column means is said in schema.sql.
CREATE TABLE account (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL DEFAULT '',
    host TEXT NOT NULL DEFAULT '',
    user TEXT NOT NULL DEFAULT '',
    junk_folder TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX account_identity ON account (name, host, user);

CREATE TABLE folder (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES account (id),
    name TEXT NOT NULL DEFAULT '',
    uid_validity INTEGER NOT NULL DEFAULT 0,
    high_water INTEGER NOT NULL DEFAULT 0,
    baseline_at INTEGER NOT NULL DEFAULT 0,
    looked_at INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX folder_name ON folder (account_id, name);

CREATE TABLE seen (
    account_id INTEGER NOT NULL REFERENCES account (id),
    fingerprint BLOB NOT NULL,
    PRIMARY KEY (account_id, fingerprint)
) STRICT, WITHOUT ROWID;

CREATE TABLE mail (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES account (id),
    content_key BLOB NOT NULL,
    fingerprint BLOB NOT NULL,
    message_id TEXT NOT NULL DEFAULT '',
    from_name TEXT NOT NULL DEFAULT '',
    from_address TEXT NOT NULL DEFAULT '',
    to_text TEXT NOT NULL DEFAULT '',
    subject TEXT NOT NULL DEFAULT '',
    search_text TEXT NOT NULL DEFAULT '',
    received_at INTEGER NOT NULL DEFAULT 0,
    judged_at INTEGER NOT NULL DEFAULT 0,
    size INTEGER NOT NULL DEFAULT 0,
    score INTEGER NOT NULL DEFAULT 0,
    class TEXT NOT NULL DEFAULT '',
    action TEXT NOT NULL DEFAULT '',
    probability REAL,
    decided_by TEXT NOT NULL DEFAULT '',
    reasons TEXT NOT NULL DEFAULT '[]',
    clues TEXT NOT NULL DEFAULT '[]',
    folder TEXT NOT NULL DEFAULT '',
    uid_validity INTEGER NOT NULL DEFAULT 0,
    uid INTEGER NOT NULL DEFAULT 0,
    home TEXT NOT NULL DEFAULT '',
    taught TEXT NOT NULL DEFAULT '',
    reviewed_at INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX mail_key ON mail (account_id, content_key);
CREATE INDEX mail_fingerprint ON mail (account_id, fingerprint);
CREATE INDEX mail_location ON mail (account_id, folder, uid_validity, uid);
CREATE INDEX mail_newest ON mail (received_at, id);
CREATE INDEX mail_to_review ON mail (received_at, id)
    WHERE reviewed_at = 0 AND folder <> '' AND (class = 'unsure' OR action = 'junk');

CREATE TABLE batch (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL DEFAULT '',
    text TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL DEFAULT 0,
    undone_at INTEGER NOT NULL DEFAULT 0,
    undo_of INTEGER REFERENCES batch (id)
) STRICT;

CREATE TABLE intent (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    mail_id INTEGER NOT NULL REFERENCES mail (id),
    batch_id INTEGER REFERENCES batch (id),
    undoes INTEGER REFERENCES intent (id),
    kind TEXT NOT NULL DEFAULT '',
    source_folder TEXT NOT NULL DEFAULT '',
    source_uid_validity INTEGER NOT NULL DEFAULT 0,
    source_uid INTEGER NOT NULL DEFAULT 0,
    target TEXT NOT NULL DEFAULT '',
    lesson TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    last_error TEXT NOT NULL DEFAULT '',
    finished_at INTEGER NOT NULL DEFAULT 0,
    outcome TEXT NOT NULL DEFAULT '',
    result_folder TEXT NOT NULL DEFAULT '',
    result_uid_validity INTEGER NOT NULL DEFAULT 0,
    result_uid INTEGER NOT NULL DEFAULT 0,
    label_before TEXT NOT NULL DEFAULT '',
    label_after TEXT NOT NULL DEFAULT '',
    taught_before TEXT NOT NULL DEFAULT '',
    reviewed_before INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX intent_pending ON intent (mail_id, id) WHERE finished_at = 0;
CREATE INDEX intent_of_mail ON intent (mail_id, id);
CREATE INDEX intent_of_batch ON intent (batch_id);
CREATE INDEX intent_filed ON intent (outcome) WHERE kind = 'file';

CREATE TABLE training (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    content_key BLOB NOT NULL,
    label TEXT NOT NULL DEFAULT '',
    tokens BLOB NOT NULL DEFAULT x'',
    source TEXT NOT NULL DEFAULT '',
    at INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX training_key ON training (content_key);
CREATE INDEX training_label ON training (label);

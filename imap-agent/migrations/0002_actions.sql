-- More that can be done to a message than moving it, the archive of originals, and mail whose filing waits for the person.
ALTER TABLE account ADD COLUMN quarantine_folder TEXT NOT NULL DEFAULT '';

ALTER TABLE mail ADD COLUMN shape TEXT NOT NULL DEFAULT '';
ALTER TABLE mail ADD COLUMN shape_key BLOB NOT NULL DEFAULT x'';
ALTER TABLE mail ADD COLUMN held_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mail ADD COLUMN held_for TEXT NOT NULL DEFAULT '';
DROP INDEX mail_to_review;
CREATE INDEX mail_to_review ON mail (received_at, id)
    WHERE reviewed_at = 0 AND folder <> '' AND (class = 'unsure' OR (class = 'spam' AND action <> 'leave'));
CREATE INDEX mail_shape ON mail (account_id, shape_key) WHERE shape_key <> x'';
CREATE INDEX mail_held ON mail (account_id, id) WHERE held_at <> 0;
CREATE INDEX mail_judged ON mail (account_id, judged_at);

ALTER TABLE intent ADD COLUMN deed TEXT NOT NULL DEFAULT '';
ALTER TABLE intent ADD COLUMN made_key BLOB NOT NULL DEFAULT x'';
ALTER TABLE intent ADD COLUMN made_folder TEXT NOT NULL DEFAULT '';
ALTER TABLE intent ADD COLUMN made_uid_validity INTEGER NOT NULL DEFAULT 0;
ALTER TABLE intent ADD COLUMN made_uid INTEGER NOT NULL DEFAULT 0;
ALTER TABLE intent ADD COLUMN sent_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE intent ADD COLUMN shape_before TEXT NOT NULL DEFAULT '';
CREATE INDEX intent_made ON intent (made_key) WHERE made_key <> x'';

CREATE TABLE original (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES account (id),
    content_key BLOB NOT NULL,
    flags TEXT NOT NULL DEFAULT '',
    internal_date INTEGER NOT NULL DEFAULT 0,
    size INTEGER NOT NULL DEFAULT 0,
    stored INTEGER NOT NULL DEFAULT 0,
    stored_at INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX original_key ON original (account_id, content_key);
CREATE INDEX original_oldest ON original (account_id, stored_at);

CREATE TABLE digest (
    account_id INTEGER PRIMARY KEY REFERENCES account (id),
    reported_to INTEGER NOT NULL DEFAULT 0,
    sent_at INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE backfill (
    account_id INTEGER PRIMARY KEY REFERENCES account (id),
    days INTEGER NOT NULL DEFAULT 0,
    since INTEGER NOT NULL DEFAULT 0,
    uid_validity INTEGER NOT NULL DEFAULT 0,
    low_water INTEGER NOT NULL DEFAULT 0,
    total INTEGER NOT NULL DEFAULT 0,
    done INTEGER NOT NULL DEFAULT 0,
    found INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT '',
    started_at INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE value (
    name TEXT PRIMARY KEY,
    content BLOB NOT NULL DEFAULT x''
) STRICT, WITHOUT ROWID;

-- What messages are known again by, whatever they are dressed in, and what became of them.
CREATE TABLE print (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    content_key BLOB NOT NULL,
    arrived_at INTEGER NOT NULL DEFAULT 0,
    sketch BLOB NOT NULL DEFAULT x'',
    files BLOB NOT NULL DEFAULT x'',
    links INTEGER NOT NULL DEFAULT 0,
    recipient INTEGER NOT NULL DEFAULT 0,
    sender INTEGER NOT NULL DEFAULT 0,
    is_plain_spam INTEGER NOT NULL DEFAULT 0,
    said TEXT NOT NULL DEFAULT '',
    revision INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX print_key ON print (content_key);
CREATE INDEX print_revision ON print (revision);
CREATE INDEX print_age ON print (said, arrived_at);

CREATE TABLE print_state (
    id INTEGER PRIMARY KEY,
    revision INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO print_state (id, revision) VALUES (1, 0);

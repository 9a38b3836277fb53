-- Whose mail the person always accepts or blocks, and which messages such an entry hit.
CREATE TABLE list_entry (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL DEFAULT 0,
    side TEXT NOT NULL DEFAULT '',
    kind TEXT NOT NULL DEFAULT '',
    content TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    origin TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL DEFAULT 0,
    is_on INTEGER NOT NULL DEFAULT 1,
    contradicted_by INTEGER NOT NULL DEFAULT 0,
    contradicted_at INTEGER NOT NULL DEFAULT 0,
    hits INTEGER NOT NULL DEFAULT 0,
    last_hit_at INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX list_entry_content ON list_entry (kind, content, account_id);
CREATE INDEX list_entry_contradicted ON list_entry (contradicted_by) WHERE contradicted_by <> 0;

CREATE TABLE list_hit (
    mail_id INTEGER NOT NULL REFERENCES mail (id),
    entry_id INTEGER NOT NULL REFERENCES list_entry (id) ON DELETE CASCADE,
    is_followed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (mail_id, entry_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX list_hit_of_entry ON list_hit (entry_id);

CREATE TABLE list_change (
    batch_id INTEGER NOT NULL REFERENCES batch (id),
    entry_id INTEGER NOT NULL DEFAULT 0,
    side_before TEXT NOT NULL DEFAULT '',
    is_on_before INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (batch_id, entry_id)
) STRICT, WITHOUT ROWID;

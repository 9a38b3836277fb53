-- What was learned from files at the person's word, and what was known before, so that it can be taken back.
CREATE TABLE file_lesson (
    batch_id INTEGER NOT NULL REFERENCES batch (id),
    content_key BLOB NOT NULL,
    label_before TEXT NOT NULL DEFAULT '',
    label_after TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (batch_id, content_key)
) STRICT, WITHOUT ROWID;

-- What was changed in the settings, so that it can be taken back, and what figures are counted by.
CREATE TABLE setting_change (
    batch_id INTEGER PRIMARY KEY REFERENCES batch (id),
    key TEXT NOT NULL DEFAULT '',
    before TEXT NOT NULL DEFAULT '',
    after TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX mail_figures ON mail (received_at, account_id, class, taught, score, decided_by);

-- By what way each message came from whom to whom, and doubtful mail of new contacts that waits to be judged again.
ALTER TABLE mail ADD COLUMN contact BLOB NOT NULL DEFAULT x'';
CREATE INDEX mail_contact ON mail (account_id, contact) WHERE contact <> x'';

CREATE TABLE waiting (
    mail_id INTEGER PRIMARY KEY REFERENCES mail (id),
    since INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL DEFAULT 0,
    was_read INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX waiting_due ON waiting (due_at);
CREATE INDEX intent_hold ON intent (mail_id) WHERE kind = 'hold';

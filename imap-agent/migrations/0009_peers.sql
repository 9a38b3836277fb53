-- Whom the person wrote to, what the person sent, and under which addresses; and of judged mail what shows from whom it is.
ALTER TABLE folder ADD COLUMN low_water INTEGER NOT NULL DEFAULT 0;

ALTER TABLE mail ADD COLUMN proof TEXT NOT NULL DEFAULT 'unsaid';
ALTER TABLE mail ADD COLUMN habits BLOB NOT NULL DEFAULT x'';
ALTER TABLE mail ADD COLUMN answered_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX mail_from ON mail (lower(from_address));
CREATE INDEX mail_message_id ON mail (account_id, message_id) WHERE message_id <> '';

CREATE TABLE peer (
    account_id INTEGER NOT NULL REFERENCES account (id),
    address TEXT NOT NULL,
    written INTEGER NOT NULL DEFAULT 0,
    first_written INTEGER NOT NULL DEFAULT 0,
    last_written INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account_id, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX peer_address ON peer (address);

CREATE TABLE contact (
    address TEXT PRIMARY KEY,
    listed_at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE sent (
    account_id INTEGER NOT NULL REFERENCES account (id),
    message_key BLOB NOT NULL,
    answers BLOB NOT NULL DEFAULT x'',
    at INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account_id, message_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX sent_answers ON sent (account_id, answers) WHERE answers <> x'';
CREATE INDEX sent_oldest ON sent (account_id, at);

CREATE TABLE identity (
    account_id INTEGER NOT NULL REFERENCES account (id),
    address TEXT NOT NULL,
    sent INTEGER NOT NULL DEFAULT 0,
    delivered INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account_id, address)
) STRICT, WITHOUT ROWID;

-- The schema as it is today, explained. The database itself is made by the files in migrations/; a test keeps this
-- page equal to what they make. Times are Unix seconds, 0 means never. Folder names are as the server spells them.

-- A mailbox the agent watches or has watched.
CREATE TABLE account (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again
    name TEXT NOT NULL DEFAULT '', -- what the person calls it
    host TEXT NOT NULL DEFAULT '', -- the IMAP server
    user TEXT NOT NULL DEFAULT '', -- the login
    junk_folder TEXT NOT NULL DEFAULT '', -- where its junk goes; empty: not known yet
    quarantine_folder TEXT NOT NULL DEFAULT '' -- where quarantined mail goes; empty: nothing was ever quarantined
) STRICT;
CREATE UNIQUE INDEX account_identity ON account (name, host, user);

-- How far a folder has been read.
CREATE TABLE folder (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again
    account_id INTEGER NOT NULL REFERENCES account (id), -- whose folder it is
    name TEXT NOT NULL DEFAULT '', -- its name
    uid_validity INTEGER NOT NULL DEFAULT 0, -- the numbering the mark belongs to
    high_water INTEGER NOT NULL DEFAULT 0, -- every UID up to this one is dealt with
    baseline_at INTEGER NOT NULL DEFAULT 0, -- when the folder was met first
    looked_at INTEGER NOT NULL DEFAULT 0 -- when everything in it was known last, to the hour
) STRICT;
CREATE UNIQUE INDEX folder_name ON folder (account_id, name);

-- Mail that is left alone if it comes into the inbox: recent mail that was there at first contact, to know it again when
-- the server renumbers a folder, and what others have put into Junk, in case the person takes it out again.
CREATE TABLE seen (
    account_id INTEGER NOT NULL REFERENCES account (id), -- whose mail it is
    fingerprint BLOB NOT NULL, -- 16 bytes of Message-ID, date and size
    at INTEGER NOT NULL DEFAULT 0, -- when it was seen in Junk; 0: there at first contact, and never forgotten
    PRIMARY KEY (account_id, fingerprint)
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_oldest ON seen (at) WHERE at <> 0;

-- One row for each judged message, wherever it is now.
CREATE TABLE mail (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again
    account_id INTEGER NOT NULL REFERENCES account (id), -- whose mail it is
    content_key BLOB NOT NULL, -- 16 bytes: BLAKE3 of the message without CR at line ends
    fingerprint BLOB NOT NULL, -- 16 bytes of Message-ID, date and size
    message_id TEXT NOT NULL DEFAULT '', -- Message-ID; empty if there is none, or an absurd one
    from_name TEXT NOT NULL DEFAULT '', -- the sender's name, or the address
    from_address TEXT NOT NULL DEFAULT '', -- the sender's address
    to_text TEXT NOT NULL DEFAULT '', -- To, as text
    subject TEXT NOT NULL DEFAULT '', -- the subject, decoded
    search_text TEXT NOT NULL DEFAULT '', -- sender and subject in lower case
    received_at INTEGER NOT NULL DEFAULT 0, -- when it arrived
    judged_at INTEGER NOT NULL DEFAULT 0, -- when it was judged
    size INTEGER NOT NULL DEFAULT 0, -- bytes
    score INTEGER NOT NULL DEFAULT 0, -- thousandths of a point
    class TEXT NOT NULL DEFAULT '', -- ham, unsure or spam
    action TEXT NOT NULL DEFAULT '', -- what the policy said: leave, junk, tag and so on
    probability REAL, -- the learner's probability of spam, 0 to 1; null: no opinion
    decided_by TEXT NOT NULL DEFAULT '', -- what settled the class
    reasons TEXT NOT NULL DEFAULT '[]', -- JSON: [{symbol, about, why, thousandths}]
    clues TEXT NOT NULL DEFAULT '[]', -- JSON: [[word, probability]]
    folder TEXT NOT NULL DEFAULT '', -- where it is now; empty: nowhere any more
    uid_validity INTEGER NOT NULL DEFAULT 0, -- the numbering of uid
    uid INTEGER NOT NULL DEFAULT 0, -- its UID there; 0: not known
    home TEXT NOT NULL DEFAULT '', -- the folder it was in when it was judged
    taught TEXT NOT NULL DEFAULT '', -- what the person says it is: ham or spam
    reviewed_at INTEGER NOT NULL DEFAULT 0, -- when the person dealt with it
    shape TEXT NOT NULL DEFAULT '', -- what lies on the server: a copy of ours (tag or strip); empty: the original
    shape_key BLOB NOT NULL DEFAULT x'', -- as content_key, but of that copy
    held_at INTEGER NOT NULL DEFAULT 0, -- since when its filing waits for the person's word; 0: it does not
    held_for TEXT NOT NULL DEFAULT '', -- why it waits or would have: brake, or backfill, which is so of all mail judged in a look at older mail
    reason TEXT NOT NULL DEFAULT '' -- why it was judged so, in one sentence; empty if it was judged before there was one
) STRICT;
CREATE UNIQUE INDEX mail_key ON mail (account_id, content_key);
CREATE INDEX mail_fingerprint ON mail (account_id, fingerprint);
CREATE INDEX mail_location ON mail (account_id, folder, uid_validity, uid);
CREATE INDEX mail_newest ON mail (received_at, id);
CREATE INDEX mail_to_review ON mail (received_at, id)
    WHERE reviewed_at = 0 AND folder <> '' AND (class = 'unsure' OR (class = 'spam' AND action <> 'leave'));
CREATE INDEX mail_shape ON mail (account_id, shape_key) WHERE shape_key <> x'';
CREATE INDEX mail_held ON mail (account_id, id) WHERE held_at <> 0;
CREATE INDEX mail_judged ON mail (account_id, judged_at);

-- What the person did to one message or a selection, as one change that can be undone.
CREATE TABLE batch (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again
    kind TEXT NOT NULL DEFAULT '', -- release, spam, ham or undo; file: what the policy filed at one look
    text TEXT NOT NULL DEFAULT '', -- for people: release of 2 messages
    created_at INTEGER NOT NULL DEFAULT 0, -- when
    undone_at INTEGER NOT NULL DEFAULT 0, -- when it was taken back
    undo_of INTEGER REFERENCES batch (id) -- the change this one takes back
) STRICT;

-- The journal: what is to happen to a message, written before it does, and what became of it.
CREATE TABLE intent (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again; those of one message happen in this order
    mail_id INTEGER NOT NULL REFERENCES mail (id), -- the message
    batch_id INTEGER REFERENCES batch (id), -- the change it belongs to
    undoes INTEGER REFERENCES intent (id), -- the intent it takes back
    kind TEXT NOT NULL DEFAULT '', -- file, release, spam, ham or undo
    source_folder TEXT NOT NULL DEFAULT '', -- where the message is before: an undo returns it there
    source_uid_validity INTEGER NOT NULL DEFAULT 0, -- the numbering of source_uid
    source_uid INTEGER NOT NULL DEFAULT 0, -- its UID there
    target TEXT NOT NULL DEFAULT '', -- the folder it is to be in; empty: that does not matter
    lesson TEXT NOT NULL DEFAULT '', -- what to learn when it is there: ham, spam, forget or nothing
    created_at INTEGER NOT NULL DEFAULT 0, -- since when
    attempts INTEGER NOT NULL DEFAULT 0, -- how often it was started: once is enough that it may have happened
    last_error TEXT NOT NULL DEFAULT '', -- what the last attempt failed of
    finished_at INTEGER NOT NULL DEFAULT 0, -- when it ended; 0: pending
    outcome TEXT NOT NULL DEFAULT '', -- moved, copied, stayed, replaced, deleted, gone, refused or cancelled
    result_folder TEXT NOT NULL DEFAULT '', -- where the message was then
    result_uid_validity INTEGER NOT NULL DEFAULT 0, -- the numbering of result_uid
    result_uid INTEGER NOT NULL DEFAULT 0, -- its UID there
    label_before TEXT NOT NULL DEFAULT '', -- what was learned of the message before
    label_after TEXT NOT NULL DEFAULT '', -- what was learned of it after
    taught_before TEXT NOT NULL DEFAULT '', -- mail.taught before
    reviewed_before INTEGER NOT NULL DEFAULT 0, -- mail.reviewed_at before
    deed TEXT NOT NULL DEFAULT '', -- what is done besides the move: keyword, unkeyword, tag, strip, restore, send or delete
    made_key BLOB NOT NULL DEFAULT x'', -- content key of the message that is put in its place, written before it is
    made_folder TEXT NOT NULL DEFAULT '', -- where that was put, written as soon as it is known
    made_uid_validity INTEGER NOT NULL DEFAULT 0, -- the numbering of made_uid
    made_uid INTEGER NOT NULL DEFAULT 0, -- its UID there
    sent_at INTEGER NOT NULL DEFAULT 0, -- when the submission server took it
    shape_before TEXT NOT NULL DEFAULT '', -- mail.shape before
    refusals INTEGER NOT NULL DEFAULT 0 -- how often the server has refused it
) STRICT;
CREATE INDEX intent_pending ON intent (mail_id, id) WHERE finished_at = 0;
CREATE INDEX intent_of_mail ON intent (mail_id, id);
CREATE INDEX intent_of_batch ON intent (batch_id);
CREATE INDEX intent_filed ON intent (outcome) WHERE kind = 'file';
CREATE INDEX intent_made ON intent (made_key) WHERE made_key <> x'';

-- What was learned from which message, to count it once, take it back, and rebuild the learner.
CREATE TABLE training (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again
    content_key BLOB NOT NULL, -- as in mail, but for all accounts and for files
    label TEXT NOT NULL DEFAULT '', -- ham or spam; empty: taken back
    tokens BLOB NOT NULL DEFAULT x'', -- the message's tokens, encoded, as the learner saw them
    source TEXT NOT NULL DEFAULT '', -- how the lesson came
    at INTEGER NOT NULL DEFAULT 0, -- when
    version INTEGER NOT NULL DEFAULT 1 -- by which version of the engine the tokens were made
) STRICT;
CREATE UNIQUE INDEX training_key ON training (content_key);
CREATE INDEX training_label ON training (label);
CREATE INDEX training_version ON training (version, label, content_key); -- so that what is old is found without reading all tokens

-- What the archive on this machine holds; the contents are files beside the database.
CREATE TABLE original (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again
    account_id INTEGER NOT NULL REFERENCES account (id), -- whose mail it is
    content_key BLOB NOT NULL, -- as in mail
    flags TEXT NOT NULL DEFAULT '', -- its flags on the server then, with spaces between
    internal_date INTEGER NOT NULL DEFAULT 0, -- its INTERNALDATE
    size INTEGER NOT NULL DEFAULT 0, -- bytes of the message
    stored INTEGER NOT NULL DEFAULT 0, -- bytes on the disk
    stored_at INTEGER NOT NULL DEFAULT 0 -- since when it is kept
) STRICT;
CREATE UNIQUE INDEX original_key ON original (account_id, content_key);
CREATE INDEX original_oldest ON original (account_id, stored_at);

-- How far the person has been told what was filed.
CREATE TABLE digest (
    account_id INTEGER PRIMARY KEY REFERENCES account (id), -- whose mail it is
    reported_to INTEGER NOT NULL DEFAULT 0, -- the newest intent that was reported
    sent_at INTEGER NOT NULL DEFAULT 0 -- when the last digest was made, or there was last nothing to report
) STRICT;

-- A look at mail from before the first contact, which the person asked for.
CREATE TABLE backfill (
    account_id INTEGER PRIMARY KEY REFERENCES account (id), -- whose mail it is
    days INTEGER NOT NULL DEFAULT 0, -- how far back
    since INTEGER NOT NULL DEFAULT 0, -- mail that arrived from then on is looked at
    uid_validity INTEGER NOT NULL DEFAULT 0, -- the numbering of low_water
    low_water INTEGER NOT NULL DEFAULT 0, -- it goes from the newest down; every UID from this one on is dealt with
    total INTEGER NOT NULL DEFAULT 0, -- messages to look at
    done INTEGER NOT NULL DEFAULT 0, -- messages looked at
    found INTEGER NOT NULL DEFAULT 0, -- of these, spam
    state TEXT NOT NULL DEFAULT '', -- running, paused or ended
    started_at INTEGER NOT NULL DEFAULT 0 -- when the person asked for it
) STRICT;

-- Single values of this installation, such as the key that makes release links unguessable.
CREATE TABLE value (
    name TEXT PRIMARY KEY, -- what it is
    content BLOB NOT NULL DEFAULT x'' -- the value
) STRICT, WITHOUT ROWID;

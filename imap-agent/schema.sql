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
    looked_at INTEGER NOT NULL DEFAULT 0, -- when everything in it was known last, to the hour
    low_water INTEGER NOT NULL DEFAULT 0 -- of a folder that is read from the newest down: every UID from this one on is dealt with; 0: all
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
    reason TEXT NOT NULL DEFAULT '', -- why it was judged so, in one sentence; empty if it was judged before there was one
    keywords TEXT NOT NULL DEFAULT '', -- what its keywords said when last looked at, or we had them say: junk, notjunk, both, unknown
    proof TEXT NOT NULL DEFAULT 'unsaid', -- whether the provider found it to be of its author: unsaid, given, missing or refuted
    habits BLOB NOT NULL DEFAULT x'', -- what else its sender is known by: numbers of 8 bytes
    answered_at INTEGER NOT NULL DEFAULT 0, -- when the person answered it
    contact BLOB NOT NULL DEFAULT x'', -- a number of 8 bytes for the way, the sender and the recipient; empty: judged before there was one
    asked TEXT NOT NULL DEFAULT '[]', -- what others were asked about it, as JSON: [[question, answer, milliseconds]]
    main_reason TEXT NOT NULL DEFAULT '' -- the symbol that weighed most for its class; empty if none did
) STRICT;
CREATE UNIQUE INDEX mail_key ON mail (account_id, content_key);
CREATE INDEX mail_fingerprint ON mail (account_id, fingerprint);
CREATE INDEX mail_location ON mail (account_id, folder, uid_validity, uid);
CREATE INDEX mail_newest ON mail (received_at, id);
CREATE INDEX mail_figures ON mail (received_at, account_id, class, taught, score, decided_by);
CREATE INDEX mail_to_review ON mail (received_at, id)
    WHERE reviewed_at = 0 AND folder <> '' AND (class = 'unsure' OR (class = 'spam' AND action <> 'leave'));
CREATE INDEX mail_shape ON mail (account_id, shape_key) WHERE shape_key <> x'';
CREATE INDEX mail_held ON mail (account_id, id) WHERE held_at <> 0;
CREATE INDEX mail_judged ON mail (account_id, judged_at);
CREATE INDEX mail_from ON mail (lower(from_address), received_at, class, taught, answered_at, from_name, from_address); -- so that senders are counted without reading the table
CREATE INDEX mail_message_id ON mail (account_id, message_id) WHERE message_id <> '';
CREATE INDEX mail_contact ON mail (account_id, contact) WHERE contact <> x'';

-- Doubtful mail of new contacts that is judged again.
CREATE TABLE waiting (
    mail_id INTEGER PRIMARY KEY REFERENCES mail (id), -- the message
    since INTEGER NOT NULL DEFAULT 0, -- when it was judged first; 0: the person wants it decided now
    due_at INTEGER NOT NULL DEFAULT 0, -- when it is judged again
    tries INTEGER NOT NULL DEFAULT 0, -- how often that was begun since then, and came to nothing
    was_read INTEGER NOT NULL DEFAULT 0 -- whether it was read already when it was judged first
) STRICT;
CREATE INDEX waiting_due ON waiting (due_at);

-- What the person did to one message or a selection, as one change that can be undone.
CREATE TABLE batch (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again
    kind TEXT NOT NULL DEFAULT '', -- release, spam, ham, delete, list, learn, train, setting, undo; file: by the policy at one look
    text TEXT NOT NULL DEFAULT '', -- for people: release of 2 messages
    created_at INTEGER NOT NULL DEFAULT 0, -- when
    undone_at INTEGER NOT NULL DEFAULT 0, -- when it was taken back
    undo_of INTEGER REFERENCES batch (id), -- the change this one takes back
    origin TEXT NOT NULL DEFAULT '' -- how the word came if not through Tamis: move, keyword, or server
) STRICT;

-- The journal: what is to happen to a message, written before it does, and what became of it.
CREATE TABLE intent (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again; those of one message happen in this order
    mail_id INTEGER NOT NULL REFERENCES mail (id), -- the message
    batch_id INTEGER REFERENCES batch (id), -- the change it belongs to
    undoes INTEGER REFERENCES intent (id), -- the intent it takes back
    kind TEXT NOT NULL DEFAULT '', -- file, release, spam, ham, undo, hold, free or delete
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
CREATE INDEX intent_hold ON intent (mail_id) WHERE kind = 'hold';
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
CREATE INDEX training_newest ON training (at, id, label, source, content_key) WHERE label <> '';
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

-- Whose mail the person always accepts or blocks.
CREATE TABLE list_entry (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again
    account_id INTEGER NOT NULL DEFAULT 0, -- the only account whose mail it is for; 0: all
    side TEXT NOT NULL DEFAULT '', -- accept or block
    kind TEXT NOT NULL DEFAULT '', -- what it goes by: address, domain, ip, phrase, regex, header or file
    content TEXT NOT NULL DEFAULT '', -- the address and so on, in the one form in which it is kept
    note TEXT NOT NULL DEFAULT '', -- what the person wrote beside it
    origin TEXT NOT NULL DEFAULT '', -- how it came: person or import
    created_at INTEGER NOT NULL DEFAULT 0, -- when
    is_on INTEGER NOT NULL DEFAULT 1, -- whether it counts
    contradicted_by INTEGER NOT NULL DEFAULT 0, -- the message of which the person said that the entry is wrong, and so it is off; 0: none
    contradicted_at INTEGER NOT NULL DEFAULT 0, -- when
    hits INTEGER NOT NULL DEFAULT 0, -- messages it hit
    last_hit_at INTEGER NOT NULL DEFAULT 0 -- when it hit last
) STRICT;
CREATE UNIQUE INDEX list_entry_content ON list_entry (kind, content, account_id);
CREATE INDEX list_entry_contradicted ON list_entry (contradicted_by) WHERE contradicted_by <> 0;

-- Which messages an entry hit.
CREATE TABLE list_hit (
    mail_id INTEGER NOT NULL REFERENCES mail (id), -- the message
    entry_id INTEGER NOT NULL REFERENCES list_entry (id) ON DELETE CASCADE, -- the entry
    is_followed INTEGER NOT NULL DEFAULT 0, -- whether the message was dealt with as the entry says
    PRIMARY KEY (mail_id, entry_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX list_hit_of_entry ON list_hit (entry_id);

-- What a change of the lists did to an entry, so that it can be taken back.
CREATE TABLE list_change (
    batch_id INTEGER NOT NULL REFERENCES batch (id), -- the change
    entry_id INTEGER NOT NULL DEFAULT 0, -- the entry, which may be gone by now
    side_before TEXT NOT NULL DEFAULT '', -- on which list it was; empty: there was none
    is_on_before INTEGER NOT NULL DEFAULT 0, -- whether it counted
    PRIMARY KEY (batch_id, entry_id)
) STRICT, WITHOUT ROWID;

-- What a change of the settings was, so that it can be taken back.
CREATE TABLE setting_change (
    batch_id INTEGER PRIMARY KEY REFERENCES batch (id), -- the change
    key TEXT NOT NULL DEFAULT '', -- the setting, such as judge.tag
    before TEXT NOT NULL DEFAULT '', -- what the file said, as it was written there; empty: nothing
    after TEXT NOT NULL DEFAULT '' -- what it says since
) STRICT;

-- Single values of this installation, such as the key that makes release links unguessable.
CREATE TABLE value (
    name TEXT PRIMARY KEY, -- what it is
    content BLOB NOT NULL DEFAULT x'' -- the value
) STRICT, WITHOUT ROWID;

-- Somebody the person has written to. The person's own addresses may be among them, and are passed over.
CREATE TABLE peer (
    account_id INTEGER NOT NULL REFERENCES account (id), -- from where
    address TEXT NOT NULL, -- in lower case
    written INTEGER NOT NULL DEFAULT 0, -- how many messages
    first_written INTEGER NOT NULL DEFAULT 0, -- when the oldest of them was sent
    last_written INTEGER NOT NULL DEFAULT 0, -- when the newest of them was sent
    PRIMARY KEY (account_id, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX peer_address ON peer (address);

-- Somebody whom the person has named: from an address book.
CREATE TABLE contact (
    address TEXT PRIMARY KEY, -- in lower case
    listed_at INTEGER NOT NULL DEFAULT 0 -- since when
) STRICT, WITHOUT ROWID;

-- What the person has sent, to know an answer to it, and to count nothing twice. The newest of each account.
CREATE TABLE sent (
    account_id INTEGER NOT NULL REFERENCES account (id), -- from where
    message_key BLOB NOT NULL, -- 16 bytes of the Message-ID, or of what else there is
    answers BLOB NOT NULL DEFAULT x'', -- the same of the message that it answers; empty: none
    at INTEGER NOT NULL DEFAULT 0, -- when it was sent
    PRIMARY KEY (account_id, message_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX sent_answers ON sent (account_id, answers) WHERE answers <> x'';
CREATE INDEX sent_oldest ON sent (account_id, at);

-- Addresses under which the person writes or is written to.
CREATE TABLE identity (
    account_id INTEGER NOT NULL REFERENCES account (id), -- where
    address TEXT NOT NULL, -- in lower case
    sent INTEGER NOT NULL DEFAULT 0, -- how many messages were sent under it
    delivered INTEGER NOT NULL DEFAULT 0, -- how many the provider delivered to it
    PRIMARY KEY (account_id, address)
) STRICT, WITHOUT ROWID;

-- How mail has turned out, by sender and by relay: so many messages of each week.
CREATE TABLE reputation (
    kind TEXT NOT NULL, -- address (proven), habit (an address as it comes without proof), domain, relay (/24, /64) or network (/16, /48)
    name TEXT NOT NULL, -- the address and so on; a habit has its number behind the address
    week INTEGER NOT NULL, -- when they arrived: weeks since 1970
    said_ham INTEGER NOT NULL DEFAULT 0, -- the person says that they are wanted
    said_spam INTEGER NOT NULL DEFAULT 0, -- the person says that they are spam
    was_read INTEGER NOT NULL DEFAULT 0, -- the person read them and let them be
    judged_ham INTEGER NOT NULL DEFAULT 0, -- only we say that they are wanted
    judged_unsure INTEGER NOT NULL DEFAULT 0, -- only we have looked, and were in doubt
    judged_spam INTEGER NOT NULL DEFAULT 0, -- only we say that they are spam
    first_at INTEGER NOT NULL DEFAULT 0, -- when the first of the week arrived
    last_at INTEGER NOT NULL DEFAULT 0, -- when the last did
    PRIMARY KEY (kind, name, week)
) STRICT, WITHOUT ROWID;
CREATE INDEX reputation_week ON reputation (week);

-- Which message counts for whom, and as what, so that it counts once and can be taken back.
CREATE TABLE counted (
    content_key BLOB PRIMARY KEY, -- as in mail, but for all accounts and for files
    sender_kind TEXT NOT NULL DEFAULT '', -- address or habit; empty: for no sender
    sender TEXT NOT NULL DEFAULT '', -- the name of that
    relay TEXT NOT NULL DEFAULT '', -- the network of the host that handed it in; empty: for no relay
    arrived_at INTEGER NOT NULL DEFAULT 0, -- when
    judged TEXT NOT NULL DEFAULT '', -- our own verdict: ham, unsure or spam; empty: none
    read_at INTEGER NOT NULL DEFAULT 0, -- when it was found read and let be; 0: never
    fate TEXT NOT NULL DEFAULT '' -- the column of reputation in which it is counted; empty: in none
) STRICT, WITHOUT ROWID;
CREATE INDEX counted_oldest ON counted (arrived_at);
-- Learning from the mail that is there, at the person's command: what was wanted, and how far it has got.
CREATE TABLE bootstrap (
    account_id INTEGER PRIMARY KEY REFERENCES account (id), -- whose mail it is
    state TEXT NOT NULL DEFAULT '', -- running, paused or ended
    is_rehearsal INTEGER NOT NULL DEFAULT 0, -- whether it only counts what it would learn from
    has_junk INTEGER NOT NULL DEFAULT 0, -- whether what is in Junk is learned as spam
    most INTEGER NOT NULL DEFAULT 0, -- so many messages are chosen at most
    is_planned INTEGER NOT NULL DEFAULT 0, -- whether the messages are chosen
    total INTEGER NOT NULL DEFAULT 0, -- messages chosen
    done INTEGER NOT NULL DEFAULT 0, -- of these, dealt with
    worked_ms INTEGER NOT NULL DEFAULT 0, -- how long that took
    batch_id INTEGER REFERENCES batch (id), -- the change that is taken back to forget all of it; null: nothing was learned yet
    started_at INTEGER NOT NULL DEFAULT 0, -- when the person asked for it
    ended_at INTEGER NOT NULL DEFAULT 0 -- when it was over
) STRICT;

-- A folder that is learned from.
CREATE TABLE bootstrap_folder (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again
    account_id INTEGER NOT NULL REFERENCES account (id), -- whose it is
    name TEXT NOT NULL DEFAULT '', -- its name
    label TEXT NOT NULL DEFAULT '', -- what the messages in it are: ham or spam
    uid_validity INTEGER NOT NULL DEFAULT 0, -- the numbering in which its messages were chosen
    chosen INTEGER NOT NULL DEFAULT 0 -- how many
) STRICT;
CREATE UNIQUE INDEX bootstrap_folder_name ON bootstrap_folder (account_id, name);

-- A message that is chosen and not yet dealt with. They are learned in the order in which they arrived.
CREATE TABLE bootstrap_mail (
    account_id INTEGER NOT NULL REFERENCES account (id), -- whose it is
    at INTEGER NOT NULL DEFAULT 0, -- when it arrived
    folder_id INTEGER NOT NULL REFERENCES bootstrap_folder (id), -- where it is
    uid INTEGER NOT NULL DEFAULT 0, -- its UID there
    PRIMARY KEY (account_id, at, folder_id, uid)
) STRICT, WITHOUT ROWID;

-- What became of the messages, in numbers.
CREATE TABLE bootstrap_tally (
    account_id INTEGER NOT NULL REFERENCES account (id), -- whose mail it is
    what TEXT NOT NULL DEFAULT '', -- ham and spam that was learned, why others were not, and how they were judged before
    messages INTEGER NOT NULL DEFAULT 0, -- how many
    PRIMARY KEY (account_id, what)
) STRICT, WITHOUT ROWID;

-- A message that looked quite like the others before it was learned, and may lie in the wrong folder. The newest.
CREATE TABLE bootstrap_doubt (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again
    account_id INTEGER NOT NULL REFERENCES account (id), -- whose it is
    folder TEXT NOT NULL DEFAULT '', -- where it is
    label TEXT NOT NULL DEFAULT '', -- what it was learned as
    from_text TEXT NOT NULL DEFAULT '', -- the sender
    subject TEXT NOT NULL DEFAULT '', -- the subject, decoded
    received_at INTEGER NOT NULL DEFAULT 0, -- when it arrived
    probability REAL NOT NULL DEFAULT 0 -- the learner's probability of spam before, 0 to 1
) STRICT;
CREATE INDEX bootstrap_doubt_account ON bootstrap_doubt (account_id, label, id);

-- What was learned by a change that is not about single messages, so that it can be taken back as a whole.
CREATE TABLE learned (
    batch_id INTEGER NOT NULL REFERENCES batch (id), -- the change
    content_key BLOB NOT NULL, -- the message, as in training
    label TEXT NOT NULL DEFAULT '', -- what it was learned as
    PRIMARY KEY (batch_id, content_key)
) STRICT, WITHOUT ROWID;

-- By which servers mail comes into an account: in mail of which authors' domains each was seen.
CREATE TABLE server (
    account_id INTEGER NOT NULL REFERENCES account (id), -- whose mail
    part TEXT NOT NULL DEFAULT '', -- what it does: takes mail from outside, or hands it in
    domain TEXT NOT NULL DEFAULT '', -- the server's registrable domain
    author TEXT NOT NULL DEFAULT '', -- the author's registrable domain
    PRIMARY KEY (account_id, part, domain, author)
) STRICT, WITHOUT ROWID;
-- What a message is known again by, whatever it is dressed in, and what became of it. Nothing of it can be read here.
CREATE TABLE print (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again
    content_key BLOB NOT NULL, -- as in mail, but for all accounts
    arrived_at INTEGER NOT NULL DEFAULT 0, -- when
    sketch BLOB NOT NULL DEFAULT x'', -- 192 bytes: min-hashes of its words and pairs of words; empty: too little text
    files BLOB NOT NULL DEFAULT x'', -- a number of 8 bytes for each attached file
    links INTEGER NOT NULL DEFAULT 0, -- a number for all its links; 0: too few
    recipient INTEGER NOT NULL DEFAULT 0, -- a number for the person's address that it came to
    sender INTEGER NOT NULL DEFAULT 0, -- a number for the domain of its sender
    is_plain_spam INTEGER NOT NULL DEFAULT 0, -- whether it was spam for other reasons than prints
    said TEXT NOT NULL DEFAULT '', -- what the person says it is: ham, spam or nothing
    revision INTEGER NOT NULL DEFAULT 0 -- print_state.revision when it was changed last
) STRICT;
CREATE UNIQUE INDEX print_key ON print (content_key);
CREATE INDEX print_revision ON print (revision);
CREATE INDEX print_age ON print (said, arrived_at);

-- Counts the changes of prints, so that what is held of them in memory is brought up to date by what is new.
CREATE TABLE print_state (
    id INTEGER PRIMARY KEY, -- 1, the only row
    revision INTEGER NOT NULL DEFAULT 0 -- goes up with each change
) STRICT;

-- What was learned from files at the person's word, and what was known before, so that it can be taken back.
CREATE TABLE file_lesson (
    batch_id INTEGER NOT NULL REFERENCES batch (id), -- the change it belongs to
    content_key BLOB NOT NULL, -- as in training
    label_before TEXT NOT NULL DEFAULT '', -- what was learned of the message before: ham, spam or nothing
    label_after TEXT NOT NULL DEFAULT '', -- what was learned then
    PRIMARY KEY (batch_id, content_key)
) STRICT, WITHOUT ROWID;

-- An entry that was removed from the lists, so that this can be taken back; list_change has its side and whether it counted.
CREATE TABLE list_removed (
    batch_id INTEGER NOT NULL REFERENCES batch (id), -- the change
    entry_id INTEGER NOT NULL DEFAULT 0, -- the entry's number
    account_id INTEGER NOT NULL DEFAULT 0, -- as in list_entry, and so are the others
    kind TEXT NOT NULL DEFAULT '', -- what it goes by
    content TEXT NOT NULL DEFAULT '', -- the address and so on
    note TEXT NOT NULL DEFAULT '', -- what the person wrote beside it
    origin TEXT NOT NULL DEFAULT '', -- how it came
    created_at INTEGER NOT NULL DEFAULT 0, -- when
    hits INTEGER NOT NULL DEFAULT 0, -- messages it hit
    last_hit_at INTEGER NOT NULL DEFAULT 0, -- when it hit last
    PRIMARY KEY (batch_id, entry_id)
) STRICT, WITHOUT ROWID;

-- A peer who was forgotten, so that this can be taken back.
CREATE TABLE peer_forgotten (
    batch_id INTEGER NOT NULL REFERENCES batch (id), -- the change
    account_id INTEGER NOT NULL DEFAULT 0, -- as in peer; 0: the row was one of contact
    address TEXT NOT NULL, -- in lower case
    written INTEGER NOT NULL DEFAULT 0, -- as in peer
    first_written INTEGER NOT NULL DEFAULT 0, -- as in peer; of contact: listed_at
    last_written INTEGER NOT NULL DEFAULT 0, -- as in peer
    PRIMARY KEY (batch_id, account_id, address)
) STRICT, WITHOUT ROWID;

-- A lesson that was forgotten at the person's word, so that this can be taken back.
CREATE TABLE unlearned (
    batch_id INTEGER NOT NULL REFERENCES batch (id), -- the change
    content_key BLOB NOT NULL, -- the message, as in training
    label TEXT NOT NULL DEFAULT '', -- what was learned
    source TEXT NOT NULL DEFAULT '', -- how it came
    at INTEGER NOT NULL DEFAULT 0, -- when
    said TEXT NOT NULL DEFAULT '', -- what the person had said of the message, if that was taken back with it
    PRIMARY KEY (batch_id, content_key)
) STRICT, WITHOUT ROWID;

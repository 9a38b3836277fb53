-- By which servers mail comes into an account: in mail of which authors' domains each was seen.
CREATE TABLE server (
    account_id INTEGER NOT NULL REFERENCES account (id),
    part TEXT NOT NULL DEFAULT '',
    domain TEXT NOT NULL DEFAULT '',
    author TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (account_id, part, domain, author)
) STRICT, WITHOUT ROWID;

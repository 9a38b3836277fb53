-- What others have put into Junk is remembered as well, and forgotten after a while.
ALTER TABLE seen ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX seen_oldest ON seen (at) WHERE at <> 0;

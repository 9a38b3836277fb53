-- Why a message was judged as it was, in one sentence; empty for those judged before.
ALTER TABLE mail ADD COLUMN reason TEXT NOT NULL DEFAULT '';

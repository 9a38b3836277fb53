-- What others were asked about each message.
ALTER TABLE mail ADD COLUMN asked TEXT NOT NULL DEFAULT '[]';

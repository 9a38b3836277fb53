-- What the keywords of a message said when they were last looked at, or what we had them say: junk, notjunk, both or nothing.
-- Of what was dealt with before, nobody knows what they were made to say.
ALTER TABLE mail ADD COLUMN keywords TEXT NOT NULL DEFAULT '';
UPDATE mail SET keywords = 'unknown' WHERE id IN (SELECT mail_id FROM intent);
-- How the person's word came if not through Tamis: move, keyword or server.
ALTER TABLE batch ADD COLUMN origin TEXT NOT NULL DEFAULT '';

-- Which tokens are made of a message changes in time: each lesson says by which version its tokens were made.
ALTER TABLE training ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
CREATE INDEX training_version ON training (version, label, content_key);

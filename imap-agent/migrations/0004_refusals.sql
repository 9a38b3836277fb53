-- How often the server has refused an intent: that is not how often it was begun.
ALTER TABLE intent ADD COLUMN refusals INTEGER NOT NULL DEFAULT 0;

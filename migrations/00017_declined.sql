-- +goose Up
-- A change that waits for review can be left out: its author still has it, and readers never do.
ALTER TABLE article_revision DROP CONSTRAINT article_revision_state_check;
ALTER TABLE article_revision ADD CONSTRAINT article_revision_state_check CHECK (state IN ('approved', 'waiting', 'declined'));

-- That reports were closed is for editors only.
ALTER TABLE moderation_log DISABLE TRIGGER USER;
UPDATE moderation_log SET public = false WHERE act = 'dismiss' AND public;
ALTER TABLE moderation_log ENABLE TRIGGER USER;

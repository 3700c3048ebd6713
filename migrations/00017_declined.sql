-- +goose Up
-- A change that waits for review can be left out: its author still has it, and readers never do.
ALTER TABLE article_revision DROP CONSTRAINT article_revision_state_check;
ALTER TABLE article_revision ADD CONSTRAINT article_revision_state_check CHECK (state IN ('approved', 'waiting', 'declined'));

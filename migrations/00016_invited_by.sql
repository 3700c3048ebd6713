-- +goose Up
-- Who made an invitation: it ends with the right to make it.
ALTER TABLE invitation ADD COLUMN invited_by bigint REFERENCES account (id);
CREATE INDEX invitation_invited_by ON invitation (invited_by) WHERE used_at IS NULL;

-- Names are compared without case and without what nobody sees, so that none looks like another.
ALTER TABLE account ADD COLUMN name_key text;
UPDATE account SET name_key = lower(name);
ALTER TABLE account ALTER COLUMN name_key SET NOT NULL;
DROP INDEX account_name;
CREATE UNIQUE INDEX account_name ON account (name_key);

-- The log refuses changes in every mode of a session.
ALTER TABLE moderation_log ENABLE ALWAYS TRIGGER moderation_log_append_only;

-- +goose Up
-- The record of each editorial act. It holds ids, never titles or emails, so
-- that what is withdrawn is gone from it too.
CREATE TABLE moderation_log (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site_id    bigint NOT NULL REFERENCES site (id),
    at         timestamptz NOT NULL DEFAULT now(),
    actor_kind text NOT NULL CHECK (actor_kind IN ('editor', 'rule', 'author', 'operator')),
    actor_name text NOT NULL, -- the name an editor or a rule goes by; empty for an author
    act        text NOT NULL,
    subject    text NOT NULL CHECK (subject IN ('article', 'comment', 'feature', 'event', 'site', 'account')),
    subject_id bigint NOT NULL,
    reason     text NOT NULL DEFAULT '',
    public     boolean NOT NULL DEFAULT true
);
CREATE INDEX moderation_log_site ON moderation_log (site_id, id DESC);
CREATE INDEX moderation_log_subject ON moderation_log (subject, subject_id, id);

-- +goose StatementBegin
CREATE FUNCTION moderation_log_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the moderation log is append-only';
END
$$;
-- +goose StatementEnd
CREATE TRIGGER moderation_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON moderation_log
    FOR EACH STATEMENT EXECUTE FUNCTION moderation_log_append_only();

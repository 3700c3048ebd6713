-- +goose Up
-- Rights and settings are in the log too, for editors only; some belong to no site but to the network.
ALTER TABLE moderation_log ALTER COLUMN site_id DROP NOT NULL;
ALTER TABLE moderation_log ADD COLUMN actor_id bigint; -- the account, where it was one
ALTER TABLE moderation_log DROP CONSTRAINT moderation_log_subject_check;
ALTER TABLE moderation_log ADD CONSTRAINT moderation_log_subject_check
    CHECK (subject IN ('article', 'comment', 'feature', 'event', 'site', 'topic', 'page', 'account', 'invitation'));
-- what everyone may read: an author's own acts are not editorial
CREATE INDEX moderation_log_public ON moderation_log (site_id, id DESC) WHERE public AND actor_kind <> 'author';

-- +goose Up
-- The log is paged by time and id. By id alone PostgreSQL may walk the primary key instead, through what all the other
-- sites have done since, to find the entries of a quiet one.
DROP INDEX moderation_log_site;
DROP INDEX moderation_log_public;
CREATE INDEX moderation_log_site ON moderation_log (site_id, at DESC, id DESC) WHERE actor_kind <> 'author';
CREATE INDEX moderation_log_public ON moderation_log (site_id, at DESC, id DESC) WHERE public AND actor_kind <> 'author';
CREATE INDEX moderation_log_act ON moderation_log (site_id, act, at DESC, id DESC) WHERE actor_kind <> 'author';
CREATE INDEX moderation_log_kind ON moderation_log (site_id, subject, at DESC, id DESC) WHERE actor_kind <> 'author';

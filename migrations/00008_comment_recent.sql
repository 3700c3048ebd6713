-- +goose Up
-- In the order of time, which no other index has: by id alone PostgreSQL rather followed the primary key, through all the
-- comments of sites that were brought in later.
DROP INDEX comment_recent;
CREATE INDEX comment_recent ON comment (site_id, created_at DESC, id DESC) WHERE state = 'visible';

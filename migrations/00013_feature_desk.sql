-- +goose Up
-- Positions run from 1 on without a gap and without a double; what was placed so far is numbered anew.
UPDATE feature f
SET position = CASE WHEN p.n <= 12 THEN p.n END
FROM (SELECT id, row_number() OVER (PARTITION BY site_id ORDER BY position, id) AS n
      FROM feature
      WHERE position IS NOT NULL) p
WHERE p.id = f.id;
-- deferrable, so that one statement can move several features along
ALTER TABLE feature ADD CONSTRAINT feature_position UNIQUE (site_id, position) DEFERRABLE INITIALLY IMMEDIATE;
DROP INDEX feature_placed; -- the constraint's index does

-- The version in which text, picture and posts were last changed: to move a feature among others raises its version
-- too, and must not take the pen from whoever is writing in it.
ALTER TABLE feature ADD COLUMN edited_version bigint NOT NULL DEFAULT 1;

-- Which form wrote what, so that the same form sent again writes nothing.
CREATE TABLE feature_form (
    site_id      bigint NOT NULL REFERENCES site (id),
    ticket_hash  bytea NOT NULL,
    feature_id   bigint NOT NULL REFERENCES feature (id),
    content_hash bytea NOT NULL,
    PRIMARY KEY (site_id, ticket_hash)
);
CREATE INDEX feature_form_feature ON feature_form (feature_id);

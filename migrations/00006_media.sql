-- +goose Up
-- A file on its way: received whole or in parts, not yet part of a post.
CREATE TABLE upload (
    id          text PRIMARY KEY CHECK (id ~ '^[0-9a-f]{32}$'), -- 128 random bits
    site_id     bigint NOT NULL REFERENCES site (id),
    ticket_hash bytea NOT NULL,
    name        text NOT NULL,
    type        text NOT NULL DEFAULT '', -- what its bytes say it is
    width       integer NOT NULL DEFAULT 0,
    height      integer NOT NULL DEFAULT 0,
    size        bigint NOT NULL,
    received    bigint NOT NULL DEFAULT 0,
    sha256      bytea,
    state       text NOT NULL CHECK (state IN ('receiving', 'complete', 'refused')),
    failure     text NOT NULL DEFAULT '', -- a message key
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL
);
CREATE INDEX upload_ticket ON upload (site_id, ticket_hash);
CREATE INDEX upload_expires ON upload (expires_at);

-- A file of a post, a feature or a site (its logo).
CREATE TABLE media (
    id          text PRIMARY KEY CHECK (id ~ '^[0-9a-f]{32}$'), -- 128 random bits
    site_id     bigint NOT NULL REFERENCES site (id),
    article_id  bigint REFERENCES article (id),
    comment_id  bigint REFERENCES comment (id),
    feature_id  bigint REFERENCES feature (id),
    position    integer NOT NULL DEFAULT 0,
    kind        text NOT NULL DEFAULT 'image' CHECK (kind IN ('image', 'video', 'audio', 'document')),
    type        text NOT NULL DEFAULT '',
    name        text NOT NULL DEFAULT '', -- shown by receipt only
    alt         text NOT NULL DEFAULT '',
    width       integer NOT NULL DEFAULT 0,
    height      integer NOT NULL DEFAULT 0,
    state       text NOT NULL CHECK (state IN ('waiting', 'ready', 'failed', 'gone')),
    failure     text NOT NULL DEFAULT '', -- a message key
    original    text, -- the upload's id while its bytes are kept
    created_at  timestamptz NOT NULL DEFAULT now(),
    CHECK (num_nonnulls(article_id, comment_id, feature_id) <= 1)
);
CREATE INDEX media_article ON media (article_id, position) WHERE article_id IS NOT NULL;
CREATE INDEX media_comment ON media (comment_id, position) WHERE comment_id IS NOT NULL;
CREATE INDEX media_feature ON media (feature_id) WHERE feature_id IS NOT NULL;

CREATE TABLE rendition (
    media_id text NOT NULL REFERENCES media (id),
    name     text NOT NULL,
    type     text NOT NULL,
    width    integer NOT NULL DEFAULT 0,
    height   integer NOT NULL DEFAULT 0,
    bytes    bigint NOT NULL,
    blob     text NOT NULL, -- the content's SHA-256, its key in the store
    PRIMARY KEY (media_id, name)
);
CREATE INDEX rendition_blob ON rendition (blob);

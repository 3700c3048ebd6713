-- +goose Up
CREATE TABLE comment (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site_id        bigint NOT NULL REFERENCES site (id),
    article_id     bigint NOT NULL REFERENCES article (id),
    kind           text NOT NULL CHECK (kind IN ('comment', 'addition')),
    state          text NOT NULL CHECK (state IN ('visible', 'pending', 'hidden', 'withdrawn', 'removed')),
    reason         text NOT NULL DEFAULT '',
    author         text NOT NULL,
    source         text NOT NULL,
    html           text NOT NULL,
    markup_version integer NOT NULL,
    version        bigint NOT NULL DEFAULT 1,
    content_hash   bytea, -- the same one sent again within 48 h is this one
    created_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX comment_article ON comment (article_id, id);
CREATE INDEX comment_recent ON comment (site_id, id DESC) WHERE state = 'visible';

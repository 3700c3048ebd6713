-- +goose Up
CREATE TABLE feature (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site_id        bigint NOT NULL REFERENCES site (id),
    slug           text NOT NULL,
    language       text NOT NULL,
    title          text NOT NULL,
    summary        text NOT NULL,
    format         text NOT NULL DEFAULT 'markdown',
    source         text NOT NULL,
    html           text NOT NULL,
    markup_version integer NOT NULL,
    picture        text, -- a media id
    position       integer, -- on the front page from 1 on; null: not placed
    version        bigint NOT NULL DEFAULT 1,
    published_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX feature_site ON feature (site_id, published_at DESC, id DESC);
CREATE INDEX feature_placed ON feature (site_id, position) WHERE position IS NOT NULL;
CREATE INDEX feature_all ON feature (published_at DESC, id DESC);

CREATE TABLE feature_article (
    feature_id bigint NOT NULL REFERENCES feature (id),
    article_id bigint NOT NULL REFERENCES article (id),
    position   integer NOT NULL,
    PRIMARY KEY (feature_id, article_id)
);
CREATE INDEX feature_article_article ON feature_article (article_id);

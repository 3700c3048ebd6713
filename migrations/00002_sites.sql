-- +goose Up
CREATE TABLE site (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug          text NOT NULL UNIQUE,
    name          text NOT NULL,
    tagline       text NOT NULL DEFAULT '',
    -- the first one is the language of the interface
    languages     text[] NOT NULL CHECK (cardinality(languages) > 0),
    time_zone     text NOT NULL DEFAULT 'UTC',
    accent        text NOT NULL DEFAULT '#b3122b' CHECK (accent ~ '^#[0-9a-f]{6}$'),
    logo          text, -- a media id
    state         text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'frozen')),
    hold_articles boolean NOT NULL DEFAULT false,
    hold_comments boolean NOT NULL DEFAULT false,
    -- the clock of every cache: raised by whatever changes what the site shows
    version       bigint NOT NULL DEFAULT 1,
    created_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE site_host (
    host     text PRIMARY KEY CHECK (host = lower(host)),
    site_id  bigint NOT NULL REFERENCES site (id),
    position integer NOT NULL,
    UNIQUE (site_id, position)
);

CREATE TABLE site_topic (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site_id  bigint NOT NULL REFERENCES site (id),
    slug     text NOT NULL,
    name     text NOT NULL,
    position integer NOT NULL DEFAULT 0,
    UNIQUE (site_id, slug)
);

CREATE TABLE site_page (
    site_id        bigint NOT NULL REFERENCES site (id),
    slug           text NOT NULL,
    title          text NOT NULL,
    language       text NOT NULL,
    source         text NOT NULL,
    html           text NOT NULL,
    markup_version integer NOT NULL,
    updated_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (site_id, slug)
);

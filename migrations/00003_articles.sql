-- +goose Up
CREATE TABLE article (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site_id        bigint NOT NULL REFERENCES site (id),
    slug           text NOT NULL,
    state          text NOT NULL CHECK (state IN ('visible', 'pending', 'hidden', 'withdrawn', 'removed')),
    rank           text NOT NULL DEFAULT 'other' CHECK (rank IN ('other', 'local', 'global')),
    reason         text NOT NULL DEFAULT '', -- why it is hidden or removed; the log holds every reason ever given
    language       text NOT NULL,
    title          text NOT NULL,
    summary        text NOT NULL,
    author         text NOT NULL,
    contact        text NOT NULL DEFAULT '', -- for editors only, deleted after 30 days
    format         text NOT NULL,
    source         text NOT NULL,
    html           text NOT NULL,
    markup_version integer NOT NULL,
    revision       integer NOT NULL DEFAULT 1, -- the newest, approved or waiting
    version        bigint NOT NULL DEFAULT 1, -- raised by every act; what 'version' in forms compares with
    media_kinds    text[] NOT NULL DEFAULT '{}', -- of the files that are ready
    comment_count  integer NOT NULL DEFAULT 0, -- of the visible ones
    published_at   timestamptz NOT NULL DEFAULT now(),
    edited_at      timestamptz,
    created_at     timestamptz NOT NULL DEFAULT now(),
    words          tsvector NOT NULL DEFAULT '', -- title, summary and text in the article's own language
    -- hashes of what only the reporter holds: never the thing itself
    ticket_hash    bytea,
    content_mac    bytea,
    receipt_hash   bytea
);

CREATE UNIQUE INDEX article_ticket ON article (site_id, ticket_hash);
CREATE UNIQUE INDEX article_receipt ON article (site_id, receipt_hash);
-- the wire and its filters, each in the order in which it is paged
CREATE INDEX article_wire ON article (site_id, published_at DESC, id DESC) WHERE state = 'visible';
CREATE INDEX article_wire_rank ON article (site_id, rank, published_at DESC, id DESC) WHERE state = 'visible' AND rank <> 'other';
CREATE INDEX article_wire_language ON article (site_id, language, published_at DESC, id DESC) WHERE state = 'visible';
CREATE INDEX article_wire_media ON article (site_id, published_at DESC, id DESC) WHERE state = 'visible' AND media_kinds <> '{}';
CREATE INDEX article_global ON article (published_at DESC, id DESC) WHERE state = 'visible' AND rank = 'global';
CREATE INDEX article_words ON article USING gin (words) WHERE state = 'visible';
CREATE INDEX article_contact ON article (created_at) WHERE contact <> '';

CREATE TABLE article_revision (
    article_id bigint NOT NULL REFERENCES article (id),
    n          integer NOT NULL,
    state      text NOT NULL CHECK (state IN ('approved', 'waiting')),
    language   text NOT NULL,
    title      text NOT NULL,
    summary    text NOT NULL,
    author     text NOT NULL,
    format     text NOT NULL,
    source     text NOT NULL,
    html       text NOT NULL,
    topics     bigint[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (article_id, n)
);

-- published_at stands here too, so that one index pages a topic
CREATE TABLE article_topic (
    article_id   bigint NOT NULL REFERENCES article (id),
    topic_id     bigint NOT NULL REFERENCES site_topic (id),
    published_at timestamptz NOT NULL,
    PRIMARY KEY (article_id, topic_id)
);
CREATE INDEX article_topic_wire ON article_topic (topic_id, published_at DESC, article_id DESC);

-- addresses of the systems that articles came from, leading to where they are now
CREATE TABLE article_redirect (
    site_id    bigint NOT NULL REFERENCES site (id),
    path       text NOT NULL,
    article_id bigint NOT NULL REFERENCES article (id),
    PRIMARY KEY (site_id, path)
);

-- what was imported, by its name in the system it came from
CREATE TABLE article_origin (
    site_id    bigint NOT NULL REFERENCES site (id),
    system     text NOT NULL,
    key        text NOT NULL,
    article_id bigint NOT NULL REFERENCES article (id),
    PRIMARY KEY (site_id, system, key)
);

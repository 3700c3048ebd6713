-- +goose Up
-- What readers tell the editors about an article.
CREATE TABLE report (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site_id     bigint NOT NULL REFERENCES site (id),
    article_id  bigint NOT NULL REFERENCES article (id),
    reason      text NOT NULL,
    reason_hash bytea NOT NULL, -- the same report again is the same report
    state       text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
    created_at  timestamptz NOT NULL DEFAULT now(),
    closed_at   timestamptz,
    UNIQUE (article_id, reason_hash)
);
CREATE INDEX report_open ON report (site_id, created_at DESC, id DESC) WHERE state = 'open';
CREATE INDEX report_closed ON report (closed_at) WHERE state = 'closed';

-- the newsroom's lists, each in the order in which it is paged
CREATE INDEX article_desk ON article (site_id, published_at DESC, id DESC) WHERE state IN ('visible', 'pending', 'hidden');
CREATE INDEX article_pending ON article (site_id, created_at, id) WHERE state = 'pending';
CREATE INDEX article_hidden ON article (site_id, published_at DESC, id DESC) WHERE state = 'hidden';
CREATE INDEX article_revision_waiting ON article_revision (article_id) WHERE state = 'waiting';
CREATE INDEX comment_desk ON comment (site_id, created_at DESC, id DESC) WHERE state IN ('visible', 'pending', 'hidden');
CREATE INDEX comment_pending ON comment (site_id, created_at, id) WHERE state = 'pending';
CREATE INDEX comment_hidden ON comment (site_id, created_at DESC, id DESC) WHERE state = 'hidden';

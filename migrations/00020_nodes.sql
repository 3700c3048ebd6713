-- +goose Up
-- What each node last said of itself. Nothing of it is about anybody else.
CREATE TABLE node (
    name          text PRIMARY KEY,
    standby       boolean NOT NULL, -- what its own PostgreSQL is
    version       text NOT NULL,
    lag_bytes     bigint NOT NULL, -- of the primary's log that its own PostgreSQL has not replayed
    lag           interval NOT NULL, -- since what it replayed last was committed
    load          double precision NOT NULL, -- over a minute
    disk_free     bigint NOT NULL, -- bytes, where its media are
    disk_size     bigint NOT NULL,
    cache_bytes   bigint NOT NULL, -- of media of a bucket
    jobs_running  integer NOT NULL, -- by this node
    seen_at       timestamptz NOT NULL
);

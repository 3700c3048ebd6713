-- +goose Up
-- An upload that comes in parts, perhaps while its post stands already.
ALTER TABLE upload
    ADD COLUMN store_key text NOT NULL DEFAULT '', -- what the store knows the bytes by, where that is not the id
    ADD COLUMN deferred boolean NOT NULL DEFAULT false, -- the size is not known yet
    ADD COLUMN media_id text REFERENCES media (id); -- the file of a post that waits for it
CREATE INDEX upload_media ON upload (media_id) WHERE media_id IS NOT NULL;
CREATE INDEX upload_site ON upload (site_id);

ALTER TABLE media
    DROP CONSTRAINT media_state_check,
    ADD CONSTRAINT media_state_check CHECK (state IN ('arriving', 'waiting', 'ready', 'failed', 'gone')),
    DROP CONSTRAINT media_kind_check,
    ADD CONSTRAINT media_kind_check CHECK (kind IN ('image', 'video', 'audio', 'document', 'captions')),
    ADD COLUMN original_key text NOT NULL DEFAULT '', -- as upload.store_key
    ADD COLUMN duration_ms bigint NOT NULL DEFAULT 0, -- of what has one
    ADD COLUMN progress smallint NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100), -- percent of its preparation
    ADD COLUMN worked_at timestamptz, -- the last sign of life of who prepares it
    ADD COLUMN settled_at timestamptz; -- when it became ready or failed
CREATE INDEX media_failed ON media (settled_at) WHERE state = 'failed' AND original IS NOT NULL;

-- What somebody is still writing, sealed with what their ticket alone holds.
CREATE TABLE draft (
    site_id     bigint NOT NULL REFERENCES site (id),
    ticket_hash bytea NOT NULL,
    sealed      bytea NOT NULL,
    expires_at  timestamptz NOT NULL,
    PRIMARY KEY (site_id, ticket_hash)
);
CREATE INDEX draft_expires ON draft (expires_at);

-- A collective may take less than the network does; null: as much.
ALTER TABLE site
    ADD COLUMN max_files integer CHECK (max_files BETWEEN 0 AND 20),
    ADD COLUMN max_file_bytes bigint CHECK (max_file_bytes > 0);

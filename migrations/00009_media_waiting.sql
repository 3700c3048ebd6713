-- +goose Up
-- What waits for its cleaning is little; the sweeper looks for what waits too long.
CREATE INDEX media_waiting ON media (created_at) WHERE state = 'waiting';

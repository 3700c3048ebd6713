-- +goose Up
-- What the sender of an upload says that it is, for a length that is told late.
ALTER TABLE upload ADD COLUMN declared text NOT NULL DEFAULT '';

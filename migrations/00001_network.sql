-- +goose Up
-- One secret for each purpose, made here once and shared by all nodes through
-- the database: two random UUIDs are 244 bits from the strong generator.
CREATE TABLE signing_key (
    purpose text PRIMARY KEY,
    secret  bytea NOT NULL CHECK (octet_length(secret) = 32)
);
INSERT INTO signing_key (purpose, secret)
VALUES ('ticket', decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'));

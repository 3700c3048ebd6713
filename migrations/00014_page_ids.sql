-- +goose Up
-- The moderation log names what it is about by a number, never by a title.
ALTER TABLE site_page ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY;
CREATE UNIQUE INDEX site_page_id ON site_page (id);

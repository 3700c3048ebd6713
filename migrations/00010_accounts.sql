-- +goose Up
-- People who sign in.
CREATE TABLE account (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email       text NOT NULL UNIQUE CHECK (email = lower(email)),
    name        text NOT NULL, -- chosen by the person; the moderation log shows it
    password    text NOT NULL, -- argon2id, in PHC string format
    admin       boolean NOT NULL DEFAULT false,
    disabled_at timestamptz,
    -- raised to end all sessions at once, those included that are being written just now
    epoch       bigint NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL DEFAULT now()
);
-- the log names editors, so no two may go by one name
CREATE UNIQUE INDEX account_name ON account (lower(name));
CREATE INDEX account_admin ON account (id) WHERE admin;

CREATE TABLE account_role (
    account_id bigint NOT NULL REFERENCES account (id),
    site_id    bigint NOT NULL REFERENCES site (id),
    role       text NOT NULL CHECK (role IN ('editor')),
    since      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, site_id)
);
CREATE INDEX account_role_site ON account_role (site_id);

-- A one-time link. The token itself is nowhere.
CREATE TABLE invitation (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE,
    email      text NOT NULL CHECK (email = lower(email)), -- empty: whoever opens the setup link says it
    site_id    bigint REFERENCES site (id), -- null: to the network, as an admin
    role       text NOT NULL CHECK (role IN ('editor', 'admin')),
    setup      boolean NOT NULL DEFAULT false, -- makes the first admin; void once there is one
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    CHECK ((role = 'admin') = (site_id IS NULL))
);
CREATE INDEX invitation_expires ON invitation (expires_at);

-- A session belongs to the host it was begun on. It holds nothing of the client.
CREATE TABLE session (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token_hash text NOT NULL UNIQUE,
    account_id bigint NOT NULL REFERENCES account (id),
    epoch      bigint NOT NULL, -- of the account when it signed in; another one by now: it has ended
    host       text NOT NULL,
    begun_at   timestamptz NOT NULL DEFAULT now(),
    seen_at    timestamptz NOT NULL DEFAULT now(),
    deadline   timestamptz NOT NULL -- however much it is used
);
CREATE INDEX session_account ON session (account_id);
CREATE INDEX session_seen ON session (seen_at);

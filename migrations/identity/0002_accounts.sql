-- Who may sign in and what he may do: roles, passwords, sessions, signing keys.

-- +migrate Up
ALTER TABLE user_account
  ADD COLUMN roles text[] NOT NULL DEFAULT '{customer}',
  ADD COLUMN password text,               -- Argon2id as a PHC string; null: can't sign in
  ADD COLUMN sessions_ended_at timestamptz, -- no access token from before is good any more
  ADD CONSTRAINT user_roles_known
    CHECK (roles <@ ARRAY['customer', 'staff', 'ops'] AND roles @> ARRAY['customer']),
  ADD CONSTRAINT user_password_is_hash CHECK (password LIKE '$argon2id$%'),
  DROP CONSTRAINT user_erased_when_deleted,
  ADD CONSTRAINT user_erased_when_deleted CHECK (deleted_at IS NULL OR
    (email IS NULL AND username IS NULL AND description IS NULL AND password IS NULL));
-- Of the few who are more than customers; sorted as lists are.
CREATE INDEX user_staff_by_created ON user_account (created_at, id)
  WHERE deleted_at IS NULL AND 'staff' = ANY (roles);
CREATE INDEX user_ops_by_created ON user_account (created_at, id)
  WHERE deleted_at IS NULL AND 'ops' = ANY (roles);

-- A login: the family of the refresh tokens that come from it.
CREATE TABLE session (
  id         uuid        NOT NULL,
  user_id    uuid        NOT NULL,
  started_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,  -- when its last refresh token does
  ended_at   timestamptz,           -- revoked, reused, or ended with all sessions of the user
  CONSTRAINT session_pk PRIMARY KEY (id),
  CONSTRAINT session_of_user FOREIGN KEY (user_id) REFERENCES user_account (id)
);
CREATE INDEX session_by_user ON session (user_id);
CREATE INDEX session_by_expiry ON session (expires_at);

-- Known by their SHA-256 only.
CREATE TABLE refresh_token (
  hash       bytea       NOT NULL CONSTRAINT refresh_token_hash_size CHECK (length(hash) = 32),
  session_id uuid        NOT NULL,
  issued_at  timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at    timestamptz,
  CONSTRAINT refresh_token_pk PRIMARY KEY (hash),
  CONSTRAINT refresh_token_session FOREIGN KEY (session_id) REFERENCES session (id) ON DELETE CASCADE
);
CREATE INDEX refresh_token_by_session ON refresh_token (session_id);
CREATE INDEX refresh_token_by_expiry ON refresh_token (expires_at);

-- Published from created_at on; signs from signs_from until the next one does.
CREATE TABLE signing_key (
  kid        text        NOT NULL,
  jwk        json        NOT NULL,  -- the public part
  pem        text        NOT NULL CONSTRAINT signing_key_is_encrypted
                           CHECK (pem LIKE '-----BEGIN ENCRYPTED PRIVATE KEY-----%'),
  created_at timestamptz NOT NULL,
  signs_from timestamptz NOT NULL,
  CONSTRAINT signing_key_pk PRIMARY KEY (kid),
  CONSTRAINT signing_key_published_first CHECK (signs_from >= created_at)
);

-- +migrate Down
DROP TABLE signing_key;
DROP TABLE refresh_token;
DROP TABLE session;
DROP INDEX user_ops_by_created;
DROP INDEX user_staff_by_created;
ALTER TABLE user_account
  DROP CONSTRAINT user_erased_when_deleted,
  ADD CONSTRAINT user_erased_when_deleted
    CHECK (deleted_at IS NULL OR (email IS NULL AND username IS NULL AND description IS NULL)),
  DROP COLUMN roles,
  DROP COLUMN password,
  DROP COLUMN sessions_ended_at;

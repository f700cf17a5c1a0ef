-- Users and their addresses. A user with his addresses is one aggregate: one version for all of it.

-- +migrate Up
-- A deleted user keeps his id and version; everything that tells who he was is erased.
CREATE TABLE user_account (
  id          uuid        NOT NULL,  -- the id of the command that created it
  email       text,
  username    text,
  description text,
  version     bigint      NOT NULL CONSTRAINT user_version_positive CHECK (version >= 1),
  created_at  timestamptz NOT NULL,
  updated_at  timestamptz,
  deleted_at  timestamptz,
  CONSTRAINT user_account_pk PRIMARY KEY (id),
  CONSTRAINT user_named_until_deleted
    CHECK ((deleted_at IS NULL) = (email IS NOT NULL AND username IS NOT NULL)),
  CONSTRAINT user_erased_when_deleted
    CHECK (deleted_at IS NULL OR (email IS NULL AND username IS NULL AND description IS NULL))
);
CREATE UNIQUE INDEX user_email_unique ON user_account (lower(email));
CREATE UNIQUE INDEX user_username_unique ON user_account (lower(username));
CREATE INDEX user_by_created ON user_account (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX user_by_email ON user_account (lower(email), id) WHERE deleted_at IS NULL;

CREATE TABLE address (
  id         uuid        NOT NULL,   -- the id of the command that added it
  user_id    uuid        NOT NULL,
  street     text        NOT NULL,
  city       text        NOT NULL,
  state      text        NOT NULL,
  zip_code   text        NOT NULL,
  country    text        NOT NULL,
  is_primary boolean     NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz,
  CONSTRAINT address_pk PRIMARY KEY (id),
  CONSTRAINT address_user FOREIGN KEY (user_id) REFERENCES user_account (id)
);
CREATE UNIQUE INDEX address_one_primary ON address (user_id) WHERE is_primary;
CREATE INDEX address_by_user ON address (user_id, created_at, id);

-- +migrate Down
DROP TABLE address;
DROP TABLE user_account;

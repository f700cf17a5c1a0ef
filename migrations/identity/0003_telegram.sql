-- Which Telegram user acts for which account, and the codes by which they find each other.

-- +migrate Up
CREATE TABLE telegram_links (
  user_id          uuid        NOT NULL,
  telegram_user_id bigint      NOT NULL,
  username         text,                  -- at Telegram, where he has one
  linked_at        timestamptz NOT NULL,
  CONSTRAINT telegram_links_pk PRIMARY KEY (user_id),
  CONSTRAINT telegram_links_telegram_user UNIQUE (telegram_user_id),
  CONSTRAINT telegram_links_user FOREIGN KEY (user_id) REFERENCES user_account (id)
);

-- Known by their SHA-256 only; the last one of a user counts.
CREATE TABLE link_codes (
  code_sha256 bytea       NOT NULL CONSTRAINT link_codes_size CHECK (length(code_sha256) = 32),
  user_id     uuid        NOT NULL,
  expires_at  timestamptz NOT NULL,
  CONSTRAINT link_codes_pk PRIMARY KEY (code_sha256),
  CONSTRAINT link_codes_user UNIQUE (user_id),
  CONSTRAINT link_codes_of_user FOREIGN KEY (user_id) REFERENCES user_account (id)
);
CREATE INDEX link_codes_by_expiry ON link_codes (expires_at);

-- How often a Telegram user has tried a code since then.
CREATE TABLE link_tries (
  telegram_user_id bigint      NOT NULL,
  since            timestamptz NOT NULL,
  tries            integer     NOT NULL,
  CONSTRAINT link_tries_pk PRIMARY KEY (telegram_user_id)
);
CREATE INDEX link_tries_by_time ON link_tries (since);

-- +migrate Down
DROP TABLE link_tries;
DROP TABLE link_codes;
DROP TABLE telegram_links;

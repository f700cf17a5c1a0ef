-- What waybill.files tells.

-- +migrate Up
-- Projection report.files: which tasks and documents there are. No names and no texts: reports need none. A deleted one
-- keeps its version, so that an older state can't bring it back.
CREATE TABLE known_file (
  id         uuid    NOT NULL,
  kind       text    NOT NULL CONSTRAINT known_file_kind CHECK (kind IN ('task', 'document')),
  version    bigint  NOT NULL,
  owner_id   uuid,                        -- the account; null for a task of somebody unknown, and once it is deleted
  files      bigint  NOT NULL,            -- that it has now
  size       bigint,                      -- bytes of a document; null for tasks
  created_at timestamptz,                 -- null once it is deleted
  deleted    boolean NOT NULL,
  CONSTRAINT known_file_pk PRIMARY KEY (id)
);

-- +migrate Down
DROP TABLE known_file;

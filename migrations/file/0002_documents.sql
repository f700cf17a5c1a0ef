-- Documents that accounts keep, in types that they name, with versions; and uploads that wait for what they are meant for.

-- +migrate Up
-- One row per account that ever kept something: who changes anything of it locks the row first, so that names and counts hold
-- whoever else is at it.
CREATE TABLE document_owners (
  owner_id  uuid   NOT NULL,
  types     bigint NOT NULL CONSTRAINT document_owners_types_not_negative CHECK (types >= 0),
  documents bigint NOT NULL CONSTRAINT document_owners_documents_not_negative CHECK (documents >= 0),
  CONSTRAINT document_owners_pk PRIMARY KEY (owner_id)
);

CREATE TABLE document_types (
  id         uuid        NOT NULL,  -- the id of the command that created it, or derived from it
  owner_id   uuid        NOT NULL,
  name       text        NOT NULL CONSTRAINT document_types_name_length CHECK (char_length(name) BETWEEN 1 AND 64),
  documents  bigint      NOT NULL CONSTRAINT document_types_documents_not_negative CHECK (documents >= 0),
  created_at timestamptz NOT NULL,
  deleted_at timestamptz,
  CONSTRAINT document_types_pk PRIMARY KEY (id)
);
CREATE UNIQUE INDEX document_types_name ON document_types (owner_id, lower(name)) WHERE deleted_at IS NULL;

CREATE TABLE documents (
  id         uuid        NOT NULL,  -- the id of the command that created it
  owner_id   uuid        NOT NULL,
  type_id    uuid        NOT NULL,
  name       text        NOT NULL CONSTRAINT documents_name_length CHECK (char_length(name) BETWEEN 1 AND 128),
  version    bigint      NOT NULL CONSTRAINT documents_version_positive CHECK (version >= 1),
  file_id    uuid        NOT NULL,  -- of its newest bytes
  size       bigint      NOT NULL,  -- of its newest bytes
  created_at timestamptz NOT NULL,
  updated_at timestamptz,
  deleted_at timestamptz,
  CONSTRAINT documents_pk PRIMARY KEY (id)
);
CREATE UNIQUE INDEX documents_name ON documents (owner_id, type_id, lower(name)) WHERE deleted_at IS NULL;
CREATE INDEX documents_by_type ON documents (owner_id, type_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX documents_by_owner ON documents (owner_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX documents_by_created ON documents (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX documents_by_name ON documents (owner_id, lower(name), id) WHERE deleted_at IS NULL;
CREATE INDEX documents_by_size ON documents (owner_id, size, id) WHERE deleted_at IS NULL;

-- The versions that brought new bytes. Kept when the document is deleted, its files are not.
CREATE TABLE document_versions (
  document_id uuid        NOT NULL,
  version     bigint      NOT NULL,
  file_id     uuid        NOT NULL,
  created_at  timestamptz NOT NULL,
  CONSTRAINT document_versions_pk PRIMARY KEY (document_id, version)
);

-- Files that came before the command that is to use them. Who takes one deletes its row.
CREATE TABLE uploads (
  file_id    uuid        NOT NULL,
  owner_id   uuid        NOT NULL,
  expires_at timestamptz NOT NULL,
  CONSTRAINT uploads_pk PRIMARY KEY (file_id)
);
CREATE INDEX uploads_by_expiry ON uploads (expires_at);

-- +migrate Down
DROP TABLE uploads;
DROP TABLE document_versions;
DROP TABLE documents;
DROP TABLE document_types;
DROP TABLE document_owners;

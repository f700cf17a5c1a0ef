-- Bytes by their digests, the files that refer to them, and study tasks with their media.

-- +migrate Up
-- What the store has, or is about to get: a row comes before its object. `refs` counts the files that refer to it. Without
-- any, it is swept some time after `touched_at`, the last time that somebody began to store the same bytes or let go of them.
CREATE TABLE blobs (
  sha256     text        NOT NULL CONSTRAINT blobs_sha256_hex CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  size       bigint      NOT NULL CONSTRAINT blobs_size_not_negative CHECK (size >= 0),
  refs       bigint      NOT NULL CONSTRAINT blobs_refs_not_negative CHECK (refs >= 0),
  touched_at timestamptz NOT NULL,
  CONSTRAINT blobs_pk PRIMARY KEY (sha256)
);
CREATE INDEX blobs_unused ON blobs (touched_at) WHERE refs = 0;

-- Bytes under a name. A deleted file refers to nothing any more.
CREATE TABLE files (
  id           uuid        NOT NULL,  -- derived from the command that made it
  sha256       text        NOT NULL,
  size         bigint      NOT NULL,
  content_type text        NOT NULL,
  file_name    text        NOT NULL,
  created_at   timestamptz NOT NULL,
  deleted_at   timestamptz,
  CONSTRAINT files_pk PRIMARY KEY (id)
);
CREATE INDEX files_by_blob ON files (sha256) WHERE deleted_at IS NULL;

CREATE TABLE tasks (
  id               uuid        NOT NULL,  -- the id of the command that created it
  find_code        text        NOT NULL CONSTRAINT tasks_find_code_form CHECK (find_code ~ '^[A-Za-z0-9]{8}$'),
  exam             text        NOT NULL CONSTRAINT tasks_exam CHECK (exam IN ('ege', 'oge')),
  subject          text        NOT NULL CONSTRAINT tasks_subject CHECK (subject IN (
                     'math', 'informatics', 'russian', 'english', 'german', 'french', 'spanish', 'physics', 'chemistry',
                     'biology', 'geography', 'social', 'literature', 'history')),
  exam_task_number int         NOT NULL CONSTRAINT tasks_number CHECK (exam_task_number BETWEEN 1 AND 30),
  difficult        text        NOT NULL CONSTRAINT tasks_difficult CHECK (difficult IN ('easy', 'medium', 'hard')),
  condition        text        NOT NULL,
  answer           text        NOT NULL,
  created_by       uuid,
  created_at       timestamptz NOT NULL,
  version          bigint      NOT NULL CONSTRAINT tasks_version_positive CHECK (version >= 1),
  deleted_at       timestamptz,           -- gone for readers; its code is not given out again
  CONSTRAINT tasks_pk PRIMARY KEY (id),
  CONSTRAINT tasks_find_code_unique UNIQUE (find_code)
);
CREATE INDEX tasks_by_kind ON tasks (exam, subject, exam_task_number, difficult, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX tasks_by_created ON tasks (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX tasks_by_number ON tasks (exam_task_number, id) WHERE deleted_at IS NULL;

-- The media of a task, kept when it is deleted.
CREATE TABLE task_files (
  task_id  uuid NOT NULL,
  kind     text NOT NULL CONSTRAINT task_files_kind CHECK (kind IN ('sound', 'file', 'photo', 'video')),
  position int  NOT NULL CONSTRAINT task_files_position_not_negative CHECK (position >= 0),
  file_id  uuid NOT NULL,
  CONSTRAINT task_files_pk PRIMARY KEY (task_id, kind, position)
);

-- +migrate Down
DROP TABLE task_files;
DROP TABLE tasks;
DROP TABLE files;
DROP TABLE blobs;

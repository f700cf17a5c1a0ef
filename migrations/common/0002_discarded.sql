-- Commands that somebody took out of the dead queue for good.

-- +migrate Up
-- Kept for ever: who gave up on which command, and why. The message itself is gone.
CREATE TABLE discarded_command (
  command_id      uuid        NOT NULL,
  type            text        NOT NULL,
  caller          text        NOT NULL,
  correlation_id  text        NOT NULL,
  cause           text        NOT NULL,  -- why it was dead
  attempts        int         NOT NULL,
  first_failed_at timestamptz,
  reason          text        NOT NULL CONSTRAINT discarded_command_reason CHECK (reason <> ''),
  discarded_by    text        NOT NULL,
  discarded_at    timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT discarded_command_pk PRIMARY KEY (command_id)
);

-- +migrate Down
DROP TABLE discarded_command;

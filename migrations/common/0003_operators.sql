-- What people do to messages by hand.

-- +migrate Up
-- Kept for ever: who looked at personal data or told events again, and why.
CREATE TABLE operator_act (
  id         bigint GENERATED ALWAYS AS IDENTITY,
  at         timestamptz NOT NULL DEFAULT now(),
  who        text        NOT NULL,
  act        text        NOT NULL CONSTRAINT operator_act_act CHECK (act IN ('reveal', 'republish')),
  subject    text        NOT NULL,  -- a command id, or what was chosen
  reason     text        NOT NULL,
  CONSTRAINT operator_act_pk PRIMARY KEY (id)
);

-- +migrate Down
DROP TABLE operator_act;

-- How often the message that brought a change had failed before, and lain in the dead queue.

-- +migrate Up
ALTER TABLE order_history
  ADD COLUMN failures    int NOT NULL DEFAULT 0,
  ADD COLUMN dead_visits int NOT NULL DEFAULT 0;

-- +migrate Down
ALTER TABLE order_history
  DROP COLUMN failures,
  DROP COLUMN dead_visits;

-- What every service's database has: inbox, outbox, effects ledger, projection offsets.

-- +migrate Up
-- One row per command, inserted first in its transaction: what is being done, later with its outcome.
CREATE TABLE inbox (
  command_id     uuid        NOT NULL,
  type           text        NOT NULL,
  fingerprint    text        NOT NULL DEFAULT '',  -- of method, path and body; the same key with another one is refused
  caller         text        NOT NULL DEFAULT '',
  correlation_id text        NOT NULL DEFAULT '',
  -- Who waits for a deferred outcome: a queue that gets protobuf Outcomes, or {"queue", "correlation_id"} for JSON.
  reply_to       text[]      NOT NULL DEFAULT '{}',
  outcome        bytea,                            -- waybill.common.v1.Outcome; null while it is pending
  answers        uuid[]      NOT NULL DEFAULT '{}', -- deferred commands that this one completed
  dead           boolean     NOT NULL DEFAULT false, -- in the dead queue; a redrive may do it again
  at             timestamptz NOT NULL DEFAULT now(),
  finished_at    timestamptz,
  CONSTRAINT inbox_pk PRIMARY KEY (command_id)
) WITH (fillfactor = 70);  -- room for the outcome beside the row: a HOT update instead of index work
CREATE INDEX inbox_at ON inbox (at);

-- What must be told. The relay removes rows, it never keeps a cursor.
CREATE TABLE outbox (
  id      bigint GENERATED ALWAYS AS IDENTITY,
  channel text        NOT NULL CONSTRAINT outbox_channel CHECK (channel IN ('event', 'command')),
  target  text        NOT NULL,  -- topic or queue
  key     text        NOT NULL,  -- aggregate id, command id
  type    text        NOT NULL,  -- full protobuf name
  headers json        NOT NULL,  -- written once and read once: nothing to gain from jsonb
  payload bytea       NOT NULL,
  at      timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT outbox_pk PRIMARY KEY (channel, id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_analyze_threshold = 100000);

-- What was told, kept for days to verify topics against it and to tell again. Partitions are days, dropped whole.
CREATE TABLE outbox_sent (
  id      bigint      NOT NULL,
  channel text        NOT NULL,
  target  text        NOT NULL,
  key     text        NOT NULL,
  type    text        NOT NULL,
  headers json        NOT NULL,
  payload bytea       NOT NULL,
  at      timestamptz NOT NULL,
  sent_at timestamptz NOT NULL DEFAULT now()
) PARTITION BY RANGE (sent_at);
-- A row whose day has no partition yet is not lost.
CREATE TABLE outbox_sent_default PARTITION OF outbox_sent DEFAULT;
CREATE INDEX outbox_sent_key ON outbox_sent (key);

-- Makes the partitions of today and tomorrow and drops those older than `keep`. Called by the relays now and then.
-- +migrate StatementBegin
CREATE FUNCTION tend_outbox_sent(keep interval) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  today date := (now() AT TIME ZONE 'UTC')::date;
  first_kept date := ((now() - keep) AT TIME ZONE 'UTC')::date;
  day date;
  name text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('waybill.outbox_sent', 0));
  FOREACH day IN ARRAY ARRAY[today, today + 1] LOOP
    name := 'outbox_sent_' || to_char(day, 'YYYYMMDD');
    -- A day that has begun in the default partition stays there.
    IF to_regclass(name) IS NULL AND NOT EXISTS (
        SELECT FROM outbox_sent_default WHERE (sent_at AT TIME ZONE 'UTC')::date = day) THEN
      EXECUTE format('CREATE TABLE %I PARTITION OF outbox_sent FOR VALUES FROM (%L) TO (%L)',
                     name, day || ' 00:00:00+00', day + 1 || ' 00:00:00+00');
    END IF;
  END LOOP;
  FOR name IN
    SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'outbox_sent'::regclass AND relname ~ '^outbox_sent_[0-9]{8}$'
      AND to_date(right(relname, 8), 'YYYYMMDD') < first_kept
  LOOP
    EXECUTE format('DROP TABLE %I', name);
  END LOOP;
  DELETE FROM outbox_sent_default WHERE sent_at < first_kept;
END
$$;
-- +migrate StatementEnd

-- What has left the house, once for ever: (consumer, event).
CREATE TABLE effect (
  consumer text        NOT NULL,
  event_id uuid        NOT NULL,
  at       timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT effect_pk PRIMARY KEY (consumer, event_id)
);

-- Where each projection stands, written in the same transaction as its rows.
CREATE TABLE projection_offset (
  projection  text   NOT NULL,
  topic       text   NOT NULL,
  partition   int    NOT NULL,
  next_offset bigint NOT NULL,
  CONSTRAINT projection_offset_pk PRIMARY KEY (projection, topic, partition)
);

-- +migrate Down
DROP TABLE projection_offset;
DROP TABLE effect;
DROP FUNCTION tend_outbox_sent;
DROP TABLE outbox_sent;
DROP TABLE outbox;
DROP TABLE inbox;

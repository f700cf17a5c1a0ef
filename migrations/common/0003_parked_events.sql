-- Events that a projection could not apply, and what a rebuild beside the live tables needs.

-- +migrate Up
-- With the events of the same key that wait behind them (without a reason). The event itself is here, so that a retry
-- needs no topic.
CREATE TABLE parked_event (
  projection   text        NOT NULL,
  topic        text        NOT NULL,
  partition    int         NOT NULL,
  position     bigint      NOT NULL,  -- the offset; that word is SQL's own
  key          text        NOT NULL,
  headers      json        NOT NULL,
  value        bytea       NOT NULL,
  timestamp_ms bigint      NOT NULL,
  reason       text,
  attempts     int         NOT NULL,
  parked_at    timestamptz NOT NULL DEFAULT now(),
  tried_at     timestamptz,
  CONSTRAINT parked_event_pk PRIMARY KEY (projection, topic, partition, position)
);
CREATE INDEX parked_event_by_key ON parked_event (projection, topic, key);

-- Makes an empty twin of a table in another schema: the same columns, constraints, indexes (under the same names),
-- storage settings and rights.
-- +migrate StatementBegin
CREATE FUNCTION make_twin_table(live text, schema_name text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  index_name record;
  settings text;
  grant_row record;
BEGIN
  EXECUTE format('CREATE TABLE %I.%I (LIKE public.%I INCLUDING ALL)', schema_name, live, live);
  -- LIKE names indexes by its own rules. The same definition is the same index.
  FOR index_name IN
    WITH named AS (
      SELECT i.indrelid, c.relname, substring(pg_get_indexdef(c.oid) FROM ' USING .*$') AS definition,
             row_number() OVER (PARTITION BY i.indrelid, substring(pg_get_indexdef(c.oid) FROM ' USING .*$')
                                ORDER BY c.oid) AS nth
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
       WHERE i.indrelid IN (format('public.%I', live)::regclass, format('%I.%I', schema_name, live)::regclass))
    SELECT twin.relname AS made, original.relname AS wanted
      FROM named AS original JOIN named AS twin USING (definition, nth)
     WHERE original.indrelid = format('public.%I', live)::regclass
       AND twin.indrelid <> original.indrelid AND twin.relname <> original.relname
  LOOP
    EXECUTE format('ALTER INDEX %I.%I RENAME TO %I', schema_name, index_name.made, index_name.wanted);
  END LOOP;
  SELECT array_to_string(reloptions, ', ') INTO settings
    FROM pg_class WHERE oid = format('public.%I', live)::regclass;
  IF settings <> '' THEN
    EXECUTE format('ALTER TABLE %I.%I SET (%s)', schema_name, live, settings);
  END IF;
  FOR grant_row IN
    SELECT rights.grantee::regrole AS grantee, rights.privilege_type
      FROM pg_class, aclexplode(relacl) AS rights
     WHERE oid = format('public.%I', live)::regclass AND rights.grantee <> relowner AND rights.grantee <> 0
  LOOP
    EXECUTE format('GRANT %s ON %I.%I TO %s', grant_row.privilege_type, schema_name, live, grant_row.grantee);
  END LOOP;
END
$$;
-- +migrate StatementEnd

-- +migrate Down
DROP FUNCTION make_twin_table;
DROP TABLE parked_event;

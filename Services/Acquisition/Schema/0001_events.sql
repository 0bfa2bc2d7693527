-- The click-stream. Events are kept whole, by month of receipt.
CREATE SCHEMA acquisition;

CREATE TABLE acquisition.events (
  profile uuid NOT NULL,
  received_at timestamptz NOT NULL,
  id uuid NOT NULL,
  message_id text NOT NULL,
  type text NOT NULL,
  name text NOT NULL,
  occurred_at timestamptz NOT NULL,
  -- The journal entry of the call that brought it.
  entry bigint NOT NULL,
  body jsonb NOT NULL,
  CONSTRAINT events_pkey PRIMARY KEY (profile, received_at, id)
) PARTITION BY RANGE (received_at);
CREATE INDEX events_profile_occurred_at ON acquisition.events (profile, occurred_at DESC, id DESC);
CREATE INDEX events_name_occurred_at ON acquisition.events (name, occurred_at);

-- What was received, to recognise what comes again; kept 35 days.
CREATE TABLE acquisition.event_ids (
  message_id text COLLATE "C" CONSTRAINT event_ids_pkey PRIMARY KEY,
  received_on date NOT NULL
);
CREATE INDEX event_ids_received_on ON acquisition.event_ids (received_on);

-- Makes the partitions of this month and the next two.
CREATE FUNCTION acquisition.ensure_partitions() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  first timestamp;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('acquisition.ensure_partitions', 0));
  FOR ahead IN 0..2 LOOP
    first := date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => ahead);
    IF to_regclass(format('acquisition.events_%s', to_char(first, 'YYYY_MM'))) IS NULL THEN
      EXECUTE format(
        'CREATE TABLE acquisition.events_%s PARTITION OF acquisition.events FOR VALUES FROM (%L) TO (%L)',
        to_char(first, 'YYYY_MM'), first AT TIME ZONE 'UTC', (first + interval '1 month') AT TIME ZONE 'UTC');
    END IF;
  END LOOP;
END
$$;
REVOKE EXECUTE ON FUNCTION acquisition.ensure_partitions() FROM PUBLIC;
SELECT acquisition.ensure_partitions();

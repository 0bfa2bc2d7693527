-- A place for events of a month that has no partition yet: a clock that is off or a chore that was missed loses none.
CREATE TABLE acquisition.events_rest PARTITION OF acquisition.events DEFAULT;

-- Makes the partitions of this month and the next two, and moves there what the rest holds of those months. A partition
-- is filled before it is attached.
CREATE OR REPLACE FUNCTION acquisition.ensure_partitions() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  month timestamp;
  partition text;
  first timestamptz;
  after timestamptz;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('acquisition.ensure_partitions', 0));
  FOR ahead IN 0..2 LOOP
    month := date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => ahead);
    partition := format('events_%s', to_char(month, 'YYYY_MM'));
    CONTINUE WHEN to_regclass(format('acquisition.%I', partition)) IS NOT NULL;
    first := month AT TIME ZONE 'UTC';
    after := (month + interval '1 month') AT TIME ZONE 'UTC';
    LOCK TABLE acquisition.events_rest IN ACCESS EXCLUSIVE MODE;
    EXECUTE format('CREATE TABLE acquisition.%I (LIKE acquisition.events INCLUDING DEFAULTS)', partition);
    EXECUTE format(
      'WITH moved AS (
        DELETE FROM acquisition.events_rest WHERE received_at >= %L AND received_at < %L
        RETURNING profile, received_at, id, message_id, type, name, occurred_at, entry, body
      )
      INSERT INTO acquisition.%I (profile, received_at, id, message_id, type, name, occurred_at, entry, body)
      SELECT profile, received_at, id, message_id, type, name, occurred_at, entry, body FROM moved',
      first, after, partition);
    EXECUTE format(
      'ALTER TABLE acquisition.events ATTACH PARTITION acquisition.%I FOR VALUES FROM (%L) TO (%L)',
      partition, first, after);
  END LOOP;
END
$$;

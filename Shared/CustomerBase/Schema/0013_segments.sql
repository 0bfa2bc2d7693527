-- Groups of customers by rule: the rules, who is in them now, and when time alone may change that.
CREATE TABLE base.segments (
  key text COLLATE "C" CONSTRAINT segments_pkey PRIMARY KEY,
  -- The rule as JSON, in the words of the wire.
  rule jsonb NOT NULL,
  -- Counts the rules that the segment has had.
  version integer NOT NULL,
  -- The version that everybody was measured by.
  computed_version integer NOT NULL DEFAULT 0,
  -- The job that measures everybody by the rule.
  job uuid,
  saved_at timestamptz NOT NULL,
  saved_by text NOT NULL
);

-- Derived: recomputed when facts or links change. Whoever changes rows of a segment holds the segment's row.
CREATE TABLE base.segment_members (
  segment text COLLATE "C" NOT NULL,
  customer uuid NOT NULL,
  since timestamptz NOT NULL,
  CONSTRAINT segment_members_pkey PRIMARY KEY (segment, customer)
);
CREATE INDEX segment_members_customer ON base.segment_members (customer);

-- The next moment at which a window slides past a fact that the membership rests on; no row where time changes nothing.
CREATE TABLE base.segment_rechecks (
  segment text COLLATE "C" NOT NULL,
  customer uuid NOT NULL,
  recheck_at timestamptz NOT NULL,
  CONSTRAINT segment_rechecks_pkey PRIMARY KEY (segment, customer)
);
CREATE INDEX segment_rechecks_due ON base.segment_rechecks (segment, recheck_at);
CREATE INDEX segment_rechecks_customer ON base.segment_rechecks (customer);

-- Who entered and left, in commit order; of one segment; and from a time on.
CREATE INDEX journal_segments ON base.journal (epoch, transaction, id)
  WHERE type IN ('segment.entered', 'segment.left');
CREATE INDEX journal_segments_segment ON base.journal ((payload ->> 'segment'), epoch, transaction, id)
  WHERE type IN ('segment.entered', 'segment.left');
CREATE INDEX journal_segments_at ON base.journal (at) WHERE type IN ('segment.entered', 'segment.left');

-- Who has a trait of this value. By the value's hash, which is equal where values are: a value may be longer than a row of
-- an index can be.
CREATE INDEX traits_value ON base.traits (name, jsonb_hash_extended(value, 0));

-- Whoever was erased is in no segment. Where profiles of the customer are left that were not, these decide, at once.
CREATE FUNCTION base.erase_segments(profiles uuid[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  concerned uuid[];
  left_over uuid[];
BEGIN
  SELECT array_agg(DISTINCT m.customer) INTO concerned
  FROM base.members m WHERE m.profile = ANY (erase_segments.profiles);
  SELECT array_agg(DISTINCT m.customer) INTO left_over
  FROM base.members m JOIN base.profiles p ON p.id = m.profile
  WHERE m.customer = ANY (concerned) AND p.erased_at IS NULL AND p.id <> ALL (erase_segments.profiles);
  DELETE FROM base.segment_members s
  WHERE (s.customer = ANY (concerned) OR s.customer = ANY (erase_segments.profiles))
    AND s.customer <> ALL (COALESCE(left_over, '{}'));
  DELETE FROM base.segment_rechecks r WHERE r.customer = ANY (concerned) OR r.customer = ANY (erase_segments.profiles);
  INSERT INTO base.segment_rechecks (segment, customer, recheck_at)
  SELECT s.key, l.customer, '-infinity' FROM base.segments s CROSS JOIN unnest(left_over) AS l (customer);
END
$$;
REVOKE EXECUTE ON FUNCTION base.erase_segments(uuid[]) FROM PUBLIC;

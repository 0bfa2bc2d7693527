-- The points of a loyalty programme. An entry moves points of lots; a lot is what one entry earned, under the profile it
-- was earned under, for ever. Whatever is left of a customer's lots is the balance.
CREATE TABLE retention.point_entries (
  id uuid CONSTRAINT point_entries_pkey PRIMARY KEY,
  kind text NOT NULL CONSTRAINT point_entries_kind_check CHECK (kind IN ('earned', 'burned', 'reversed')),
  -- Profile that the call named.
  profile uuid NOT NULL,
  reference text,
  at timestamptz NOT NULL,
  reverses uuid
    CONSTRAINT point_entries_reverses_key UNIQUE
    CONSTRAINT point_entries_reverses_fkey REFERENCES retention.point_entries (id),
  CONSTRAINT point_entries_reversal_check CHECK ((kind = 'reversed') = (reverses IS NOT NULL))
);
CREATE INDEX point_entries_profile ON retention.point_entries (profile);

CREATE TABLE retention.point_lots (
  -- The entry that earned it.
  id uuid CONSTRAINT point_lots_pkey PRIMARY KEY
    CONSTRAINT point_lots_id_fkey REFERENCES retention.point_entries (id),
  profile uuid NOT NULL,
  -- The sum of its movements, which whoever takes of it locks.
  remaining bigint NOT NULL CONSTRAINT point_lots_remaining_check CHECK (remaining >= 0),
  active_at timestamptz NOT NULL,
  -- Never where there is none.
  expires_at timestamptz,
  CONSTRAINT point_lots_expires_at_check CHECK (expires_at > active_at)
);
CREATE INDEX point_lots_profile ON retention.point_lots (profile);

CREATE TABLE retention.point_movements (
  entry uuid NOT NULL CONSTRAINT point_movements_entry_fkey REFERENCES retention.point_entries (id),
  lot uuid NOT NULL CONSTRAINT point_movements_lot_fkey REFERENCES retention.point_lots (id),
  -- Of the lot.
  profile uuid NOT NULL,
  points bigint NOT NULL CONSTRAINT point_movements_points_check CHECK (points <> 0),
  -- Of the entry.
  at timestamptz NOT NULL,
  CONSTRAINT point_movements_pkey PRIMARY KEY (entry, lot)
);
CREATE INDEX point_movements_lot ON retention.point_movements (lot);
CREATE INDEX point_movements_profile_at ON retention.point_movements (profile, at DESC, entry DESC);

-- Points stay as amounts of orders do, under profiles that name nobody; what was said of them goes.
CREATE OR REPLACE FUNCTION retention.erase(profiles uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM retention.lifetime_values v
  WHERE v.customer = ANY (erase.profiles)
    OR v.customer IN (SELECT m.customer FROM base.members m WHERE m.profile = ANY (erase.profiles));
  UPDATE retention.point_entries e SET reference = NULL
  WHERE e.reference IS NOT NULL AND e.id IN (
    SELECT o.id FROM retention.point_entries o WHERE o.profile = ANY (erase.profiles)
    UNION ALL
    SELECT v.entry FROM retention.point_movements v WHERE v.profile = ANY (erase.profiles)
  );
END
$$;

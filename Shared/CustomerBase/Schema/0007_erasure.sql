-- What is left of people who were forgotten: profiles that name nobody, and keyed hashes of what they were known by.
ALTER TABLE base.profiles ADD COLUMN erased_at timestamptz;

-- HMACs of external ids and identifiers, by which a re-import, a replay or a late event is recognised. The keys are in
-- files, never here.
CREATE TABLE base.erased_values (
  key text COLLATE "C" NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT erased_values_pkey PRIMARY KEY (hash, key)
);

-- Whether an external id stands in the place of one that was erased.
CREATE FUNCTION base.is_erased(external_id text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN external_id ~ '^erased:([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|erasure-[0-9a-f]{16}:[0-9a-f]{64})$';

-- Removes or blanks everything personal that schema base holds of the profiles. Whoever calls it holds the exclusive lock
-- of erasure. What a link's entry under the other profile says of these is blanked too.
CREATE FUNCTION base.erase(profiles uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE base.journal j SET payload = NULL, salt = NULL
  WHERE j.subject = ANY (erase.profiles) AND (j.payload IS NOT NULL OR j.salt IS NOT NULL);
  UPDATE base.journal j SET payload = NULL, salt = NULL
  WHERE j.subject IN (
      SELECT l.a FROM base.links l WHERE l.b = ANY (erase.profiles)
      UNION
      SELECT l.b FROM base.links l WHERE l.a = ANY (erase.profiles)
    )
    AND j.type IN ('link.created', 'link.removed')
    AND (j.payload ->> 'a' = ANY (erase.profiles::text[]) OR j.payload ->> 'b' = ANY (erase.profiles::text[]));

  -- A link stays, since it says who is one customer; what it rests on does not.
  UPDATE base.links l SET evidence = 'erased:' || l.id, reason = NULL, removed_reason = NULL
  WHERE l.a = ANY (erase.profiles) OR l.b = ANY (erase.profiles);

  DELETE FROM base.traits t WHERE t.profile = ANY (erase.profiles);
  DELETE FROM base.identifier_values v USING base.identifiers i
  WHERE i.profile = ANY (erase.profiles) AND v.kind = i.kind AND v.value = i.value
    AND NOT EXISTS (
      SELECT FROM base.identifiers o
      WHERE o.kind = i.kind AND o.value = i.value AND o.retired_at IS NULL AND o.profile <> ALL (erase.profiles)
    );
  DELETE FROM base.identifiers i WHERE i.profile = ANY (erase.profiles);
  UPDATE base.consents c SET evidence = NULL, basis = 'erased' WHERE c.profile = ANY (erase.profiles);

  UPDATE base.answers a SET answer = 'null', request = ''
  WHERE a.profiles && erase.profiles;
  UPDATE base.jobs j SET
    params = '{}', result = NULL, error = NULL,
    state = CASE WHEN j.state IN ('queued', 'running') THEN 'cancelled' ELSE j.state END,
    finished_at = COALESCE(j.finished_at, now())
  WHERE j.profiles && erase.profiles;

  -- A key is found by the row that it is of, so it goes before the row.
  UPDATE base.order_keys k SET external_id = 'erased:' || k.order_id
  FROM base.orders o
  WHERE o.profile = ANY (erase.profiles) AND NOT base.is_erased(o.external_id)
    AND k.source = o.source COLLATE "C" AND k.external_id = o.external_id COLLATE "C";
  UPDATE base.orders o SET external_id = 'erased:' || o.id
  WHERE o.profile = ANY (erase.profiles) AND NOT base.is_erased(o.external_id);
  UPDATE base.profile_keys k SET external_id = 'erased:' || k.profile
  FROM base.profiles p
  WHERE p.id = ANY (erase.profiles) AND NOT base.is_erased(p.external_id)
    AND k.source = p.source COLLATE "C" AND k.external_id = p.external_id COLLATE "C";
  UPDATE base.profiles p SET
    external_id = CASE WHEN base.is_erased(p.external_id) THEN p.external_id ELSE 'erased:' || p.id END,
    erased_at = COALESCE(p.erased_at, now())
  WHERE p.id = ANY (erase.profiles);
END
$$;
REVOKE EXECUTE ON FUNCTION base.erase(uuid[]) FROM PUBLIC;

-- Values and records of an import are mostly all new or mostly all known. To have them all or none is tried first, which
-- takes two thirds of the time that asking of each takes; where one is known, that ends with the first that is, and all are
-- asked for. Where that one comes late, what was written in vain is left to be vacuumed.

-- Locks values, which come in their order, each once.
CREATE OR REPLACE FUNCTION base.lock_values(kinds text[], texts text[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  BEGIN
    INSERT INTO base.identifier_values (kind, value)
    SELECT w.kind, w.value FROM unnest(kinds, texts) WITH ORDINALITY AS w (kind, value, place) ORDER BY w.place;
    RETURN;
  EXCEPTION WHEN unique_violation THEN
    NULL;
  END;
  -- Rows that are missing are made before any is locked, as everybody does who writes values.
  INSERT INTO base.identifier_values (kind, value)
  SELECT w.kind, w.value FROM unnest(kinds, texts) WITH ORDINALITY AS w (kind, value, place) ORDER BY w.place
  ON CONFLICT ON CONSTRAINT identifier_values_pkey DO NOTHING;
  PERFORM FROM base.identifier_values v
  JOIN unnest(kinds, texts) AS w (kind, value) ON v.kind = w.kind AND v.value = w.value
  ORDER BY v.kind, v.value
  FOR UPDATE OF v;
END
$$;

-- Takes the keys of records, which come in their order, each once, for the profiles that are proposed; answers the places of
-- those that were taken before, with the profile that has them.
CREATE OR REPLACE FUNCTION base.claim_profiles(sources text[], external_ids text[], proposed uuid[])
RETURNS TABLE (place bigint, known uuid)
LANGUAGE plpgsql AS $$
BEGIN
  BEGIN
    INSERT INTO base.profile_keys (source, external_id, profile)
    SELECT w.source, w.external_id, w.profile
    FROM unnest(sources, external_ids, proposed) WITH ORDINALITY AS w (source, external_id, profile, place)
    ORDER BY w.place;
    RETURN;
  EXCEPTION WHEN unique_violation THEN
    NULL;
  END;
  INSERT INTO base.profile_keys (source, external_id, profile)
  SELECT w.source, w.external_id, w.profile
  FROM unnest(sources, external_ids, proposed) WITH ORDINALITY AS w (source, external_id, profile, place)
  ORDER BY w.place
  ON CONFLICT ON CONSTRAINT profile_keys_pkey DO NOTHING;
  RETURN QUERY
  SELECT w.place, k.profile
  FROM unnest(sources, external_ids, proposed) WITH ORDINALITY AS w (source, external_id, profile, place)
  JOIN base.profile_keys k ON k.source = w.source AND k.external_id = w.external_id
  WHERE k.profile <> w.profile;
END
$$;

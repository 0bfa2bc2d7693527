-- What a record of an import costs is what is kept of each of its rows. A foreign key looks its profile up, and locks it,
-- for each of them, though every writer has made the profile or locked it in the same transaction, and none is ever
-- deleted; `ecrm check` looks for rows without their profile.
ALTER TABLE base.members DROP CONSTRAINT members_profile_fkey;
ALTER TABLE base.traits DROP CONSTRAINT traits_profile_fkey;
ALTER TABLE base.identifiers DROP CONSTRAINT identifiers_profile_fkey;

-- Ids of one source are all alike: what is like one is somebody else's, and with thousands that are, whose was chance.
DROP INDEX base.profiles_external_id_search;

-- Locks values, which come in their order, each once. Rows that are missing are made before any is locked, as everybody
-- does who writes values; what this transaction made is nobody else's before it ends.
CREATE FUNCTION base.lock_values(kinds text[], texts text[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  made bigint;
BEGIN
  INSERT INTO base.identifier_values (kind, value)
  SELECT w.kind, w.value FROM unnest(kinds, texts) WITH ORDINALITY AS w (kind, value, place) ORDER BY w.place
  ON CONFLICT ON CONSTRAINT identifier_values_pkey DO NOTHING;
  GET DIAGNOSTICS made = ROW_COUNT;
  IF made = cardinality(kinds) THEN
    RETURN;
  END IF;
  PERFORM FROM base.identifier_values v
  JOIN unnest(kinds, texts) AS w (kind, value) ON v.kind = w.kind AND v.value = w.value
  ORDER BY v.kind, v.value
  FOR UPDATE OF v;
END
$$;

-- Takes the keys of records, which come in their order, each once, for the profiles that are proposed; answers the
-- places of those that were taken before, with the profile that has them.
CREATE FUNCTION base.claim_profiles(sources text[], external_ids text[], proposed uuid[])
RETURNS TABLE (place bigint, known uuid)
LANGUAGE plpgsql AS $$
DECLARE
  made bigint;
BEGIN
  INSERT INTO base.profile_keys (source, external_id, profile)
  SELECT w.source, w.external_id, w.profile
  FROM unnest(sources, external_ids, proposed) WITH ORDINALITY AS w (source, external_id, profile, place)
  ORDER BY w.place
  ON CONFLICT ON CONSTRAINT profile_keys_pkey DO NOTHING;
  GET DIAGNOSTICS made = ROW_COUNT;
  IF made = cardinality(proposed) THEN
    RETURN;
  END IF;
  RETURN QUERY
  SELECT w.place, k.profile
  FROM unnest(sources, external_ids, proposed) WITH ORDINALITY AS w (source, external_id, profile, place)
  JOIN base.profile_keys k ON k.source = w.source AND k.external_id = w.external_id
  WHERE k.profile <> w.profile;
END
$$;

-- A key is looked up for each of a new profile's keys, and each look-up would read all that was not yet put in its place.
ALTER INDEX base.match_keys_keys SET (fastupdate = off);
SELECT gin_clean_pending_list('base.match_keys_keys');

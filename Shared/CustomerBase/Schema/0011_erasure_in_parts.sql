-- Erasure in parts: whatever schema base holds of people brings a function erase_<what>, and erase calls them all. A
-- new table is forgotten by a part of its own, and none of the others is written again.
CREATE FUNCTION base.erase_matching(profiles uuid[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM base.match_keys k WHERE k.profile = ANY (erase_matching.profiles);
  DELETE FROM base.match_candidates c WHERE c.a = ANY (erase_matching.profiles) OR c.b = ANY (erase_matching.profiles);
  DELETE FROM base.match_decisions d WHERE d.a = ANY (erase_matching.profiles) OR d.b = ANY (erase_matching.profiles);
END
$$;
REVOKE EXECUTE ON FUNCTION base.erase_matching(uuid[]) FROM PUBLIC;

CREATE FUNCTION base.erase_people(profiles uuid[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE base.journal j SET payload = NULL, salt = NULL
  WHERE j.subject = ANY (erase_people.profiles) AND (j.payload IS NOT NULL OR j.salt IS NOT NULL);
  UPDATE base.journal j SET payload = NULL, salt = NULL
  WHERE j.subject IN (
      SELECT l.a FROM base.links l WHERE l.b = ANY (erase_people.profiles)
      UNION
      SELECT l.b FROM base.links l WHERE l.a = ANY (erase_people.profiles)
    )
    AND j.type IN ('link.created', 'link.removed')
    AND (j.payload ->> 'a' = ANY (erase_people.profiles::text[]) OR j.payload ->> 'b' = ANY (erase_people.profiles::text[]));

  -- A link stays, since it says who is one customer; what it rests on does not.
  UPDATE base.links l SET evidence = 'erased:' || l.id, reason = NULL, removed_reason = NULL
  WHERE l.a = ANY (erase_people.profiles) OR l.b = ANY (erase_people.profiles);

  DELETE FROM base.traits t WHERE t.profile = ANY (erase_people.profiles);
  DELETE FROM base.identifier_values v USING base.identifiers i
  WHERE i.profile = ANY (erase_people.profiles) AND v.kind = i.kind AND v.value = i.value
    AND NOT EXISTS (
      SELECT FROM base.identifiers o
      WHERE o.kind = i.kind AND o.value = i.value AND o.retired_at IS NULL AND o.profile <> ALL (erase_people.profiles)
    );
  DELETE FROM base.identifiers i WHERE i.profile = ANY (erase_people.profiles);
  UPDATE base.consents c SET evidence = NULL, basis = 'erased' WHERE c.profile = ANY (erase_people.profiles);

  UPDATE base.answers a SET answer = 'null', request = ''
  WHERE a.profiles && erase_people.profiles;
  UPDATE base.jobs j SET
    params = '{}', result = NULL, error = NULL,
    state = CASE WHEN j.state IN ('queued', 'running') THEN 'cancelled' ELSE j.state END,
    finished_at = COALESCE(j.finished_at, now())
  WHERE j.profiles && erase_people.profiles;

  -- A key is found by the row that it is of, so it goes before the row.
  UPDATE base.order_keys k SET external_id = 'erased:' || k.order_id
  FROM base.orders o
  WHERE o.profile = ANY (erase_people.profiles) AND NOT base.is_erased(o.external_id)
    AND k.source = o.source COLLATE "C" AND k.external_id = o.external_id COLLATE "C";
  UPDATE base.orders o SET external_id = 'erased:' || o.id
  WHERE o.profile = ANY (erase_people.profiles) AND NOT base.is_erased(o.external_id);
  UPDATE base.profile_keys k SET external_id = 'erased:' || k.profile
  FROM base.profiles p
  WHERE p.id = ANY (erase_people.profiles) AND NOT base.is_erased(p.external_id)
    AND k.source = p.source COLLATE "C" AND k.external_id = p.external_id COLLATE "C";
  UPDATE base.profiles p SET
    external_id = CASE WHEN base.is_erased(p.external_id) THEN p.external_id ELSE 'erased:' || p.id END,
    erased_at = COALESCE(p.erased_at, now())
  WHERE p.id = ANY (erase_people.profiles);
END
$$;
REVOKE EXECUTE ON FUNCTION base.erase_people(uuid[]) FROM PUBLIC;

-- Removes or blanks everything personal that schema base holds of the profiles. Whoever calls it holds the exclusive lock
-- of erasure. The parts are called in the order of their names.
CREATE OR REPLACE FUNCTION base.erase(profiles uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  part text;
BEGIN
  FOR part IN
    SELECT p.proname FROM pg_proc p
    WHERE p.pronamespace = 'base'::regnamespace AND p.proname LIKE 'erase\_%'
    ORDER BY p.proname
  LOOP
    EXECUTE format('SELECT base.%I($1)', part) USING erase.profiles;
  END LOOP;
END
$$;

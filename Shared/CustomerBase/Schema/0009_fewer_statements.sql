-- What a call does most often, in one statement each. A statement that has arrays to unfold is planned anew at every call,
-- and what PostgreSQL does around a statement costs more than these do.

-- Takes the key that makes a call repeatable, for this transaction, or fails: KY001 while a call with the key runs, KY002
-- where one was answered after the moment. Failing, it ends at once what was sent behind it.
CREATE FUNCTION base.take_key(principal text, key text, after timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('key:' || take_key.principal || chr(31) || take_key.key, 0)) THEN
    RAISE EXCEPTION 'a call with this key is running' USING ERRCODE = 'KY001';
  END IF;
  -- A statement of its own: it sees what the last holder of the lock has committed.
  PERFORM FROM base.answers a
  WHERE a.principal = take_key.principal AND a.key = take_key.key AND a.created_at > take_key.after;
  IF FOUND THEN
    RAISE EXCEPTION 'a call with this key was answered' USING ERRCODE = 'KY002';
  END IF;
END
$$;

-- Finds the profile of a record, or makes it of what the record says, with its entry in the journal.
--
-- The values come in their order, each once. First they are locked, whether or not the record is new: rows that are
-- missing are made before any is locked, as everybody does who writes values. Of a new profile the earliest others are
-- answered that carry one of its values, where both are verified and the value may join people.
CREATE FUNCTION base.find_or_add_profile(
  proposed uuid, source text, external_id text,
  kinds text[], texts text[], verified boolean[], joins boolean[],
  trait_names text[], trait_values jsonb[],
  at timestamptz, service text, method text, actor text, payload jsonb,
  OUT profile uuid, OUT others uuid[], OUT evidence text[]
)
LANGUAGE plpgsql AS $$
DECLARE
  known integer[] := '{}';
  salt bytea;
  other uuid;
BEGIN
  others := '{}';
  evidence := '{}';
  FOR n IN 1..cardinality(kinds) LOOP
    INSERT INTO base.identifier_values (kind, value) VALUES (kinds[n], texts[n])
    ON CONFLICT ON CONSTRAINT identifier_values_pkey DO NOTHING;
    IF NOT FOUND THEN known := known || n; END IF;
  END LOOP;
  FOR n IN 1..cardinality(known) LOOP
    PERFORM FROM base.identifier_values v WHERE v.kind = kinds[known[n]] AND v.value = texts[known[n]] FOR UPDATE;
  END LOOP;

  INSERT INTO base.profile_keys (source, external_id, profile)
  VALUES (find_or_add_profile.source, find_or_add_profile.external_id, proposed)
  ON CONFLICT ON CONSTRAINT profile_keys_pkey DO NOTHING;
  IF NOT FOUND THEN
    SELECT k.profile INTO profile FROM base.profile_keys k
    WHERE k.source = find_or_add_profile.source AND k.external_id = find_or_add_profile.external_id;
    RETURN;
  END IF;

  profile := proposed;
  INSERT INTO base.profiles (id, source, external_id, created_at)
  VALUES (proposed, find_or_add_profile.source, find_or_add_profile.external_id, find_or_add_profile.at);
  INSERT INTO base.customers (id) VALUES (proposed);
  INSERT INTO base.members (profile, customer) VALUES (proposed, proposed);
  IF cardinality(trait_names) > 0 THEN
    INSERT INTO base.traits (profile, name, value, at)
    SELECT proposed, t.name, t.value, find_or_add_profile.at FROM unnest(trait_names, trait_values) AS t (name, value);
  END IF;
  FOR n IN 1..cardinality(kinds) LOOP
    INSERT INTO base.identifiers (profile, kind, value, verified, at)
    VALUES (proposed, kinds[n], texts[n], verified[n], find_or_add_profile.at);
    CONTINUE WHEN NOT joins[n];
    SELECT i.profile INTO other FROM base.identifiers i
    WHERE i.kind = kinds[n] AND i.value = texts[n] AND i.verified AND i.retired_at IS NULL AND i.profile <> proposed
    ORDER BY i.profile LIMIT 1;
    CONTINUE WHEN NOT FOUND;
    PERFORM FROM base.blocked_values b WHERE b.kind = kinds[n] AND b.value = texts[n];
    CONTINUE WHEN FOUND;
    others := others || other;
    evidence := evidence || (kinds[n] || ':' || texts[n]);
  END LOOP;

  salt := uuid_send(gen_random_uuid());
  INSERT INTO base.journal (at, service, method, actor, subject, type, payload, salt, digest)
  VALUES (find_or_add_profile.at, find_or_add_profile.service, find_or_add_profile.method, find_or_add_profile.actor,
    proposed, 'profile.created', find_or_add_profile.payload, salt,
    sha256(salt || convert_to(find_or_add_profile.payload::text, 'UTF8')));
END
$$;

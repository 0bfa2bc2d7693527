-- Who blocked a value and when; nobody did where the suite came with it.
ALTER TABLE base.blocked_values ADD COLUMN blocked_at timestamptz, ADD COLUMN blocked_by text;

-- As before, but that values which are blocked are answered with the others and told apart: a link that is refused is an
-- outcome, and no silence.
DROP FUNCTION base.find_or_add_profile(
  uuid, text, text, text[], text[], boolean[], boolean[], text[], jsonb[], timestamptz, text, text, text, jsonb);
CREATE FUNCTION base.find_or_add_profile(
  proposed uuid, source text, external_id text,
  kinds text[], texts text[], verified boolean[], joins boolean[],
  trait_names text[], trait_values jsonb[],
  at timestamptz, service text, method text, actor text, payload jsonb,
  OUT profile uuid, OUT others uuid[], OUT evidence text[], OUT blocked boolean[]
)
LANGUAGE plpgsql AS $$
DECLARE
  known integer[] := '{}';
  salt bytea;
  other uuid;
BEGIN
  others := '{}';
  evidence := '{}';
  blocked := '{}';
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
    others := others || other;
    evidence := evidence || (kinds[n] || ':' || texts[n]);
    PERFORM FROM base.blocked_values b WHERE b.kind = kinds[n] AND b.value = texts[n];
    blocked := blocked || FOUND;
  END LOOP;

  salt := uuid_send(gen_random_uuid());
  INSERT INTO base.journal (at, service, method, actor, subject, type, payload, salt, digest)
  VALUES (find_or_add_profile.at, find_or_add_profile.service, find_or_add_profile.method, find_or_add_profile.actor,
    proposed, 'profile.created', find_or_add_profile.payload, salt,
    sha256(salt || convert_to(find_or_add_profile.payload::text, 'UTF8')));
END
$$;

-- What is refused between two says of both that they carry a value. Named so that it goes before the decisions do.
CREATE FUNCTION base.erase_link_refusals(profiles uuid[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE base.journal j SET payload = NULL, salt = NULL
  WHERE j.subject IN (
      SELECT l.a FROM base.links l WHERE l.b = ANY (erase_link_refusals.profiles)
      UNION
      SELECT l.b FROM base.links l WHERE l.a = ANY (erase_link_refusals.profiles)
      UNION
      SELECT d.a FROM base.match_decisions d WHERE d.b = ANY (erase_link_refusals.profiles)
      UNION
      SELECT d.b FROM base.match_decisions d WHERE d.a = ANY (erase_link_refusals.profiles)
    )
    AND j.type = 'link.refused' AND j.payload ->> 'with' = ANY (erase_link_refusals.profiles::text[]);
END
$$;
REVOKE EXECUTE ON FUNCTION base.erase_link_refusals(uuid[]) FROM PUBLIC;

-- Which of a trait's values is shown; a trait that is not here shows its most recent one.
CREATE TABLE base.trait_policies (
  trait text COLLATE "C" CONSTRAINT trait_policies_pkey PRIMARY KEY,
  rule text NOT NULL
    CONSTRAINT trait_policies_rule_check CHECK (rule IN ('mostRecent', 'mostTrusted', 'mostFrequent')),
  -- The most trusted first.
  sources text[] NOT NULL,
  saved_at timestamptz NOT NULL,
  saved_by text NOT NULL
);

-- How much a policy prefers a value: the greatest is shown, among equals the most recent, among those the one of the
-- earliest profile. In a body of its own, so that traits without a policy cost nothing.
CREATE FUNCTION base.trait_rank(
  rule text, sources text[], source text, customer uuid, name text, value jsonb
) RETURNS bigint
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  RETURN CASE trait_rank.rule
    WHEN 'mostTrusted' THEN -COALESCE(array_position(trait_rank.sources, trait_rank.source), 1000000)
    WHEN 'mostFrequent' THEN (
      SELECT count(*) FROM base.members m JOIN base.traits t ON t.profile = m.profile
      WHERE m.customer = trait_rank.customer AND t.name = trait_rank.name AND t.value = trait_rank.value
    )
    ELSE 0
  END;
END
$$;

-- The shown value of each trait of each customer, as customers.get tells it. Conditions on customer and name reach the
-- indexes below.
CREATE VIEW base.current_traits AS
SELECT DISTINCT ON (m.customer, t.name) m.customer, t.name, t.value, t.profile, p.source, t.at
FROM base.members m
JOIN base.traits t ON t.profile = m.profile
JOIN base.profiles p ON p.id = m.profile
LEFT JOIN base.trait_policies s ON s.trait = t.name
ORDER BY m.customer, t.name,
  CASE WHEN s.trait IS NULL THEN 0 ELSE base.trait_rank(s.rule, s.sources, p.source, m.customer, t.name, t.value) END
    DESC,
  t.at DESC, t.profile;

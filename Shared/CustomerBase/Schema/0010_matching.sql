-- Who may be one person with whom, by probability: what is learnt, what was found, and what people decided.

-- What was learnt of the sources, one model each: probabilities of levels, no values of anybody.
CREATE TABLE base.match_models (
  -- The sources by name, as a JSON array in their order; of all sources the empty one.
  scope text COLLATE "C" CONSTRAINT match_models_pkey PRIMARY KEY,
  sources text[] NOT NULL,
  parameters jsonb NOT NULL,
  -- Above which probability a pair links by itself; never where it is missing.
  link_above double precision CONSTRAINT match_models_link_above_check CHECK (link_above BETWEEN 0 AND 1),
  trained_at timestamptz NOT NULL
);

-- How many others have a value, for values that several people share. The value is a hash.
CREATE TABLE base.match_terms (
  scope text COLLATE "C" NOT NULL,
  field text COLLATE "C" NOT NULL,
  term bigint NOT NULL,
  others double precision NOT NULL,
  CONSTRAINT match_terms_pkey PRIMARY KEY (scope, field, term)
);

-- What a profile has to have in common with another to be compared, as hashes.
CREATE TABLE base.match_keys (
  profile uuid CONSTRAINT match_keys_pkey PRIMARY KEY
    CONSTRAINT match_keys_profile_fkey REFERENCES base.profiles (id),
  keys bigint[] NOT NULL
);
CREATE INDEX match_keys_keys ON base.match_keys USING gin (keys);

-- Pairs that may be one person, the smaller id first.
CREATE TABLE base.match_candidates (
  a uuid NOT NULL CONSTRAINT match_candidates_a_fkey REFERENCES base.profiles (id),
  b uuid NOT NULL CONSTRAINT match_candidates_b_fkey REFERENCES base.profiles (id),
  scope text COLLATE "C" NOT NULL,
  probability double precision NOT NULL,
  -- Fields with the level they agree at and its weight: no values.
  fields jsonb NOT NULL,
  -- Whether it would have joined two groups that little else joins.
  is_weak boolean NOT NULL,
  -- The job that found it; what was found on arrival has an id of its own.
  run uuid NOT NULL,
  found_at timestamptz NOT NULL,
  CONSTRAINT match_candidates_pkey PRIMARY KEY (a, b),
  CONSTRAINT match_candidates_pair_check CHECK (a < b)
);
CREATE INDEX match_candidates_b ON base.match_candidates (b);
CREATE INDEX match_candidates_probability ON base.match_candidates (probability DESC, a, b);
CREATE INDEX match_candidates_scope ON base.match_candidates (scope, run);

-- What people said of a pair, for ever; the smaller id first.
CREATE TABLE base.match_decisions (
  a uuid NOT NULL CONSTRAINT match_decisions_a_fkey REFERENCES base.profiles (id),
  b uuid NOT NULL CONSTRAINT match_decisions_b_fkey REFERENCES base.profiles (id),
  verdict text NOT NULL CONSTRAINT match_decisions_verdict_check CHECK (verdict IN ('same', 'different')),
  reason text NOT NULL,
  decided_by text NOT NULL,
  decided_at timestamptz NOT NULL,
  CONSTRAINT match_decisions_pkey PRIMARY KEY (a, b),
  CONSTRAINT match_decisions_pair_check CHECK (a < b)
);
CREATE INDEX match_decisions_b ON base.match_decisions (b);

-- As before, and what is held of pairs goes too; entries of the journal about pairs name ids and verdicts alone.
CREATE OR REPLACE FUNCTION base.erase(profiles uuid[]) RETURNS void
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

  DELETE FROM base.match_keys k WHERE k.profile = ANY (erase.profiles);
  DELETE FROM base.match_candidates c WHERE c.a = ANY (erase.profiles) OR c.b = ANY (erase.profiles);
  DELETE FROM base.match_decisions d WHERE d.a = ANY (erase.profiles) OR d.b = ANY (erase.profiles);

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

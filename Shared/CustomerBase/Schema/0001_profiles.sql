-- Profiles, what they carry, the links between them and the customers these make.
CREATE SCHEMA base;
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;

CREATE TABLE base.profiles (
  id uuid CONSTRAINT profiles_pkey PRIMARY KEY,
  source text NOT NULL,
  external_id text NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX profiles_external_id_search ON base.profiles USING gin (lower(external_id) gin_trgm_ops);

-- The identity of a profile, keyed by its own value: the row that two calls naming the same record meet at.
CREATE TABLE base.profile_keys (
  source text COLLATE "C" NOT NULL,
  external_id text COLLATE "C" NOT NULL,
  profile uuid NOT NULL,
  CONSTRAINT profile_keys_pkey PRIMARY KEY (source, external_id)
);

CREATE TABLE base.traits (
  profile uuid NOT NULL CONSTRAINT traits_profile_fkey REFERENCES base.profiles (id),
  name text COLLATE "C" NOT NULL,
  value jsonb NOT NULL,
  at timestamptz NOT NULL,
  CONSTRAINT traits_pkey PRIMARY KEY (profile, name)
);
CREATE INDEX traits_value_search ON base.traits USING gin (lower(value #>> '{}') gin_trgm_ops)
  WHERE name IN ('givenName', 'familyName', 'fullName', 'company');

-- One row per value, locked by every write that touches it: here two writers of one address meet.
CREATE TABLE base.identifier_values (
  kind text COLLATE "C" NOT NULL,
  value text COLLATE "C" NOT NULL,
  CONSTRAINT identifier_values_pkey PRIMARY KEY (kind, value)
);

CREATE TABLE base.identifiers (
  profile uuid NOT NULL CONSTRAINT identifiers_profile_fkey REFERENCES base.profiles (id),
  kind text COLLATE "C" NOT NULL,
  value text COLLATE "C" NOT NULL,
  verified boolean NOT NULL,
  at timestamptz NOT NULL,
  -- An anonymous id that went over to another profile: kept as history, no longer resolved.
  retired_at timestamptz,
  CONSTRAINT identifiers_pkey PRIMARY KEY (profile, kind, value)
);
CREATE INDEX identifiers_value ON base.identifiers (kind, value, verified DESC, profile) WHERE retired_at IS NULL;
CREATE INDEX identifiers_value_search ON base.identifiers USING gin (lower(value) gin_trgm_ops)
  WHERE kind <> 'anonymous';

-- Values that identify nobody, beside the role addresses the suite knows by itself.
CREATE TABLE base.blocked_values (
  kind text COLLATE "C" NOT NULL,
  value text COLLATE "C" NOT NULL,
  reason text NOT NULL,
  CONSTRAINT blocked_values_pkey PRIMARY KEY (kind, value)
);
INSERT INTO base.blocked_values (kind, value, reason) VALUES
  ('email', 'test@test.com', 'placeholder'),
  ('email', 'none@none.com', 'placeholder'),
  ('email', 'na@na.com', 'placeholder'),
  ('email', 'asdf@asdf.com', 'placeholder'),
  ('email', 'abc@abc.com', 'placeholder'),
  ('email', 'noemail@noemail.com', 'placeholder');

CREATE TABLE base.links (
  id uuid CONSTRAINT links_pkey PRIMARY KEY,
  a uuid NOT NULL CONSTRAINT links_a_fkey REFERENCES base.profiles (id),
  b uuid NOT NULL CONSTRAINT links_b_fkey REFERENCES base.profiles (id),
  evidence text COLLATE "C" NOT NULL,
  reason text,
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  removed_at timestamptz,
  removed_by text,
  removed_reason text,
  CONSTRAINT links_pair_check CHECK (a <> b)
);
CREATE UNIQUE INDEX links_active_key ON base.links (least(a, b), greatest(a, b), evidence) WHERE removed_at IS NULL;
CREATE INDEX links_a ON base.links (a, b);
CREATE INDEX links_b ON base.links (b, a);

-- Derived: a row per connected component of active links, and who belongs to it.
CREATE TABLE base.customers (
  id uuid CONSTRAINT customers_pkey PRIMARY KEY
);
CREATE TABLE base.members (
  profile uuid CONSTRAINT members_pkey PRIMARY KEY CONSTRAINT members_profile_fkey REFERENCES base.profiles (id),
  customer uuid NOT NULL
);
CREATE INDEX members_customer ON base.members (customer, profile);

-- A moment as the wire writes it: UTC, whole seconds without a fraction, otherwise three or six digits.
CREATE FUNCTION base.rfc3339(moment timestamptz) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN to_char(moment AT TIME ZONE 'UTC', CASE
  WHEN extract(microseconds FROM moment)::bigint % 1000000 = 0 THEN 'YYYY-MM-DD"T"HH24:MI:SS"Z"'
  WHEN extract(microseconds FROM moment)::bigint % 1000 = 0 THEN 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'
  ELSE 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
END);

-- An amount as the wire writes it: exact, with at least as many decimals as its currency has.
CREATE FUNCTION base.amount(amount numeric, currency text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN round(amount, greatest(scale(trim_scale(amount)), CASE
  WHEN currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'VND', 'VUV', 'XAF', 'XOF',
    'XPF') THEN 0
  WHEN currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN 3
  ELSE 2
END))::text;

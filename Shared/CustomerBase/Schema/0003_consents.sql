-- Who agreed to what. Records are added, never changed.
CREATE TABLE base.purposes (
  key text CONSTRAINT purposes_pkey PRIMARY KEY,
  description text NOT NULL
);
INSERT INTO base.purposes (key, description) VALUES
  ('service', 'Fulfil orders and answer requests'),
  ('marketing', 'Tell about products and offers'),
  ('profiling', 'Learn from behaviour what a person may want');

CREATE TABLE base.consents (
  id uuid NOT NULL,
  profile uuid NOT NULL CONSTRAINT consents_profile_fkey REFERENCES base.profiles (id),
  purpose text NOT NULL CONSTRAINT consents_purpose_fkey REFERENCES base.purposes (key),
  channel text,
  state text NOT NULL CONSTRAINT consents_state_check CHECK (state IN ('granted', 'withdrawn')),
  basis text NOT NULL,
  evidence jsonb,
  recorded_at timestamptz NOT NULL,
  CONSTRAINT consents_pkey PRIMARY KEY (profile, id)
);
CREATE INDEX consents_decision ON base.consents (profile, purpose, recorded_at DESC);

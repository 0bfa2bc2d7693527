-- Answers kept for a repeated key, and work that outlasts its call.
CREATE TABLE base.answers (
  principal text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  -- SHA-256 of method and params.
  request bytea NOT NULL,
  answer text NOT NULL,
  profiles uuid[] NOT NULL,
  created_at timestamptz NOT NULL,
  CONSTRAINT answers_pkey PRIMARY KEY (principal, key)
);
CREATE INDEX answers_created_at ON base.answers (created_at);

CREATE TABLE base.jobs (
  id uuid CONSTRAINT jobs_pkey PRIMARY KEY,
  service text NOT NULL,
  name text NOT NULL,
  params jsonb NOT NULL,
  profiles uuid[] NOT NULL DEFAULT '{}',
  state text NOT NULL DEFAULT 'queued'
    CONSTRAINT jobs_state_check CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  progress double precision NOT NULL DEFAULT 0 CONSTRAINT jobs_progress_check CHECK (progress BETWEEN 0 AND 1),
  -- Counts the workers that took the job; one that lost it names an older attempt and changes nothing.
  attempt integer NOT NULL DEFAULT 0,
  result jsonb,
  error jsonb,
  actor text NOT NULL,
  created_at timestamptz NOT NULL,
  finished_at timestamptz
);
CREATE INDEX jobs_open ON base.jobs (service, id) WHERE state IN ('queued', 'running');
CREATE INDEX jobs_service ON base.jobs (service, id DESC);

-- What happened, in commit order, and how far each follower has read.
CREATE TABLE base.epochs (
  epoch integer CONSTRAINT epochs_pkey PRIMARY KEY,
  system_identifier bigint NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO base.epochs (epoch, system_identifier) SELECT 1, system_identifier FROM pg_control_system();

CREATE TABLE base.journal (
  -- The default is raised with the epoch: transaction numbers start over in another cluster.
  epoch integer NOT NULL DEFAULT 1,
  transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
  id bigint GENERATED ALWAYS AS IDENTITY,
  at timestamptz NOT NULL,
  service text NOT NULL,
  method text NOT NULL,
  actor text NOT NULL,
  subject uuid,
  type text NOT NULL,
  payload jsonb,
  salt bytea,
  -- SHA-256 of salt and payload; it outlives both.
  digest bytea NOT NULL,
  CONSTRAINT journal_pkey PRIMARY KEY (epoch, transaction, id)
);
CREATE INDEX journal_subject ON base.journal (subject, at DESC, id DESC) WHERE subject IS NOT NULL;

CREATE TABLE base.followers (
  name text CONSTRAINT followers_pkey PRIMARY KEY,
  epoch integer NOT NULL,
  transaction xid8 NOT NULL,
  id bigint NOT NULL,
  moved_at timestamptz NOT NULL DEFAULT now()
);

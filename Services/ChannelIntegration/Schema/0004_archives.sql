-- Archives of everything that is stored of a customer, in parts, until they expire.
CREATE TABLE channel_integration.archives (
  id uuid CONSTRAINT archives_pkey PRIMARY KEY,
  profiles uuid[] NOT NULL,
  parts integer NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX archives_expires_at ON channel_integration.archives (expires_at);

CREATE TABLE channel_integration.archive_parts (
  archive uuid NOT NULL
    CONSTRAINT archive_parts_archive_fkey REFERENCES channel_integration.archives (id) ON DELETE CASCADE,
  number integer NOT NULL,
  content bytea NOT NULL,
  CONSTRAINT archive_parts_pkey PRIMARY KEY (archive, number)
);

-- Removes the archives of the profiles. What else the service knows of people is in schema base.
CREATE OR REPLACE FUNCTION channel_integration.erase(profiles uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM channel_integration.archives e WHERE e.profiles && erase.profiles;
END
$$;

-- Archives of everything that is stored of a customer, in parts, until they expire.
CREATE TABLE channel_integration.exports (
  id uuid CONSTRAINT exports_pkey PRIMARY KEY,
  profiles uuid[] NOT NULL,
  parts integer NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX exports_expires_at ON channel_integration.exports (expires_at);

CREATE TABLE channel_integration.export_parts (
  export uuid NOT NULL
    CONSTRAINT export_parts_export_fkey REFERENCES channel_integration.exports (id) ON DELETE CASCADE,
  number integer NOT NULL,
  content bytea NOT NULL,
  CONSTRAINT export_parts_pkey PRIMARY KEY (export, number)
);

-- Removes the archives of the profiles. What else the service knows of people is in schema base.
CREATE OR REPLACE FUNCTION channel_integration.erase(profiles uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM channel_integration.exports e WHERE e.profiles && erase.profiles;
END
$$;

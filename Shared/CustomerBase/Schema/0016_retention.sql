-- How long facts are kept, by kind. A rule without days keeps them for ever.
CREATE TABLE base.retention_rules (
  kind text COLLATE "C" CONSTRAINT retention_rules_pkey PRIMARY KEY,
  days integer CONSTRAINT retention_rules_days_check CHECK (days BETWEEN 30 AND 36500),
  saved_at timestamptz NOT NULL,
  saved_by text NOT NULL,
  -- Facts by time: what is older is gone.
  gone_before timestamptz NOT NULL,
  -- Customers, who have no one time: the last that the sweep under way has looked at, and when the last one ended.
  swept_to uuid,
  swept_at timestamptz,
  CONSTRAINT retention_rules_kind_check CHECK (kind IN ('events', 'journal', 'customers'))
);

-- Empties the journal's entries of a time. Who did what to whom stays, and the digest by which the audit trail is chained.
CREATE FUNCTION base.forget_payloads(since timestamptz, until timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE base.journal j SET payload = NULL, salt = NULL
  WHERE j.at >= forget_payloads.since AND j.at < forget_payloads.until AND (j.payload IS NOT NULL OR j.salt IS NOT NULL);
$$;
REVOKE EXECUTE ON FUNCTION base.forget_payloads(timestamptz, timestamptz) FROM PUBLIC;

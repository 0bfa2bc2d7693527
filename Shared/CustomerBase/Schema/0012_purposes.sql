-- What people are told of a purpose, version by version: a record of consent names the version that the person read.
CREATE TABLE base.purpose_texts (
  purpose text NOT NULL CONSTRAINT purpose_texts_purpose_fkey REFERENCES base.purposes (key),
  version integer NOT NULL,
  -- By locale.
  texts jsonb NOT NULL,
  -- Missing of the texts that the suite comes with.
  saved_at timestamptz,
  CONSTRAINT purpose_texts_pkey PRIMARY KEY (purpose, version)
);
INSERT INTO base.purpose_texts (purpose, version, texts)
SELECT p.key, 1, jsonb_build_object('en', p.description) FROM base.purposes p;
UPDATE base.purpose_texts t SET texts = t.texts || jsonb_build_object('de', g.german)
FROM (VALUES
  ('service', 'Bestellungen ausführen und Anfragen beantworten'),
  ('marketing', 'Über Produkte und Angebote informieren'),
  ('profiling', 'Aus dem Verhalten lernen, was jemand brauchen könnte')
) AS g (purpose, german)
WHERE t.purpose = g.purpose;

-- A purpose's legal basis (Art. 6 GDPR) decides what a record of consent means, and what it means that there is none.
ALTER TABLE base.purposes
  ADD COLUMN basis text NOT NULL DEFAULT 'consent' CONSTRAINT purposes_basis_check CHECK (basis IN (
    'consent', 'contract', 'legalObligation', 'vitalInterests', 'publicTask', 'legitimateInterests')),
  ADD COLUMN text_version integer NOT NULL DEFAULT 1,
  DROP COLUMN description;
UPDATE base.purposes SET basis = 'contract' WHERE key = 'service';
UPDATE base.purposes SET basis = 'legitimateInterests' WHERE key = 'profiling';
ALTER TABLE base.purposes ALTER COLUMN basis DROP DEFAULT;

-- What the person read; missing of records that are older than the texts.
ALTER TABLE base.consents
  ADD COLUMN text_version integer,
  ADD CONSTRAINT consents_text_version_fkey FOREIGN KEY (purpose, text_version)
    REFERENCES base.purpose_texts (purpose, version);
CREATE INDEX consents_withdrawn ON base.consents (purpose, profile) WHERE state = 'withdrawn' AND channel IS NULL;

-- The customers whom the purpose may not be served with: what `consents.check` says of each, for all of them at once.
--
-- Where consent is the basis, those without a grant that no withdrawal of that time or later takes back; where people may
-- object, those with a withdrawal that no later grant takes back; on any other basis nobody. The language keeps the
-- planner from looking inside, where it would take the many of the first case for what to expect of the second.
CREATE FUNCTION base.refusing(purpose text) RETURNS TABLE (customer uuid)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1000 AS $$
DECLARE
  basis text;
BEGIN
  SELECT p.basis INTO STRICT basis FROM base.purposes p WHERE p.key = refusing.purpose;
  IF basis = 'consent' THEN
    RETURN QUERY
    SELECT c.id FROM base.customers c
    WHERE NOT EXISTS (
      SELECT FROM base.consents g JOIN base.members m ON m.profile = g.profile
      WHERE m.customer = c.id AND g.purpose = refusing.purpose AND g.channel IS NULL AND g.state = 'granted'
        AND NOT EXISTS (
          SELECT FROM base.members n JOIN base.consents w ON w.profile = n.profile
          WHERE n.customer = m.customer AND w.purpose = refusing.purpose AND w.channel IS NULL
            AND w.state = 'withdrawn' AND w.recorded_at >= g.recorded_at
        )
    );
  ELSIF basis IN ('legitimateInterests', 'publicTask') THEN
    RETURN QUERY
    SELECT DISTINCT m.customer FROM base.consents w JOIN base.members m ON m.profile = w.profile
    WHERE w.purpose = refusing.purpose AND w.channel IS NULL AND w.state = 'withdrawn'
      AND NOT EXISTS (
        SELECT FROM base.members n JOIN base.consents g ON g.profile = n.profile
        WHERE n.customer = m.customer AND g.purpose = refusing.purpose AND g.channel IS NULL AND g.state = 'granted'
          AND g.recorded_at > w.recorded_at
      );
  END IF;
END
$$;

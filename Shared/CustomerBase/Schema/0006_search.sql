-- How customers are searched: what a value begins with by its order, likeness by trigrams.
CREATE INDEX identifiers_value_beginning ON base.identifiers (lower(value) COLLATE "C") WHERE kind <> 'anonymous';
CREATE INDEX profiles_external_id_beginning ON base.profiles (lower(external_id) COLLATE "C");
-- A trait may be longer than a row of an index can be.
CREATE INDEX traits_value_beginning ON base.traits (left(lower(value #>> '{}'), 200) COLLATE "C")
  WHERE name IN ('givenName', 'familyName', 'fullName', 'company');

-- Addresses of one domain are all alike, so that what tells them apart is the part before it alone.
DROP INDEX base.identifiers_value_search;
CREATE INDEX identifiers_mailbox_search ON base.identifiers USING gin (split_part(lower(value), '@', 1) gin_trgm_ops)
  WHERE kind <> 'anonymous';

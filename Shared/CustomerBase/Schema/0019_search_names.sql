-- Names alone are searched for likeness, and an index of every trait's trigrams was a good part of what an import costs.
DROP INDEX base.traits_value_search;
CREATE INDEX traits_name_search ON base.traits USING gin (lower(value #>> '{}') gin_trgm_ops)
  WHERE name IN ('givenName', 'familyName', 'fullName', 'company');

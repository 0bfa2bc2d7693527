-- What customers are worth: the published models, and every customer's figures under them.
CREATE SCHEMA retention;

CREATE TABLE retention.lifetime_models (
  -- Orders of which source the model rests on; empty for all.
  source text COLLATE "C" CONSTRAINT lifetime_models_pkey PRIMARY KEY,
  calibration_end date NOT NULL,
  currency text NOT NULL,
  -- BG/NBD, in weeks.
  r double precision NOT NULL,
  alpha double precision NOT NULL,
  a double precision NOT NULL,
  b double precision NOT NULL,
  -- Gamma-Gamma.
  p double precision NOT NULL,
  q double precision NOT NULL,
  v double precision NOT NULL,
  fitted_at timestamptz NOT NULL
);

CREATE TABLE retention.lifetime_values (
  source text COLLATE "C" NOT NULL
    CONSTRAINT lifetime_values_source_fkey REFERENCES retention.lifetime_models (source) ON DELETE CASCADE,
  customer uuid NOT NULL,
  -- Within 365 days from the end of calibration.
  expected_purchases double precision NOT NULL,
  expected_value double precision NOT NULL,
  probability_alive double precision NOT NULL,
  CONSTRAINT lifetime_values_pkey PRIMARY KEY (customer, source)
);
CREATE INDEX lifetime_values_expected_value ON retention.lifetime_values (source, expected_value DESC, customer);
CREATE INDEX lifetime_values_probability_alive ON retention.lifetime_values (source, probability_alive DESC, customer);

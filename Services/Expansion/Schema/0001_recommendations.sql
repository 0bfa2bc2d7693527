-- What goes with what: trained models, of which one of each kind of signals is current.
CREATE SCHEMA expansion;

CREATE TABLE expansion.models (
  model uuid CONSTRAINT models_pkey PRIMARY KEY,
  signals text NOT NULL CONSTRAINT models_signals_check CHECK (signals IN ('orders', 'events')),
  is_current boolean NOT NULL,
  customers integer NOT NULL,
  products integer NOT NULL,
  before timestamptz,
  trained_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX models_current_key ON expansion.models (signals) WHERE is_current;

CREATE TABLE expansion.neighbours (
  model uuid NOT NULL CONSTRAINT neighbours_model_fkey REFERENCES expansion.models (model) ON DELETE CASCADE,
  sku text COLLATE "C" NOT NULL,
  rank integer NOT NULL,
  neighbour text COLLATE "C" NOT NULL,
  score double precision NOT NULL,
  CONSTRAINT neighbours_pkey PRIMARY KEY (model, sku, rank)
);

CREATE TABLE expansion.popular_items (
  model uuid NOT NULL CONSTRAINT popular_items_model_fkey REFERENCES expansion.models (model) ON DELETE CASCADE,
  rank integer NOT NULL,
  sku text COLLATE "C" NOT NULL,
  customers integer NOT NULL,
  CONSTRAINT popular_items_pkey PRIMARY KEY (model, rank)
);

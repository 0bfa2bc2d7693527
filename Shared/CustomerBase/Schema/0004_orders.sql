-- What is sold, and who bought it.
CREATE TABLE base.products (
  sku text COLLATE "C" CONSTRAINT products_pkey PRIMARY KEY,
  name text NOT NULL,
  category text,
  price numeric,
  currency text,
  attributes jsonb,
  at timestamptz NOT NULL,
  CONSTRAINT products_price_check CHECK ((price IS NULL) = (currency IS NULL))
);

-- The identity of an order, keyed by its own value.
CREATE TABLE base.order_keys (
  source text COLLATE "C" NOT NULL,
  external_id text COLLATE "C" NOT NULL,
  profile uuid NOT NULL,
  order_id uuid NOT NULL,
  CONSTRAINT order_keys_pkey PRIMARY KEY (source, external_id)
);

CREATE TABLE base.orders (
  profile uuid NOT NULL CONSTRAINT orders_profile_fkey REFERENCES base.profiles (id),
  id uuid NOT NULL,
  source text NOT NULL,
  external_id text NOT NULL,
  ordered_at timestamptz NOT NULL,
  currency text NOT NULL,
  status text NOT NULL CONSTRAINT orders_status_check CHECK (status IN ('placed', 'fulfilled', 'cancelled', 'returned')),
  total numeric NOT NULL,
  -- Lines as they were imported, to tell in one comparison whether an order changed.
  fingerprint bytea NOT NULL,
  -- The journal entry that last wrote the row.
  entry bigint NOT NULL,
  CONSTRAINT orders_pkey PRIMARY KEY (profile, id)
);
CREATE INDEX orders_profile_ordered_at ON base.orders (profile, ordered_at DESC, id DESC);
CREATE INDEX orders_ordered_at ON base.orders (ordered_at);
CREATE INDEX orders_entry ON base.orders (entry);

CREATE TABLE base.order_lines (
  profile uuid NOT NULL,
  order_id uuid NOT NULL,
  position integer NOT NULL,
  sku text COLLATE "C" NOT NULL CONSTRAINT order_lines_sku_fkey REFERENCES base.products (sku),
  quantity numeric NOT NULL,
  unit_price numeric NOT NULL,
  CONSTRAINT order_lines_pkey PRIMARY KEY (profile, order_id, position),
  CONSTRAINT order_lines_order_fkey FOREIGN KEY (profile, order_id) REFERENCES base.orders (profile, id) ON DELETE CASCADE
);
CREATE INDEX order_lines_sku ON base.order_lines (sku);

-- Links that sign in once. A row opens to nobody but the bearer of its code, and names no person: the token, with what it
-- says of its bearer, is encrypted under a key that the code alone gives.
CREATE TABLE channel_integration.sign_ins (
  -- SHA-256 of the code, which itself is kept nowhere.
  code_hash bytea CONSTRAINT sign_ins_pkey PRIMARY KEY,
  sealed_token bytea NOT NULL,
  -- The token's `jti`, by which it can be revoked.
  token_id text NOT NULL,
  expires_at timestamptz NOT NULL,
  CONSTRAINT sign_ins_code_hash_check CHECK (octet_length(code_hash) = 32)
);
CREATE INDEX sign_ins_expires_at ON channel_integration.sign_ins (expires_at);

-- Ends a transaction that would take up an erased person again, by the hash of what the person was known by.
CREATE FUNCTION base.refuse_erased(hash bytea) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM base.erased_values v WHERE v.hash = refuse_erased.hash;
  IF FOUND THEN
    RAISE EXCEPTION 'the record is of a person who was erased' USING ERRCODE = 'KY003';
  END IF;
END
$$;

-- The audit trail: batches of the journal's entries in their order, each chained to the one before by a key that the
-- database does not know.
CREATE TABLE base.audit_chain (
  -- Position of the batch's last entry.
  epoch integer NOT NULL,
  transaction xid8 NOT NULL,
  id bigint NOT NULL,
  -- Of every entry its id and the first eight bytes of its code, so that the first that was changed can be named.
  marks bytea NOT NULL,
  -- The code of the last entry, which follows from all before.
  hmac bytea NOT NULL,
  key text COLLATE "C" NOT NULL,
  CONSTRAINT audit_chain_pkey PRIMARY KEY (epoch, transaction, id),
  CONSTRAINT audit_chain_marks_check CHECK (octet_length(marks) > 0 AND octet_length(marks) % 16 = 0),
  CONSTRAINT audit_chain_hmac_check CHECK (octet_length(hmac) = 32)
);

-- By whom, how and when something was done. Next to nothing when an entry is written: pages are summed up once they are
-- full.
CREATE INDEX journal_audit ON base.journal USING brin (at, actor text_bloom_ops, method text_bloom_ops, type text_bloom_ops)
  WITH (pages_per_range = 32, autosummarize = on);

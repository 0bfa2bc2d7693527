-- Files that come and go in parts: uploads, what an import rejected, and what an export wrote. They lie here, so that any
-- replica can work on them and no container needs a disk; none outlives a week.
CREATE TABLE channel_integration.files (
  id uuid CONSTRAINT files_pkey PRIMARY KEY,
  kind text NOT NULL CONSTRAINT files_kind_check CHECK (kind IN ('upload', 'errors', 'export')),
  -- Issuer and subject of the token it was made with.
  owner text NOT NULL,
  media_type text NOT NULL,
  bytes bigint NOT NULL DEFAULT 0,
  -- Of the whole; uploads alone have one.
  sha256 bytea,
  created_at timestamptz NOT NULL,
  -- Nothing may be read of a file that is not complete.
  completed_at timestamptz,
  expires_at timestamptz NOT NULL
);
CREATE INDEX files_expires_at ON channel_integration.files (expires_at);

CREATE TABLE channel_integration.file_parts (
  file uuid NOT NULL CONSTRAINT file_parts_file_fkey REFERENCES channel_integration.files (id) ON DELETE CASCADE,
  -- Bytes of the file before it.
  start bigint NOT NULL,
  content bytea NOT NULL,
  CONSTRAINT file_parts_pkey PRIMARY KEY (file, start)
);
-- Whoever reads a part reads all of it, and compressing it would cost more than the room.
ALTER TABLE channel_integration.file_parts ALTER COLUMN content SET STORAGE EXTERNAL;

-- How far an import has come: written in the transaction of each part, so that whoever takes it next goes on there.
CREATE TABLE channel_integration.imports (
  job uuid CONSTRAINT imports_pkey PRIMARY KEY,
  owner text NOT NULL,
  errors uuid CONSTRAINT imports_errors_fkey REFERENCES channel_integration.files (id) ON DELETE SET NULL,
  -- Places and counts.
  state jsonb NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX imports_expires_at ON channel_integration.imports (expires_at);
CREATE INDEX imports_errors ON channel_integration.imports (errors);

-- The records that an import has met, as MD5 of their keys, while it runs.
CREATE TABLE channel_integration.import_keys (
  job uuid NOT NULL CONSTRAINT import_keys_job_fkey REFERENCES channel_integration.imports (job) ON DELETE CASCADE,
  key uuid NOT NULL,
  CONSTRAINT import_keys_pkey PRIMARY KEY (job, key)
);

CREATE TABLE channel_integration.exports (
  job uuid CONSTRAINT exports_pkey PRIMARY KEY,
  owner text NOT NULL,
  file uuid NOT NULL CONSTRAINT exports_file_fkey REFERENCES channel_integration.files (id) ON DELETE CASCADE
);
CREATE INDEX exports_file ON channel_integration.exports (file);

-- Which addresses did not take a message, by the profiles that carry them.
CREATE TABLE channel_integration.bounces (
  profile uuid NOT NULL CONSTRAINT bounces_profile_fkey REFERENCES base.profiles (id),
  email text COLLATE "C" NOT NULL,
  at timestamptz NOT NULL,
  kind text NOT NULL CONSTRAINT bounces_kind_check CHECK (kind IN ('hard', 'soft')),
  CONSTRAINT bounces_pkey PRIMARY KEY (profile, email, at)
);

-- What is written of the profiles goes. Files are not searched for people: whatever was there before an erasure goes with
-- it, and an import or an export that works on it ends, or begins anew.
CREATE OR REPLACE FUNCTION channel_integration.erase(profiles uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF cardinality(erase.profiles) > 0 THEN
    DELETE FROM channel_integration.bounces b WHERE b.profile = ANY (erase.profiles);
    DELETE FROM channel_integration.files;
    DELETE FROM channel_integration.archives a WHERE a.profiles && erase.profiles;
  END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION channel_integration.erase(uuid[]) FROM PUBLIC;

-- Providers of addresses that last for minutes: what comes from them reaches nobody later. Their own well-known domains, as
-- they offer them on their sites; whoever meets another adds a row.
CREATE TABLE channel_integration.disposable_domains (
  domain text COLLATE "C" CONSTRAINT disposable_domains_pkey PRIMARY KEY
);
INSERT INTO channel_integration.disposable_domains (domain) VALUES
  ('0-mail.com'), ('10minutemail.com'), ('10minutemail.net'), ('1secmail.com'), ('1secmail.net'), ('1secmail.org'),
  ('20minutemail.com'), ('33mail.com'), ('anonbox.net'), ('armyspy.com'), ('binkmail.com'), ('bobmail.info'),
  ('burnermail.io'), ('byom.de'), ('cuvox.de'), ('dayrep.com'), ('deadaddress.com'), ('despam.it'), ('discard.email'),
  ('discardmail.com'), ('discardmail.de'), ('dispostable.com'), ('dodgit.com'), ('dropmail.me'), ('einrot.com'),
  ('einrot.de'), ('emailfake.com'), ('emailondeck.com'), ('emailtemporario.com.br'), ('emlhub.com'), ('emlpro.com'),
  ('emltmp.com'), ('fakeinbox.com'), ('fakemailgenerator.com'), ('filzmail.com'), ('fleckens.hu'), ('getairmail.com'),
  ('getnada.com'), ('grr.la'), ('guerrillamail.biz'), ('guerrillamail.com'), ('guerrillamail.de'),
  ('guerrillamail.info'), ('guerrillamail.net'), ('guerrillamail.org'), ('guerrillamailblock.com'), ('gustr.com'),
  ('hidemail.de'), ('incognitomail.org'), ('inboxkitten.com'), ('jetable.org'), ('jourrapide.com'), ('kurzepost.de'),
  ('mailcatch.com'), ('maildrop.cc'), ('mailexpire.com'), ('mailforspam.com'), ('mailinator.com'), ('mailinator.net'),
  ('mailinator2.com'), ('mailnesia.com'), ('mailnull.com'), ('mailsac.com'), ('mailtothis.com'), ('minutemailbox.com'),
  ('mintemail.com'), ('moakt.com'), ('mohmal.com'), ('mytemp.email'), ('mytrashmail.com'), ('nowmymail.com'),
  ('objectmail.com'), ('pokemail.net'), ('proxymail.eu'), ('rcpt.at'), ('rhyta.com'), ('sharklasers.com'),
  ('sofort-mail.de'), ('spam4.me'), ('spambog.com'), ('spambog.de'), ('spambox.us'), ('spamgourmet.com'),
  ('spamherelots.com'), ('spamhole.com'), ('spaml.de'), ('superrito.com'), ('teleworm.us'), ('temp-mail.io'),
  ('temp-mail.org'), ('tempail.com'), ('tempinbox.com'), ('tempmail.dev'), ('tempmail.net'), ('tempmail.plus'),
  ('tempmailo.com'), ('tempr.email'), ('throwawaymail.com'), ('tmpmail.net'), ('tmpmail.org'), ('trash-mail.com'),
  ('trash-mail.de'), ('trashmail.com'), ('trashmail.de'), ('trashmail.me'), ('trashmail.net'), ('trashmail.org'),
  ('trashmail.ws'), ('trbvm.com'), ('wegwerfmail.de'), ('wegwerfmail.net'), ('wegwerfmail.org'), ('yopmail.com'),
  ('yopmail.fr'), ('yopmail.net'), ('zetmail.com');

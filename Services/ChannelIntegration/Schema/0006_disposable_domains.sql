-- What stays is a choice of the best known from the community's list, disposable-email-domains 0.0.293 (its data are in the
-- public domain). These are not on it: services that forward to a person's mailbox, whose addresses last.
DELETE FROM channel_integration.disposable_domains WHERE domain IN (
  '33mail.com', 'burnermail.io', 'minutemailbox.com', 'spamgourmet.com', 'temp-mail.io', 'tempmail.dev', 'tempmail.net');
COMMENT ON TABLE channel_integration.disposable_domains IS 'From the community list disposable-email-domains, 0.0.293';

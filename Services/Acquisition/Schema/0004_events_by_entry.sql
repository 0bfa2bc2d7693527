-- Followers read the events of a call by its entry in the journal.
CREATE INDEX events_entry ON acquisition.events (entry);

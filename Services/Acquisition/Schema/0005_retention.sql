-- What is due to be forgotten is found by when it was received. Next to nothing when an event is written.
CREATE INDEX events_received_at ON acquisition.events USING brin (received_at) WITH (autosummarize = on);

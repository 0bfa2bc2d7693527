-- The schema of channel-integration. What it knows of customers is in schema base.
CREATE SCHEMA channel_integration;

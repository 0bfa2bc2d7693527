-- The schema of performance-measurement. Its reports are computed from the facts of the other schemas.
CREATE SCHEMA performance_measurement;

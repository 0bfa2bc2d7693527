-- Nothing to remove: reports are computed when asked for, and none is kept.
CREATE FUNCTION performance_measurement.erase(profiles uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
END
$$;
REVOKE EXECUTE ON FUNCTION performance_measurement.erase(uuid[]) FROM PUBLIC;

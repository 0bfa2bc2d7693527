-- Nothing to remove: what the service knows of people is in schema base.
CREATE FUNCTION channel_integration.erase(profiles uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
END
$$;
REVOKE EXECUTE ON FUNCTION channel_integration.erase(uuid[]) FROM PUBLIC;

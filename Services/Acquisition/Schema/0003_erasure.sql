-- Removes the events of the profiles. Their message ids stay for their 35 days, so that none comes again.
CREATE FUNCTION acquisition.erase(profiles uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM acquisition.events e WHERE e.profile = ANY (erase.profiles);
END
$$;
REVOKE EXECUTE ON FUNCTION acquisition.erase(uuid[]) FROM PUBLIC;

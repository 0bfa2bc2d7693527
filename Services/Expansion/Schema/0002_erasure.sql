-- Nothing to remove: the models know products alone, and counts of customers.
CREATE FUNCTION expansion.erase(profiles uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
END
$$;
REVOKE EXECUTE ON FUNCTION expansion.erase(uuid[]) FROM PUBLIC;

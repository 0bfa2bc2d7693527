-- Removes the figures of the customers that the profiles belong to.
CREATE FUNCTION retention.erase(profiles uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM retention.lifetime_values v
  WHERE v.customer = ANY (erase.profiles)
    OR v.customer IN (SELECT m.customer FROM base.members m WHERE m.profile = ANY (erase.profiles));
END
$$;
REVOKE EXECUTE ON FUNCTION retention.erase(uuid[]) FROM PUBLIC;

-- Takes message ids down and answers those that had not come before; NULL where these are all, as they mostly are.
--
-- To have them all or none is tried first, which takes two thirds of the time that asking of each takes. Where it
-- succeeds, acquisition.all_new says so to the statements of the transaction that are sent before this one has answered.
CREATE FUNCTION acquisition.receive(message_ids text[], received_on date) RETURNS text[]
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  unseen text[];
BEGIN
  BEGIN
    -- Always in one order: calls with the same ids wait for one another, and never each for the other.
    INSERT INTO acquisition.event_ids (message_id, received_on)
    SELECT m.message_id, receive.received_on
    FROM unnest(receive.message_ids) AS m (message_id)
    ORDER BY m.message_id COLLATE "C";
    PERFORM set_config('acquisition.all_new', 'true', true);
    RETURN NULL;
  EXCEPTION WHEN unique_violation THEN
    WITH received AS (
      INSERT INTO acquisition.event_ids (message_id, received_on)
      SELECT m.message_id, receive.received_on
      FROM unnest(receive.message_ids) AS m (message_id)
      ORDER BY m.message_id COLLATE "C"
      ON CONFLICT ON CONSTRAINT event_ids_pkey DO NOTHING
      RETURNING message_id
    )
    SELECT COALESCE(array_agg(message_id), '{}') INTO unseen FROM received;
    PERFORM set_config('acquisition.all_new', 'false', true);
    RETURN unseen;
  END;
END
$$;

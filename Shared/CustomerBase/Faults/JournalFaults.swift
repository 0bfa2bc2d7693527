import Models
import Postgres

extension CustomerBase {
  static let journalChecks = [
    FaultCheck(
      "the journal's epochs",
      """
      SELECT 'The journal''s last epoch, ' || e.epoch || ', began in another cluster: run `ecrm migrate`.'
      FROM (SELECT epoch, system_identifier FROM base.epochs ORDER BY epoch DESC LIMIT 1) e, pg_control_system() c
      WHERE e.system_identifier <> c.system_identifier
      UNION ALL
      SELECT 'New entries of the journal go to epoch ' || pg_get_expr(d.adbin, d.adrelid) || ', and the last one is '
        || (SELECT max(epoch) FROM base.epochs) || '.'
      FROM pg_attribute a JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE a.attrelid = 'base.journal'::regclass AND a.attname = 'epoch'
        AND pg_get_expr(d.adbin, d.adrelid) <> (SELECT max(epoch)::text FROM base.epochs)
      UNION ALL
      SELECT 'The journal has entries of epoch ' || j.epoch || ', which never began.'
      FROM base.journal j WHERE NOT EXISTS (SELECT FROM base.epochs e WHERE e.epoch = j.epoch) GROUP BY j.epoch
      """),
    FaultCheck(
      "the journal's positions",
      """
      (
        SELECT 'Journal entry ' || \(position) || ' is of a transaction that has not begun.' FROM base.journal j
        WHERE j.epoch = (SELECT max(epoch) FROM base.epochs) AND j.transaction >= pg_snapshot_xmax(pg_current_snapshot())
        ORDER BY j.transaction, j.id LIMIT 20
      )
      UNION ALL
      SELECT 'The journal''s next id, ' || s.last_value + 1 || ', was given already.'
      FROM pg_sequences s
      WHERE s.schemaname = 'base' AND s.sequencename = 'journal_id_seq'
        AND s.last_value < (SELECT max(id) FROM base.journal)
      """),
    FaultCheck(
      "the journal's digests",
      """
      SELECT 'Journal entry ' || \(position) || ' was changed: its payload does not fit its digest.'
      FROM base.journal j
      WHERE j.payload IS NOT NULL AND j.salt IS NOT NULL
        AND sha256(j.salt || convert_to(j.payload::text, 'UTF8')) <> j.digest
      ORDER BY j.epoch, j.transaction, j.id LIMIT 20
      """),
    FaultCheck(
      "the journal's blank entries",
      """
      SELECT 'Journal entry ' || \(position) || ' is blank, and nobody that it is about was erased.'
      FROM base.journal j
      WHERE (j.payload IS NULL OR j.salt IS NULL)
        AND NOT EXISTS (SELECT FROM base.profiles p WHERE p.id = j.subject AND p.erased_at IS NOT NULL)
        AND NOT (j.payload IS NULL AND j.salt IS NULL AND j.type IN ('link.created', 'link.removed') AND EXISTS (
          SELECT FROM base.links l JOIN base.profiles p ON p.id IN (l.a, l.b)
          WHERE j.subject IN (l.a, l.b) AND p.erased_at IS NOT NULL))
        -- Whom it was refused with, nothing tells any more but the entry itself.
        AND NOT (j.payload IS NULL AND j.salt IS NULL AND j.type = 'link.refused'
          AND EXISTS (SELECT FROM base.profiles p WHERE p.erased_at IS NOT NULL))
        AND NOT (j.payload IS NULL AND j.salt IS NULL AND EXISTS (
          SELECT FROM base.retention_rules r WHERE r.kind = 'journal' AND j.at < r.gone_before))
      ORDER BY j.epoch, j.transaction, j.id LIMIT 20
      """),
    FaultCheck(
      "how far followers have read",
      """
      SELECT 'Follower ' || f.name || ' has read up to (' || concat_ws(', ', f.epoch, f.transaction, f.id)
        || '), beyond the end of the journal.'
      FROM base.followers f
      WHERE (f.epoch, f.transaction, f.id) > (0, '0'::xid8, 0) AND NOT EXISTS (
        SELECT FROM base.journal j
        WHERE (j.epoch, j.transaction, j.id) >= (f.epoch, f.transaction, f.id))
      ORDER BY f.name LIMIT 20
      """),
  ]

  private static var position: SQL { "'(' || concat_ws(', ', j.epoch, j.transaction, j.id) || ')'" }
}

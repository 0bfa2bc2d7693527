import Models
import Postgres

/// An order as a source tells it.
public struct OrderRow: Sendable {
  public var externalId: ExternalID
  public var customer: ProfileReference
  public var orderedAt: Timestamp
  public var currency: Currency
  public var lines: [OrderLine]
  public var status: OrderStatus

  public init(
    externalId: ExternalID, customer: ProfileReference, orderedAt: Timestamp, currency: Currency, lines: [OrderLine],
    status: OrderStatus
  ) {
    self.externalId = externalId
    self.customer = customer
    self.orderedAt = orderedAt
    self.currency = currency
    self.lines = lines
    self.status = status
  }

  /// Everything an order says but whose it is, so that two tellings compare in one step.
  var fingerprint: String {
    let lines = lines.map { "\($0.sku.text)\u{1f}\($0.quantity)\u{1f}\($0.unitPrice)" }
    return ([orderedAt.description, currency.text, status.rawValue] + lines).joined(separator: "\u{1e}")
  }
}

extension CustomerBase {
  /// Writes the orders of a source, each whole, by its external id; an order keeps the profile it was first told of.
  ///
  /// Unknown customers become profiles, unknown SKUs products. Answers what became of each row, in their order.
  public func importOrders(_ rows: [OrderRow], source: SourceName) async throws -> [UpsertOutcome] {
    // What the orders need is claimed for all of them at once, so that calls take their locks in one order.
    let customers = try await claimCustomers(rows.map(\.customer))
    ensureProducts(Set(rows.flatMap { $0.lines.map(\.sku) }))
    var outcomes = [UpsertOutcome](repeating: .unchanged, count: rows.count)
    for wave in waves(rows, by: \.externalId) {
      let written = try await importDistinct(wave.map { rows[$0] }, of: customers, source: source)
      for (position, outcome) in zip(wave, written) { outcomes[position] = outcome }
    }
    return outcomes
  }

  /// Where an order is kept, and whether what is stored says the same.
  private struct Place {
    var profile: ID<Profile>
    var order: ID<Order>
    var outcome: UpsertOutcome
  }

  /// The profiles of customers that rows name; those that are not known are made.
  func claimCustomers(_ references: [ProfileReference]) async throws -> [ProfileReference: KnownProfile] {
    let claimed = try await claimProfiles(references)
    makeProfiles(claimed)
    append(
      try claimed.filter(\.value.isNew).sorted { $0.value.profile < $1.value.profile }.map { reference, known in
        try JournalEntry(
          subject: known.profile, type: "profile.created",
          payload: ProfileChange(
            source: reference.source.text, externalId: reference.externalId.text, traits: [:], identifiers: []))
      })
    return claimed
  }

  private func importDistinct(
    _ rows: [OrderRow], of customers: [ProfileReference: KnownProfile], source: SourceName
  ) async throws -> [UpsertOutcome] {
    let places = try await claimOrders(rows, profiles: rows.compactMap { customers[$0.customer]?.profile }, source)
    let changed = zip(rows, places).filter { $0.1.outcome != .unchanged }
    if !changed.isEmpty { try await write(changed, source) }
    return places.map(\.outcome)
  }

  private func claimOrders(
    _ rows: [OrderRow], profiles: [ID<Profile>], _ source: SourceName
  ) async throws -> [Place] {
    let externalIds = rows.map(\.externalId.text)
    let proposed = rows.map { _ in ids.make(Order.self) }
    _ = database.send(
      """
      INSERT INTO base.order_keys (source, external_id, profile, order_id)
      SELECT \(source.text), w.external_id, w.profile, w.order_id
      FROM unnest(\(externalIds), \(profiles), \(proposed)) AS w (external_id, profile, order_id)
      ORDER BY w.external_id COLLATE "C"
      ON CONFLICT ON CONSTRAINT order_keys_pkey DO NOTHING
      """)
    _ = database.send(
      """
      SELECT k.order_id FROM base.order_keys k
      WHERE k.source = \(source.text) AND k.external_id = ANY (\(externalIds))
      ORDER BY k.external_id
      FOR UPDATE
      """)
    let found = try await database.rows(
      """
      SELECT k.profile, k.order_id, o.id IS NULL,
        o.fingerprint IS NOT DISTINCT FROM sha256(convert_to(w.fingerprint, 'UTF8'))
      FROM unnest(\(externalIds), \(rows.map(\.fingerprint))) WITH ORDINALITY AS w (external_id, fingerprint, position)
      JOIN base.order_keys k ON k.source = \(source.text) AND k.external_id = w.external_id
      LEFT JOIN base.orders o ON o.profile = k.profile AND o.id = k.order_id
      ORDER BY w.position
      """)
    guard found.count == rows.count else { throw RerunCall() }
    return try found.map { row in
      let (profile, order, isNew, isSame) = try row.decode(ID<Profile>.self, ID<Order>.self, Bool.self, Bool.self)
      return Place(profile: profile, order: order, outcome: isNew ? .created : isSame ? .unchanged : .updated)
    }
  }

  private func write(_ changed: [(OrderRow, Place)], _ source: SourceName) async throws {
    let entry = try await appendBulk(
      try JournalEntry(
        subject: nil, type: "orders.imported", payload: OrdersImported(source: source.text, orders: changed.count)))
    let replaced = changed.map(\.1).filter { $0.outcome == .updated }
    if !replaced.isEmpty {
      _ = database.send(
        """
        DELETE FROM base.order_lines l
        USING unnest(\(replaced.map(\.profile)), \(replaced.map(\.order))) AS g (profile, order_id)
        WHERE l.profile = g.profile AND l.order_id = g.order_id
        """)
    }
    let rows = changed.map(\.0)
    let places = changed.map(\.1)
    let lines = changed.flatMap { row, place in
      row.lines.enumerated().map { (place: place, position: $0.offset + 1, line: $0.element) }
    }
    // The totals are summed here, where they are exact whatever the number of digits.
    try await database.execute(
      """
      WITH lines AS (
        SELECT g.profile, g.order_id, g.position, g.sku, g.quantity, g.unit_price
        FROM unnest(
          \(lines.map(\.place.profile)), \(lines.map(\.place.order)), \(lines.map(\.position)),
          \(lines.map(\.line.sku.text)), \(lines.map(\.line.quantity.decimal)), \(lines.map(\.line.unitPrice.decimal))
        ) AS g (profile, order_id, position, sku, quantity, unit_price)
      ), written AS (
        INSERT INTO base.orders
          (profile, id, source, external_id, ordered_at, currency, status, total, fingerprint, entry)
        SELECT g.profile, g.id, \(source.text), g.external_id, g.ordered_at, g.currency, g.status,
          COALESCE(t.total, 0), sha256(convert_to(g.fingerprint, 'UTF8')), \(entry)
        FROM unnest(
          \(places.map(\.profile)), \(places.map(\.order)), \(rows.map(\.externalId.text)), \(rows.map(\.orderedAt)),
          \(rows.map(\.currency.text)), \(rows.map(\.status.rawValue)), \(rows.map(\.fingerprint))
        ) AS g (profile, id, external_id, ordered_at, currency, status, fingerprint)
        LEFT JOIN (
          SELECT l.order_id, sum(l.quantity * l.unit_price) AS total FROM lines l GROUP BY l.order_id
        ) t ON t.order_id = g.id
        ON CONFLICT ON CONSTRAINT orders_pkey DO UPDATE SET
          ordered_at = excluded.ordered_at, currency = excluded.currency, status = excluded.status,
          total = excluded.total, fingerprint = excluded.fingerprint, entry = excluded.entry
      )
      INSERT INTO base.order_lines (profile, order_id, position, sku, quantity, unit_price)
      SELECT l.profile, l.order_id, l.position, l.sku, l.quantity, l.unit_price FROM lines l
      """)
  }
}

/// Payload of `orders.imported`; the orders themselves carry the entry's id.
struct OrdersImported: Codable {
  var source: String
  var orders: Int
}

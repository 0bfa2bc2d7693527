import Models
import Postgres

extension CustomerBase {
  /// Merges products by SKU; an absent member stays. Answers what became of each row, in their order.
  public func importProducts(_ rows: [Product]) async throws -> [UpsertOutcome] {
    var outcomes = [UpsertOutcome](repeating: .unchanged, count: rows.count)
    for wave in waves(rows, by: \.sku) {
      let products = wave.map { rows[$0] }
      let changed = try await database.rows(
        """
        INSERT INTO base.products AS p (sku, name, category, price, currency, attributes, at)
        SELECT g.sku, g.name, g.category, g.price, g.currency, g.attributes, \(now)
        FROM unnest(
          \(products.map(\.sku.text)), \(products.map(\.name)), \(products.map(\.category)),
          \(products.map { $0.price?.amount.decimal }), \(products.map { $0.price?.currency.text }),
          \(products.map(\.attributes))
        ) AS g (sku, name, category, price, currency, attributes)
        ORDER BY g.sku
        ON CONFLICT ON CONSTRAINT products_pkey DO UPDATE SET
          name = excluded.name,
          category = COALESCE(excluded.category, p.category),
          price = COALESCE(excluded.price, p.price),
          currency = COALESCE(excluded.currency, p.currency),
          attributes = COALESCE(excluded.attributes, p.attributes),
          at = excluded.at
        WHERE (p.name, p.category, p.price, p.currency, p.attributes) IS DISTINCT FROM (
          excluded.name, COALESCE(excluded.category, p.category), COALESCE(excluded.price, p.price),
          COALESCE(excluded.currency, p.currency), COALESCE(excluded.attributes, p.attributes)
        )
        RETURNING p.sku, p.xmax = 0
        """)
      var bySKU: [String: UpsertOutcome] = [:]
      for row in changed {
        let (sku, isNew) = try row.decode(String.self, Bool.self)
        bySKU[sku] = isNew ? .created : .updated
      }
      for position in wave { outcomes[position] = bySKU[rows[position].sku.text] ?? .unchanged }
    }
    let written = outcomes.count { $0 != .unchanged }
    if written > 0 {
      append([try JournalEntry(subject: nil, type: "products.imported", payload: ["products": written])])
    }
    return outcomes
  }

  /// Makes a product of every SKU that is not known yet, named by itself. Sent, not waited for.
  func ensureProducts(_ skus: Set<SKU>) {
    guard !skus.isEmpty else { return }
    _ = database.send(
      """
      INSERT INTO base.products (sku, name, at)
      SELECT s.sku, s.sku, \(now) FROM unnest(\(skus.map(\.text))) AS s (sku) ORDER BY s.sku
      ON CONFLICT ON CONSTRAINT products_pkey DO NOTHING
      """)
  }
}

import Models

extension Page {
  /// The first `limit` rows as a page; a row more than that says that there is another page.
  public init<Row, Position: Codable & Sendable>(
    _ rows: [Row], limit: Int, filter: some Encodable, position: (Row) -> Position, item: (Row) throws -> Item
  ) throws {
    let shown = rows.prefix(limit)
    let hasMore = rows.count > limit
    self.init(
      items: try shown.map(item),
      nextCursor: try hasMore ? shown.last.map { try Cursor.text(after: position($0), of: filter) } : nil)
  }
}

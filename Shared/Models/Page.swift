/// A page of a list, in the list's order.
public struct Page<Item: Codable & Sendable>: Codable, Sendable {
  /// The page's items.
  public var items: [Item]
  /// Where the next page begins; absent on the last page. Opaque, and valid only with the same filter.
  public var nextCursor: String?

  public init(items: [Item], nextCursor: String? = nil) {
    self.items = items
    self.nextCursor = nextCursor
  }
}

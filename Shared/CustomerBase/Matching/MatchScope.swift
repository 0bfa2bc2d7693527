import JSON
import Models
import Postgres

/// Whose records are compared with whose.
///
/// Of all sources, of one, of several among each other; or, when two are named, of the one with the other's alone.
public struct MatchScope: Hashable, Codable, Sendable {
  /// In the order of their names, each once; empty for all.
  public let sources: [SourceName]

  public init(_ sources: [SourceName]?) {
    self.sources = Set(sources ?? []).sorted()
  }

  /// The scope's name in the tables: a JSON array.
  public var name: String {
    let names = try? encodeJSON(sources)
    return names.map { String(decoding: $0, as: UTF8.self) } ?? "[]"
  }

  /// Whether pairs are between two lists.
  public var isBetween: Bool { sources.count == 2 }

  public static let all = MatchScope(nil)

  /// Every record that is compared in one of these, of which there are some.
  public init(anyOf scopes: [MatchScope]) {
    self = scopes.contains(.all) ? .all : MatchScope(scopes.flatMap(\.sources))
  }

  var names: [String] { sources.map(\.text) }

  /// Whether a record of this source is compared in it.
  public func contains(_ source: String) -> Bool {
    sources.isEmpty || sources.contains { $0.text == source }
  }

  /// Whether records of these two sources are a pair.
  public func pairs(_ source: String, with other: String) -> Bool {
    contains(source) && contains(other) && !(isBetween && source == other)
  }

  /// The source's column among those of the scope.
  func includes(_ column: SQL) -> SQL {
    sources.isEmpty ? "true" : "\(column) = ANY (\(names))"
  }
}

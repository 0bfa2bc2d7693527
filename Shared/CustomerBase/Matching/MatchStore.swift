import JSON
import Matching
import Models
import Postgres

/// A model as it is kept: for a scope, with how often others have a value on average.
public struct StoredMatchModel: Sendable {
  public var scope: MatchScope
  public var model: MatchModel
  /// By field: with how many others a record that tells it is compared.
  public var partners: [MatchField: Double]
  /// Above which probability a pair links by itself; never where it is missing.
  public var linkAbove: Double?

  public init(scope: MatchScope, model: MatchModel, partners: [MatchField: Double], linkAbove: Double?) {
    self.scope = scope
    self.model = model
    self.partners = partners
    self.linkAbove = linkAbove
  }
}

private struct MatchParameters: Codable {
  var model: MatchModel
  var partners: [String: Double]
}

extension CustomerBase {
  /// Keeps a model in the place of the scope's last one.
  public func storeMatchModel(_ stored: StoredMatchModel, terms: MatchTerms) async throws {
    let scope = stored.scope.name
    let parameters = RawJSON(
      wellFormed: try encodeJSON(
        MatchParameters(
          model: stored.model,
          partners: Dictionary(uniqueKeysWithValues: stored.partners.map { ($0.key.rawValue, $0.value) }))))
    _ = database.send(
      """
      INSERT INTO base.match_models AS m (scope, sources, parameters, link_above, trained_at)
      VALUES (\(scope), \(stored.scope.names), \(parameters), \(stored.linkAbove), \(now))
      ON CONFLICT ON CONSTRAINT match_models_pkey DO UPDATE
      SET parameters = excluded.parameters, link_above = excluded.link_above, trained_at = excluded.trained_at
      """)
    _ = database.send("DELETE FROM base.match_terms WHERE scope = \(scope)")
    // By hash, so that two values of one hash are one term.
    var kept: [TermKey: Double] = [:]
    for (field, counts) in terms.fields {
      for (value, others) in counts.others { kept[TermKey(field, value)] = others }
    }
    let keys = kept.keys.sorted()
    try await database.execute(
      """
      INSERT INTO base.match_terms (scope, field, term, others)
      SELECT \(scope), n.field, n.term, n.others
      FROM unnest(\(keys.map(\.field)), \(keys.map(\.term)), \(keys.map { kept[$0] ?? 0 })) AS n (field, term, others)
      """)
  }

  /// Every model, the most general first.
  public static func matchModels(_ database: any Database) async throws -> [StoredMatchModel] {
    let rows = try await database.rows(
      "SELECT sources, parameters, link_above FROM base.match_models ORDER BY cardinality(sources) = 0 DESC, scope")
    let models = try rows.map { row in
      let (sources, parameters, linkAbove) = try row.decode([String].self, RawJSON.self, Double?.self)
      let kept = try JSONDocument(parsing: parameters.utf8).root.decode(MatchParameters.self)
      let partners = kept.partners.compactMap { name, value in MatchField(rawValue: name).map { ($0, value) } }
      return StoredMatchModel(
        scope: MatchScope(sources.compactMap { SourceName($0) }), model: kept.model,
        partners: Dictionary(uniqueKeysWithValues: partners), linkAbove: linkAbove)
    }
    return models.sorted { one, other in rank(one.scope) > rank(other.scope) }
  }

  private static func rank(_ scope: MatchScope) -> Int {
    scope.sources.isEmpty ? Int.max : scope.sources.count
  }

  /// The model of the scope, or else that of all sources.
  public static func matchModel(for scope: MatchScope, _ database: any Database) async throws -> StoredMatchModel? {
    let models = try await matchModels(database)
    return models.first { $0.scope == scope } ?? models.first { $0.scope == .all }
  }

  /// How many others have these records' values, as the model's training found it.
  public static func matchTerms(
    _ stored: StoredMatchModel, of values: [[MatchField: String]], _ database: any Database
  ) async throws -> MatchTerms {
    var asked: [TermKey: String] = [:]
    for record in values {
      for (field, value) in record { asked[TermKey(field, value)] = value }
    }
    let keys = asked.keys.sorted()
    let rows = try await database.rows(
      """
      SELECT t.field, t.term, t.others FROM base.match_terms t
      JOIN unnest(\(keys.map(\.field)), \(keys.map(\.term))) AS n (field, term) ON t.field = n.field AND t.term = n.term
      WHERE t.scope = \(stored.scope.name)
      """)
    var fields = stored.partners.mapValues { MatchTerms.Field(partners: $0, others: [:]) }
    for row in rows {
      let (name, term, others) = try row.decode(String.self, Int64.self, Double.self)
      guard let field = MatchField(rawValue: name), let value = asked[TermKey(name, term)] else { continue }
      fields[field]?.others[value] = others
    }
    return MatchTerms(fields: fields)
  }
}

/// A field's value without the value.
private struct TermKey: Hashable, Comparable {
  let field: String
  let term: Int64

  init(_ field: String, _ term: Int64) {
    self.field = field
    self.term = term
  }

  init(_ field: MatchField, _ value: String) {
    self.init(field.rawValue, Blocking.hash(field.rawValue, value))
  }

  static func < (left: Self, right: Self) -> Bool { (left.field, left.term) < (right.field, right.term) }
}

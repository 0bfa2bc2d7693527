/// How often values occur among other people.
///
/// A value that one person's five records share is no more common for that, so the pairs that are matches are taken out
/// of the count: what is left says how likely somebody else has the value too.
public struct MatchTerms: Codable, Sendable {
  /// By field.
  public var fields: [MatchField: Field]

  public struct Field: Codable, Sendable {
    /// With how many others that tell the field a record is paired, on average.
    public var partners: Double
    /// For each value that others have too: how many of them, on average of its records.
    public var others: [String: Double]

    public init(partners: Double, others: [String: Double]) {
      self.partners = partners
      self.others = others
    }
  }

  public init(fields: [MatchField: Field]) {
    self.fields = fields
  }

  /// Counts them in a list, of which a model says who is one person before rarity is looked at.
  ///
  /// - Parameter candidates: the pairs that blocking brought together, each once.
  public init(_ space: MatchSpace, _ candidates: [MatchPair], judgedBy model: MatchModel) {
    let comparison = Comparison(space.records, fields: model.fields.map(\.field))
    let patterns = candidates.concurrentMap { comparison.pattern(Int($0.a), Int($0.b)) }
    self.init(space, candidates, patterns, judgedBy: model)
  }

  init(_ space: MatchSpace, _ pairs: [MatchPair], _ patterns: [MatchPattern], judgedBy model: MatchModel) {
    let weights = MatchModel.Weights(model)
    let probabilities = patterns.map { probability(ofWeight: weights.weight(of: $0)) }
    self.fields = [:]
    let records = space.records
    for field in model.fields.map(\.field) {
      let column = records.columns[field.index]
      var having = [[Int32]](repeating: [], count: column.texts.count)
      for (record, id) in column.ids.enumerated() where id >= 0 { having[Int(id)].append(Int32(record)) }
      var matches = [Double](repeating: 0, count: column.texts.count)
      for (pair, probability) in zip(pairs, probabilities) where probability > 0.001 {
        let id = column.ids[Int(pair.a)]
        if id >= 0, id == column.ids[Int(pair.b)] { matches[Int(id)] += probability }
      }
      var others: [String: Double] = [:]
      for (id, records) in having.enumerated() where records.count > 1 {
        let agreeing = max(0, space.agreeing(on: records) - matches[id])
        if agreeing >= 0.5 { others[column.texts[id]] = 2 * agreeing / Double(records.count) }
      }
      let share = Double(column.told) / Double(max(1, records.count))
      self.fields[field] = Field(partners: 2 * space.pairs / Double(max(1, records.count)) * share, others: others)
    }
  }

  /// Probability that somebody else has the value, where it is u on average; as though one other had been seen to.
  func frequency(of value: String, field: MatchField, average u: Double) -> Double {
    let counts = fields[field] ?? Field(partners: 0, others: [:])
    return (counts.others[value, default: 0] + 1) / (counts.partners + 1 / u)
  }
}

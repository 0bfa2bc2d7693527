import Foundation

/// Judges pairs of records by a model.
///
/// Where two records agree on a value, its own frequency stands in for the average one: two called Smith agree less than
/// two called Featherstonehaugh (Newcombe et al. 1959; Winkler 2000).
public struct MatchScoring: Sendable {
  private let weights: MatchModel.Weights
  private let model: MatchModel
  private let comparison: Comparison
  private let records: MatchRecords
  /// By field of the model and value: logarithm to base 2 of how much rarer it is than the average of agreeing values.
  private let rarity: [[Float]]

  public init(_ model: MatchModel, _ terms: MatchTerms, _ records: MatchRecords) {
    self.model = model
    self.records = records
    let weights = MatchModel.Weights(model)
    self.weights = weights
    comparison = Comparison(records, fields: model.fields.map(\.field))
    rarity = zip(model.fields, weights.fields).map { field, weight in
      records.columns[weight.index].texts.map { text in
        Float(log2(weight.u / terms.frequency(of: text, field: field.field, average: weight.u)))
      }
    }
  }

  /// Logarithm to base 2 of the odds that the two are one person.
  public func weight(_ a: Int, _ b: Int) -> Double {
    let pattern = comparison.pattern(a, b)
    var sum = weights.prior
    for index in weights.fields.indices {
      sum += weight(of: index, pattern, a, b)
    }
    return sum
  }

  public func probability(_ a: Int, _ b: Int) -> Double { Matching.probability(ofWeight: weight(a, b)) }

  /// The odds and what they rest on.
  public func score(_ a: Int, _ b: Int) -> MatchScore {
    let pattern = comparison.pattern(a, b)
    var findings: [MatchScore.Finding] = []
    var sum = weights.prior
    for index in weights.fields.indices {
      let level = pattern[weights.fields[index].index]
      guard level > 0 else { continue }
      let weight = weight(of: index, pattern, a, b)
      let field = model.fields[index].field
      findings.append(MatchScore.Finding(field: field, level: field.levels[level - 1], weight: weight))
      sum += weight
    }
    findings.sort { $0.field.index < $1.field.index }
    return MatchScore(probability: Matching.probability(ofWeight: sum), weight: sum, findings: findings)
  }

  private func weight(of index: Int, _ pattern: MatchPattern, _ a: Int, _ b: Int) -> Double {
    let field = weights.fields[index]
    let level = pattern[field.index]
    guard level > 0 else { return 0 }
    let given = field.parent < 0 ? 0 : pattern[field.parent]
    let weight = field.weight[given * 8 + level]
    guard level <= 1 else { return weight }
    return weight + field.rarity[given] * Double(rarity[index][Int(records.columns[field.index].ids[a])])
  }
}

/// Learns from records alone what tells one person from another.
public struct MatchLearning: Sendable {
  public let model: MatchModel
  public let terms: MatchTerms
  public let iterations: Int

  /// - Parameter candidates: the pairs that blocking brought together, each once.
  public init(_ space: MatchSpace, candidates: [MatchPair]) {
    let fields = space.records.fields
    let comparison = Comparison(space.records, fields: fields)
    var random = PatternCounts()
    space.forEachRandomPair { random.add(comparison.pattern(Int($0.a), Int($0.b))) }
    let patterns = candidates.concurrentMap { comparison.pattern(Int($0.a), Int($0.b)) }
    var counts = PatternCounts()
    for pattern in patterns { counts.add(pattern) }
    let training = MatchTraining(
      candidates: counts, random: random, pairs: space.pairs, records: space.records.count, fields: fields)
    (model, iterations) = training.train()
    terms = MatchTerms(space, candidates, patterns, judgedBy: model)
  }
}

import Foundation

/// How often each pattern occurs among pairs.
public struct PatternCounts: Sendable {
  private var counts: [MatchPattern: Int] = [:]

  public init() {}

  public mutating func add(_ pattern: MatchPattern, times: Int = 1) {
    counts[pattern, default: 0] += times
  }

  public var total: Int { counts.values.reduce(0, +) }

  /// In the patterns' own order, so that sums do not depend on how a dictionary lies in memory.
  var sorted: [(pattern: MatchPattern, count: Double)] {
    counts.sorted { $0.key < $1.key }.map { ($0.key, Double($0.value)) }
  }
}

/// Estimates a model without knowing which pairs are matches, by expectation maximisation (Dempster, Laird & Rubin 1977).
///
/// The pairs are all that there are: those that blocking brought together are looked at one by one, all others are taken
/// for two people. So what blocking selects by is not held for agreement between matches, and no field has to be held
/// out. u comes from pairs taken at random, less those that are matches themselves.
public struct MatchTraining {
  /// Pairs that blocking brought together, by pattern.
  public var candidates: PatternCounts
  /// Pairs taken at random, or all where there are few.
  public var random: PatternCounts
  /// How many pairs there are.
  public var pairs: Double
  /// How many records the pairs are of.
  public var records: Int
  public var fields: [MatchField]

  public init(
    candidates: PatternCounts, random: PatternCounts, pairs: Double, records: Int, fields: [MatchField]
  ) {
    self.candidates = candidates
    self.random = random
    self.pairs = pairs
    self.records = records
    self.fields = fields
  }

  public static let maximumIterations = 200

  /// Before anything is known of matches, u is what random pairs show, and so is what fields tell of each other: were that
  /// learnt later, the people of one place would have been taken for one person by then.
  public func train() -> (model: MatchModel, iterations: Int) {
    let candidates = candidates.sorted
    let random = random.sorted
    var model = estimate(start, matches: nil, candidates, random)
    for iteration in 1...Self.maximumIterations {
      let before = model
      let weights = MatchModel.Weights(model)
      let matches = candidates.map { $0.count * probability(ofWeight: weights.weight(of: $0.pattern)) }
      model = estimate(model, matches: matches, candidates, random)
      if isConverged(before, model) { return (model, iteration) }
    }
    return (model, Self.maximumIterations)
  }

  private typealias Counted = [(pattern: MatchPattern, count: Double)]

  /// What is known before any pair is looked at: people mostly agree with themselves, and one in ten records has a
  /// second one.
  private var start: MatchModel {
    MatchModel(
      fields: fields.map { field in
        MatchModel.Field(
          field: field, m: field.kind.expectedMatches, u: field.kind.expectedNonMatches, uGiven: [])
      },
      prior: min(0.5, max(1e-12, 0.1 * Double(records) / max(1, pairs))))
  }

  /// The maximisation: m from the pairs by how far they are matches, u from the random pairs by how far they are none.
  private func estimate(
    _ model: MatchModel, matches: [Double]?, _ candidates: Counted, _ random: Counted
  ) -> MatchModel {
    let weights = MatchModel.Weights(model)
    let others =
      matches == nil
      ? random.map(\.count)
      : random.map { $0.count * (1 - probability(ofWeight: weights.weight(of: $0.pattern))) }
    var estimated = model
    // A twentieth of a match more, in a pair more: no prior is ever 0 or 1.
    if let matches { estimated.prior = (matches.reduce(0, +) + 0.05) / (pairs + 1) }
    estimated.fields = tree(zip(random, others)).map { field, parent in
      var result = MatchModel.Field(
        field: field, m: field.kind.expectedMatches, u: field.kind.expectedNonMatches, parent: parent, uGiven: [])
      if let matches {
        result.m = smoothed(counts(field, zip(candidates, matches)), towards: field.kind.expectedMatches, by: 4)
      }
      result.u = seldom(counts(field, zip(random, others)), towards: field.kind.expectedNonMatches)
      if let parent {
        result.uGiven = counts(field, given: parent, zip(random, others)).map {
          smoothed($0, towards: result.u, by: matches == nil ? doubt(random) : 10)
        }
      }
      return result
    }
    return estimated
  }

  /// How many of the random pairs may be matches as long as nothing is known of them, two for each record: what so many
  /// pairs show together is not yet taken for what people have in common.
  private func doubt(_ random: Counted) -> Double {
    max(10, 2 * Double(records) * random.reduce(0) { $0 + $1.count } / max(1, pairs))
  }

  private typealias Weighted = Zip2Sequence<Counted, [Double]>

  private func counts(_ field: MatchField, _ pairs: Weighted) -> [Double] {
    let index = field.index
    var counts = [Double](repeating: 0, count: field.levels.count)
    for (pair, weight) in pairs {
      let level = pair.pattern[index]
      if level > 0 { counts[level - 1] += weight }
    }
    return counts
  }

  private func counts(_ field: MatchField, given parent: MatchField, _ pairs: Weighted) -> [[Double]] {
    let (index, above) = (field.index, parent.index)
    var counts = [[Double]](
      repeating: [Double](repeating: 0, count: field.levels.count), count: parent.levels.count)
    for (pair, weight) in pairs {
      let (level, given) = (pair.pattern[index], pair.pattern[above])
      if level > 0, given > 0 { counts[given - 1][level - 1] += weight }
    }
    return counts
  }

  /// Shares of what may be too rare to have been seen: a level that no pair shows might have come up once in two samples.
  private func seldom(_ counts: [Double], towards expected: [Double]) -> [Double] {
    let total = counts.reduce(0, +) + 1
    let shares = zip(smoothed(counts, towards: expected, by: 1), expected).map { max($0, min($1, 0.5 / total)) }
    let whole = shares.reduce(0, +)
    return shares.map { $0 / whole }
  }

  /// Shares, as though so many pairs more had been seen of the expected kind.
  private func smoothed(_ counts: [Double], towards expected: [Double], by strength: Double) -> [Double] {
    let total = counts.reduce(0, +) + strength
    return zip(counts, expected).map { ($0 + strength * $1) / total }
  }

  private func isConverged(_ before: MatchModel, _ after: MatchModel) -> Bool {
    guard abs(log(after.prior / before.prior)) < 1e-4 else { return false }
    return zip(before.fields, after.fields).allSatisfy { old, new in
      old.field == new.field && zip(old.m, new.m).allSatisfy { abs($0 - $1) < 1e-5 }
    }
  }
}

extension MatchTraining {
  /// The tree that explains most of what fields tell of each other between records of two people (Chow & Liu 1968): each
  /// field with the one it hangs on, which stands before it.
  private func tree(_ others: Weighted) -> [(field: MatchField, parent: MatchField?)] {
    var gains: [(gain: Double, a: Int, b: Int)] = []
    for a in fields.indices {
      for b in fields.indices where b > a {
        let gain = information(fields[a], fields[b], others)
        gains.append((gain, a, b))
      }
    }
    var reached: [Int] = []
    var parents = [Int?](repeating: nil, count: fields.count)
    while reached.count < fields.count {
      let next = gains.filter { reached.contains($0.a) != reached.contains($0.b) && $0.gain > 0.001 }
        .max { ($0.gain, -$0.a, -$0.b) < ($1.gain, -$1.a, -$1.b) }
      if let next {
        let (above, below) = reached.contains(next.a) ? (next.a, next.b) : (next.b, next.a)
        parents[below] = above
        reached.append(below)
      } else if let first = fields.indices.first(where: { !reached.contains($0) }) {
        reached.append(first)
      }
    }
    return reached.map { (fields[$0], parents[$0].map { fields[$0] }) }
  }

  /// The mutual information of two fields' levels, in bits, less what chance alone would show.
  private func information(_ a: MatchField, _ b: MatchField, _ pairs: Weighted) -> Double {
    let joint = counts(a, given: b, pairs)
    let total = joint.joined().reduce(0, +)
    guard total > 20 else { return 0 }
    let rows = joint.map { $0.reduce(0, +) / total }
    let columns = joint[0].indices.map { column in joint.reduce(0) { $0 + $1[column] } / total }
    var sum = 0.0
    for (row, counts) in joint.enumerated() {
      for (column, count) in counts.enumerated() where count > 0 {
        sum += count / total * log2(count / total / (rows[row] * columns[column]))
      }
    }
    return max(0, sum - Double((rows.count - 1) * (columns.count - 1)) / (2 * total) * 1.4427)
  }
}

extension MatchField.Kind {
  /// How records of one person agree where nothing is known yet.
  var expectedMatches: [Double] {
    switch self {
    case .name: [0.8, 0.08, 0.04, 0.02, 0.01, 0.05]
    case .date: [0.85, 0.06, 0.01, 0.03, 0.01, 0.04]
    case .text: [0.75, 0.07, 0.04, 0.04, 0.1]
    case .code: [0.8, 0.05, 0.05, 0.1]
    case .category: [0.88, 0.04, 0.08]
    case .email: [0.7, 0.05, 0.1, 0.15]
    case .phone: [0.75, 0.05, 0.05, 0.15]
    }
  }

  /// How records of two people agree where nothing is known yet.
  var expectedNonMatches: [Double] {
    switch self {
    case .name: [0.005, 0.005, 0.02, 0.005, 0.0005, 0.9645]
    case .date: [0.0001, 0.0009, 0.0001, 0.004, 0.005, 0.9899]
    case .text: [0.005, 0.005, 0.02, 0.01, 0.96]
    case .code: [0.005, 0.01, 0.01, 0.975]
    case .category: [0.2, 0.01, 0.79]
    case .email: [0.0001, 0.0005, 0.002, 0.9974]
    case .phone: [0.0001, 0.0005, 0.001, 0.9984]
    }
  }
}

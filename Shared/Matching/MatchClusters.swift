/// Who is one person with whom, from pairs.
///
/// Pairs join groups in the order of their probability. Where a group of several would join another by a pair while most
/// of what else could be compared between the two speaks against it, the pair is a weak chain: the groups are kept apart.
public struct MatchClusters: Sendable {
  /// Pairs that joined two groups, likeliest first: as many as it takes to hold the groups together.
  public private(set) var joins: [MatchPair] = []
  /// Pairs that would have joined two groups and were kept apart.
  public private(set) var apart: [MatchPair] = []
  private var members: [Int32: [Int32]] = [:]
  private var group: [Int32]

  /// Most pairs between two groups that are looked at.
  private static let compared = 100

  /// - Parameters:
  ///   - pairs: The pairs that may join, each with its weight.
  ///   - records: How many records there are.
  ///   - joined: Groups that are one already, whatever their pairs say.
  ///   - different: Pairs that are two people, whatever their values say.
  ///   - weight: Logarithm to base 2 of the odds of any pair.
  public init(
    _ pairs: [(pair: MatchPair, weight: Double)], records: Int, joined: [[Int]] = [],
    different: Set<MatchPair> = [], weight: (MatchPair) -> Double
  ) {
    group = (0..<records).map { Int32($0) }
    for records in joined {
      for other in records.dropFirst() { merge(group[records[0]], group[other]) }
    }
    for (pair, _) in pairs.sorted(by: { ($1.weight, $0.pair) < ($0.weight, $1.pair) }) {
      let (a, b) = (group[Int(pair.a)], group[Int(pair.b)])
      guard a != b else { continue }
      if mayJoin(a, b, different, weight) {
        joins.append(pair)
        merge(a, b)
      } else {
        apart.append(pair)
      }
    }
  }

  /// Every group of more than one record, each and all in ascending order.
  public var clusters: [[Int]] {
    members.filter { $0.value.count > 1 }.map { $0.value.map(Int.init).sorted() }.sorted { $0[0] < $1[0] }
  }

  /// Whether two records are of one group.
  public func areOne(_ pair: MatchPair) -> Bool { group[Int(pair.a)] == group[Int(pair.b)] }

  private func records(of group: Int32) -> [Int32] { members[group] ?? [group] }

  private func mayJoin(
    _ a: Int32, _ b: Int32, _ different: Set<MatchPair>, _ weight: (MatchPair) -> Double
  ) -> Bool {
    let (left, right) = (records(of: a), records(of: b))
    guard left.count > 1 || right.count > 1 || !different.isEmpty else { return true }
    var (compared, speaking) = (0, 0)
    for one in left {
      for other in right {
        let pair = MatchPair(Int(one), Int(other))
        if different.contains(pair) { return false }
        guard compared < Self.compared else { continue }
        compared += 1
        if weight(pair) >= 0 { speaking += 1 }
      }
    }
    return speaking * 2 >= compared
  }

  private mutating func merge(_ a: Int32, _ b: Int32) {
    guard a != b else { return }
    let (larger, smaller) = records(of: a).count >= records(of: b).count ? (a, b) : (b, a)
    let moved = records(of: smaller)
    for record in moved { group[Int(record)] = larger }
    members[larger] = records(of: larger) + moved
    members[smaller] = nil
  }
}

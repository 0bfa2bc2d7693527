/// Two records, by their places.
public struct MatchPair: Hashable, Comparable, Sendable {
  public var a: Int32
  public var b: Int32

  public init(_ a: Int, _ b: Int) {
    self.a = Int32(min(a, b))
    self.b = Int32(max(a, b))
  }

  public static func < (left: Self, right: Self) -> Bool { (left.a, left.b) < (right.a, right.b) }
}

/// All pairs that are asked about: of one list, or between two.
public struct MatchSpace: Sendable {
  public let records: MatchRecords
  /// How many pairs there are.
  public let pairs: Double
  /// Of two lists: whether a record is of the second one.
  private let isSecond: [Bool]?
  /// What a pair at random takes its one and its other record from.
  private let sides: (first: [Int32], second: [Int32])

  /// Pairs within one list.
  public init(_ records: MatchRecords) {
    self.records = records
    isSecond = nil
    let all = (0..<records.count).map { Int32($0) }
    sides = (all, all)
    pairs = Double(records.count) * Double(max(0, records.count - 1)) / 2
  }

  /// Pairs between two lists.
  public init(_ records: MatchRecords, isSecond: [Bool]) {
    self.records = records
    self.isSecond = isSecond
    let all = (0..<records.count).map { Int32($0) }
    sides = (all.filter { !isSecond[Int($0)] }, all.filter { isSecond[Int($0)] })
    pairs = Double(sides.first.count) * Double(sides.second.count)
  }

  public func contains(_ pair: MatchPair) -> Bool {
    guard let isSecond else { return pair.a != pair.b }
    return isSecond[Int(pair.a)] != isSecond[Int(pair.b)]
  }

  /// Where there are no more pairs than this, all are looked at.
  public static let sampled = 300_000

  /// Pairs taken at random, always the same ones; all, in order, where there are few.
  func forEachRandomPair(_ body: (MatchPair) -> Void) {
    guard pairs > Double(Self.sampled) else { return forEachPair(body) }
    var generator = SplitMix(state: UInt64(records.count))
    var taken = 0
    while taken < Self.sampled {
      let a = sides.first[generator.next(below: sides.first.count)]
      let b = sides.second[generator.next(below: sides.second.count)]
      guard a != b else { continue }
      body(MatchPair(Int(a), Int(b)))
      taken += 1
    }
  }

  public func forEachPair(_ body: (MatchPair) -> Void) {
    for b in 0..<records.count {
      for a in 0..<b where contains(MatchPair(a, b)) { body(MatchPair(a, b)) }
    }
  }

  /// How many pairs agree on a value that so many records have.
  func agreeing(on records: [Int32]) -> Double {
    guard let isSecond else { return Double(records.count) * Double(records.count - 1) / 2 }
    let second = records.count { isSecond[Int($0)] }
    return Double(second) * Double(records.count - second)
  }
}

/// Steele, Lea and Flood's generator (2014): small, and the same everywhere.
struct SplitMix {
  var state: UInt64

  mutating func next(below bound: Int) -> Int {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return Int((mixed ^ (mixed >> 31)).multipliedFullWidth(by: UInt64(bound)).high)
  }
}

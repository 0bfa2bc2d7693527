import FoundationEssentials
import JSON
import Models
import Server

extension SegmentRule {
  /// Clauses that a rule may have, and how deep they may lie: each is a part of one statement.
  private static let maximumClauses = 50
  private static let maximumDepth = 8

  /// Refuses what its types take and a rule cannot mean.
  ///
  /// - Throws: `InvalidParam` with the path of the first fault.
  func check(at path: String = "/params/rule") throws {
    var clauses = 0
    try check(at: path, depth: 1, &clauses)
    if clauses > Self.maximumClauses {
      throw InvalidParam(path: path, rule: "size", message: "has more than \(Self.maximumClauses) clauses")
    }
  }

  private func check(at path: String, depth: Int, _ clauses: inout Int) throws {
    let count = [
      all != nil, any != nil, not != nil, trait != nil, performed != nil, ordered != nil, orderTotal != nil,
      score != nil, consent != nil, carries != nil, source != nil,
    ].count { $0 }
    guard count == 1 else {
      throw InvalidParam(
        path: path, rule: "one",
        message:
          "must have exactly one of all, any, not, trait, performed, ordered, orderTotal, score, consent, carries, source"
      )
    }
    guard depth <= Self.maximumDepth else {
      throw InvalidParam(path: path, rule: "size", message: "is more than \(Self.maximumDepth) deep")
    }
    clauses += 1
    for (name, rules) in [("all", all), ("any", any)] {
      guard let rules else { continue }
      try require((1...50).contains(rules.count), "\(path)/\(name)", "size", "must be 1 to 50 clauses")
      for (place, rule) in rules.enumerated() {
        try rule.check(at: "\(path)/\(name)/\(place)", depth: depth + 1, &clauses)
      }
    }
    try not?.check(at: "\(path)/not", depth: depth + 1, &clauses)
    try trait?.check(at: "\(path)/trait")
    try performed?.check(at: "\(path)/performed")
    try ordered?.check(at: "\(path)/ordered")
    try orderTotal?.check(at: "\(path)/orderTotal")
    try score?.check(at: "\(path)/score")
    if let consent { try requireText(consent.purpose, "\(path)/consent/purpose") }
    try require(carries?.kind != .anonymous, "\(path)/carries/kind", "enum", "must be a kind that tells a person")
  }
}

extension TraitClause {
  fileprivate func check(at path: String) throws {
    try requireText(name, "\(path)/name")
    let others = [
      `is` != nil, `in` != nil, startsWith != nil, atLeast != nil, atMost != nil, before != nil, after != nil,
    ].contains(true)
    try require(
      exists == nil ? others : !others, path, "one",
      "must have exists alone, or one or more of is, in, startsWith, atLeast, atMost, before, after")
    if let `is` { try requireScalar(`is`, "\(path)/is") }
    if let `in` {
      try require((1...100).contains(`in`.count), "\(path)/in", "size", "must be 1 to 100 values")
      for (place, value) in `in`.enumerated() { try requireScalar(value, "\(path)/in/\(place)") }
    }
    if let startsWith { try requireText(startsWith, "\(path)/startsWith") }
    if let atLeast, let atMost {
      try require(atLeast <= atMost, "\(path)/atMost", "range", "must not be below atLeast")
    }
    if let after, let before { try require(after < before, "\(path)/before", "range", "must be later than after") }
  }
}

extension PerformedClause {
  fileprivate func check(at path: String) throws {
    try requireText(event, "\(path)/event")
    try requireCounts(atLeast, atMost, path)
    try requireDays(withinDays, path)
    guard let `where` else { return }
    try require((1...10).contains(`where`.count), "\(path)/where", "size", "must be 1 to 10 properties")
    for (name, value) in `where`.sorted(by: { $0.key < $1.key }) { try requireScalar(value, "\(path)/where/\(name)") }
  }
}

extension OrderedClause {
  fileprivate func check(at path: String) throws {
    try requireCounts(atLeast, atMost, path)
    try requireDays(withinDays, path)
    if let category { try requireText(category, "\(path)/category") }
    try require(status?.isEmpty != true, "\(path)/status", "size", "must be one state or more")
  }
}

extension OrderTotalClause {
  fileprivate func check(at path: String) throws {
    try require(atLeast != nil || atMost != nil, path, "one", "must have atLeast or atMost")
    if let atLeast, let atMost {
      try require(atLeast <= atMost, "\(path)/atMost", "range", "must not be below atLeast")
    }
    try requireDays(withinDays, path)
  }
}

extension ScoreClause {
  fileprivate func check(at path: String) throws {
    try require(atLeast != nil || atMost != nil, path, "one", "must have atLeast or atMost")
    if let atLeast, let atMost {
      try require(atLeast <= atMost, "\(path)/atMost", "range", "must not be below atLeast")
    }
    guard name == .recency || name == .frequency else { return }
    for (member, bound) in [("atLeast", atLeast), ("atMost", atMost)] {
      guard let bound else { continue }
      let whole = wholeNumber(bound)
      try require(
        whole.map { (0...1_000_000).contains($0) } ?? false, "\(path)/\(member)", "range",
        "must be a whole number, 0 to 1000000")
    }
  }
}

/// The number, where it has no fraction.
func wholeNumber(_ number: Decimal) -> Int? { Int(number.description) }

private func require(_ holds: Bool, _ path: String, _ rule: String, _ message: String) throws {
  guard holds else { throw InvalidParam(path: path, rule: rule, message: message) }
}

private func requireText(_ text: String, _ path: String) throws {
  try require((1...200).contains(text.utf8.count), path, "size", "must be a text of 1 to 200 bytes")
}

private func requireScalar(_ value: RawJSON, _ path: String) throws {
  let kind = (try? JSONDocument(parsing: value.utf8))?.root.kind
  try require(
    value.utf8.count <= 1000 && (kind == .string || kind == .number || kind == .bool), path, "type",
    "must be a string, a number or a truth value, of at most 1000 bytes")
}

private func requireCounts(_ atLeast: Int?, _ atMost: Int?, _ path: String) throws {
  if let atLeast { try require((1...10_000).contains(atLeast), "\(path)/atLeast", "range", "must be 1 to 10000") }
  if let atMost {
    try require((0...10_000).contains(atMost), "\(path)/atMost", "range", "must be 0 to 10000")
    try require(atMost >= atLeast ?? 0, "\(path)/atMost", "range", "must not be below atLeast")
  }
}

private func requireDays(_ days: Int?, _ path: String) throws {
  if let days { try require((1...3650).contains(days), "\(path)/withinDays", "range", "must be 1 to 3650") }
}

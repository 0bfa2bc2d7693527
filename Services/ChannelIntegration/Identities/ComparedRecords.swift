import CustomerBase
import Matching
import Models
import Postgres
import Server

/// The records of a scope, and the pairs of them that are worth comparing.
struct ComparedRecords: Sendable {
  let people: MatchPeople
  let space: MatchSpace
  let pairs: [MatchPair]

  /// Profiles whose keys are written in one transaction.
  private static let written = 2000

  /// Reads the records, brings their keys up to date and finds the pairs.
  init(_ scope: MatchScope, _ job: JobRun) async throws {
    let people = try await job.snapshotOfMany { try await CustomerBase.matchPeople(in: scope, $0) }
    try await job.report(0.1)
    let keys = people.values.map(Blocking.keys)
    let changed = try await job.snapshotOfMany { try await CustomerBase.changedMatchKeys(people.profiles, keys, $0) }
    for start in stride(from: 0, to: changed.count, by: Self.written) {
      let places = changed[start..<min(start + Self.written, changed.count)]
      try await job.write { base in
        try await base.writeMatchKeys(places.map { people.profiles[$0] }, places.map { keys[$0] })
      }
      try await job.report(0.1 + 0.2 * Double(start) / Double(changed.count))
    }
    let space = people.space(scope)
    self.people = people
    self.space = space
    guard space.pairs > Double(MatchSpace.sampled) else {
      // Where there are few, blocking could only lose some.
      var all: [MatchPair] = []
      space.forEachPair { all.append($0) }
      pairs = all
      return
    }
    let split = scope.isBetween ? people.sources.firstIndex(of: scope.sources[1].text) : nil
    pairs = try await job.snapshotOfMany { try await CustomerBase.blockedPairs(people.profiles, split: split, $0) }
  }
}

extension JobRun {
  /// Reads as `snapshot` does, by statements that are planned for many rows.
  fileprivate func snapshotOfMany<T: Sendable>(_ body: (any Database) async throws -> T) async throws -> T {
    try await snapshot { database in
      CustomerBase.expectManyRows(database)
      return try await body(database)
    }
  }
}

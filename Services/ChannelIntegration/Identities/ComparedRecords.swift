import CustomerBase
import Matching
import Models
import Postgres
import Server

/// The records of a scope, and the pairs of them that are worth comparing.
struct ComparedRecords: Sendable {
  let people: MatchPeople
  /// What had happened when they were read.
  let known: JournalPosition
  let space: MatchSpace
  let pairs: [MatchPair]
  /// By record: what it has in common with those that are compared with it.
  private let keys: [[Int64]]

  /// Profiles whose keys are written in one transaction.
  private static let written = 5000

  /// Reads the records and finds the pairs.
  init(_ scope: MatchScope, _ job: JobRun) async throws {
    (people, known) = try await job.snapshotOfMany { database in
      (try await CustomerBase.matchPeople(in: scope, database), try await CustomerBase.lastSettled(in: database))
    }
    try await job.report(0.2)
    space = people.space(scope)
    keys = people.values.concurrentMap(Blocking.keys)
    guard space.pairs > Double(MatchSpace.sampled) else {
      // Where there are few, blocking could only lose some.
      var all: [MatchPair] = []
      space.forEachPair { all.append($0) }
      pairs = all
      return
    }
    pairs = Blocking.pairs(keys, in: space)
  }

  /// Brings the keys that the database has of the records up to date, by which those that arrive later are compared with
  /// them.
  func keepKeys(_ job: JobRun) async throws {
    let changed = try await job.snapshotOfMany { try await CustomerBase.changedMatchKeys(people.profiles, keys, $0) }
    for start in stride(from: 0, to: changed.count, by: Self.written) {
      let places = changed[start..<min(start + Self.written, changed.count)]
      try await job.write { base in
        try await base.writeMatchKeys(places.map { people.profiles[$0] }, places.map { keys[$0] })
      }
      try await job.report(0.2 + 0.4 * Double(start) / Double(changed.count))
    }
  }
}

extension JobRun {
  /// Reads as `snapshot` does, by statements that are planned for as many rows as there are.
  fileprivate func snapshotOfMany<T: Sendable>(_ body: (any Database) async throws -> T) async throws -> T {
    try await snapshot { database in
      CustomerBase.expectManyRows(database)
      return try await body(database)
    }
  }
}

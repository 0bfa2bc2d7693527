import CustomerBase
import Logging
import Models
import Postgres

/// Something that is derived from what happened and kept up with it, entry by entry of the journal.
public protocol Follower: Sendable {
  /// What it reads of an entry.
  associatedtype Entry: JournalRow = FollowedEntry

  /// Name of its cursor, unique over the suite.
  static var name: String { get }
  /// Entries that it takes in one transaction, which may be about many rows each.
  static var portion: Int { get }
  /// Which entries `j` concern it, in the snapshot of the statement that reads them.
  static var condition: SQL { get }
  /// Brings the effect of the entries about, in the transaction that moves the cursor.
  static func apply(_ entries: [Entry], in base: CustomerBase) async throws
}

extension Follower {
  public static var portion: Int { 500 }
  public static var condition: SQL { "true" }

  /// Applies the next entries; answers how many there were.
  static func applyNext(in base: CustomerBase) async throws -> Int {
    let entries = try await CustomerBase.nextEntries(
      of: name, where: condition, atMost: portion, as: Entry.self, in: base.database)
    if !entries.isEmpty { try await apply(entries, in: base) }
    return entries.count
  }
}

/// Something a service does again and again, whether or not anything happened.
public protocol Chore: Sendable {
  static var name: String { get }
  static var everySeconds: Int { get }
  /// Does what is due, or a part of it; true when the rest is to follow at once, in a transaction of its own.
  static func run(in base: CustomerBase) async throws -> Bool
}

/// Reads the journal for one follower.
struct FollowerWorker: Sendable {
  let service: any SuiteService.Type
  let follower: any Follower.Type
  let pool: PostgresPool
  let clock: @Sendable () -> Timestamp
  let ids: IDGenerator
  var privacy: PrivacyMeans = .none
  let logger: Logger
  let wake: Wake

  func run() async {
    while !Task.isCancelled {
      let heard = wake.count
      let start = ContinuousClock.now
      do {
        if try await step() >= follower.portion { continue }
      } catch is CancellationError {
        return
      } catch {
        logger.error("follower \(follower.name) failed: \(error)")
        try? await Task.sleep(for: .milliseconds(500))
      }
      // Commits come by the thousand, and to follow many at one time costs as little as to follow one.
      try? await Task.sleep(for: min(.milliseconds(100), (ContinuousClock.now - start) * 4))
      await wake.wait(after: heard, atMost: .seconds(1))
    }
  }

  /// Applies the next entries; answers how many there were.
  func step() async throws -> Int {
    try await pool.transaction { transaction in
      let base = CustomerBase(
        database: transaction, now: clock(), ids: ids,
        author: Author(service: service.name, method: follower.name, actor: "follower"),
        privacy: privacy)
      base.shareErasureLock()
      return try await follower.applyNext(in: base)
    }
  }
}

/// Carries out one chore at its times.
struct ChoreWorker: Sendable {
  let service: any SuiteService.Type
  let chore: any Chore.Type
  let pool: PostgresPool
  let clock: @Sendable () -> Timestamp
  let ids: IDGenerator
  var privacy: PrivacyMeans = .none
  let logger: Logger

  func run() async {
    while !Task.isCancelled {
      do {
        try await runOnce()
        try? await Task.sleep(for: .seconds(chore.everySeconds))
      } catch is CancellationError {
        return
      } catch {
        logger.error("chore \(chore.name) failed: \(error)")
        // What is done once a day must not wait for the next one.
        try? await Task.sleep(for: .seconds(min(10, chore.everySeconds)))
      }
    }
  }

  /// Does all that is due now.
  func runOnce() async throws {
    while try await runPart() {}
  }

  private func runPart() async throws -> Bool {
    try await pool.transaction { transaction in
      try await chore.run(
        in: CustomerBase(
          database: transaction, now: clock(), ids: ids,
          author: Author(service: service.name, method: chore.name, actor: "chore"), privacy: privacy))
    }
  }
}

import CustomerBase
import JSON
import Models
import Postgres
import Synchronization

@testable import Server

/// A service whose methods go wrong in every way that a call runner has to bear.
enum OddService: SuiteService {
  static let name = "odd"
  static let summary = "Goes wrong."
  static let methods: [any Method.Type] = [
    BreakDown.self, FailUndeclared.self, LoseRaces.self, MeetTrouble.self, SleepLong.self, WriteSlowly.self,
  ]
  static let schema = SchemaMigrations(schema: "odd", migrations: [])
  static let contract = "{}"
}

extension Noun {
  static let oddities = Noun(rawValue: "oddities")
}

/// Fails with an error of its own.
struct BreakDown: Method {
  struct Broken: Error, CustomStringConvertible {
    var description: String { "the secret of the house" }
  }

  static let name = "oddities.break"
  static let access = Access.read(.oddities)

  static func example(in _: ExampleData) -> BreakDown { BreakDown() }

  func run(_ call: Call) async throws -> Bool { throw Broken() }
}

/// Fails with a refusal that it does not declare.
struct FailUndeclared: Method {
  static let name = "oddities.fail"
  static let access = Access.read(.oddities)

  static func example(in _: ExampleData) -> FailUndeclared { FailUndeclared() }

  func run(_ call: Call) async throws -> Bool { throw Failure.consentMissing.about("the secret of the house") }
}

/// Loses against other transactions a number of times.
struct LoseRaces: Method {
  static let name = "oddities.race"
  static let access = Access.write(.oddities)
  private static let attempts = Mutex<[String: Int]>([:])

  var times: Int
  /// Whether the database tells of it, rather than the code.
  var isSerialisationFailure: Bool

  static func example(in _: ExampleData) -> LoseRaces { LoseRaces(times: 0, isSerialisationFailure: false) }

  func run(_ call: Call) async throws -> Int {
    let attempt = Self.attempts.withLock { attempts in
      attempts[call.requestID, default: 0] += 1
      return attempts[call.requestID, default: 0]
    }
    try await call.database.execute("INSERT INTO traces (attempt) VALUES (\(attempt))")
    guard attempt <= times else { return attempt }
    guard isSerialisationFailure else { throw RerunCall() }
    try await call.database.execute("DO $$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = '40001'; END $$")
    return attempt
  }
}

/// Writes, and the database refuses with a code of the caller's choice.
struct MeetTrouble: Method {
  static let name = "oddities.trouble"
  static let access = Access.write(.oddities)

  var sqlState: String

  static func example(in _: ExampleData) -> MeetTrouble { MeetTrouble(sqlState: "53100") }

  func run(_ call: Call) async throws -> Bool {
    try await call.database.execute("SELECT set_config('odd.state', \(sqlState), true)")
    try await call.database.execute(
      "DO $$ BEGIN RAISE EXCEPTION 'trouble' USING ERRCODE = current_setting('odd.state'); END $$")
    return true
  }
}

/// Reads for longer than a call may take.
struct SleepLong: Method {
  static let name = "oddities.sleep"
  static let access = Access.report(.oddities)

  static func example(in _: ExampleData) -> SleepLong { SleepLong() }

  func run(_ call: Call) async throws -> Bool {
    try await call.database.execute("SELECT pg_sleep(30)")
    return true
  }
}

/// Writes, then waits for longer than a call may take.
struct WriteSlowly: Method {
  static let name = "oddities.write"
  static let access = Access.write(.oddities)

  static func example(in _: ExampleData) -> WriteSlowly { WriteSlowly() }

  func run(_ call: Call) async throws -> Bool {
    try await call.database.execute("INSERT INTO traces (attempt) VALUES (1)")
    try await call.database.execute("SELECT pg_sleep(30)")
    return true
  }
}

import Postgres
import Testing
import TestSupport

struct SharedLaneTests {
  @Test func `a failure touches nobody else's statement`() async throws {
    try await withDatabase { pool async throws in
      let outcomes = await withTaskGroup(of: (Int, Result<Int, any Error>).self) { group in
        for number in 1...200 {
          group.addTask {
            do {
              let answer: Int =
                number % 3 == 0
                ? try await pool.shared.one("SELECT 1 / (\(number) - \(number))")
                : try await pool.shared.one("SELECT \(number) * 2")
              return (number, .success(answer))
            } catch {
              return (number, .failure(error))
            }
          }
        }
        var all: [Int: Result<Int, any Error>] = [:]
        for await (number, outcome) in group { all[number] = outcome }
        return all
      }
      for (number, outcome) in outcomes {
        if number % 3 == 0 {
          let error = #expect(throws: PostgresError.self) { try outcome.get() }
          #expect(error?.sqlState == "22012")
        } else {
          #expect(try outcome.get() == number * 2)
        }
      }
    }
  }

  @Test func `what comes while all connections are taken goes out together`() async throws {
    try await withDatabase(configure: { $0.sharedConnections = 1 }) { pool async throws in
      #expect(try await pool.shared.one("SELECT 1", as: Int.self) == 1)
      let slow = pool.shared.send("SELECT pg_sleep(0.2)")
      // Statements of one group run in one transaction, which has one time.
      let together = (0..<20).map { _ in pool.shared.send("SELECT now()::text") }
      let failing = pool.shared.send("SELECT 1 / 0")
      let behind = (0..<5).map { _ in pool.shared.send("SELECT now()::text") }
      try await slow.run()
      var times: Set<String> = []
      for pending in together { times.insert(try await pending.one()) }
      #expect(times.count == 1)
      let error = await #expect(throws: PostgresError.self) { try await failing.run() }
      #expect(error?.sqlState == "22012")
      // Whom a failure skipped runs again, alone.
      var later: Set<String> = []
      for pending in behind { later.insert(try await pending.one()) }
      #expect(later.count == 5 && later.isDisjoint(with: times))
    }
  }

  @Test func `a statement that cannot be prepared fails alone`() async throws {
    try await withDatabase(configure: { $0.sharedConnections = 1 }) { pool async throws in
      let slow = pool.shared.send("SELECT pg_sleep(0.2)")
      let before = pool.shared.send("SELECT 1")
      let nonsense = pool.shared.send("SELECT nothing FROM nowhere")
      let after = pool.shared.send("SELECT 2")
      try await slow.run()
      #expect(try await before.one(as: Int.self) == 1)
      let error = await #expect(throws: PostgresError.self) { try await nonsense.run() }
      #expect(error?.sqlState == "42P01")
      #expect(try await after.one(as: Int.self) == 2)
    }
  }

  /// What a number is divided by, for each who asks; nothing for zero, and how many were asked for at once.
  private func quotients(of number: Int, by divisor: Int) -> SQL {
    """
    SELECT a.place, a.number / a.divisor AS quotient, count(*) OVER () AS callers
    FROM unnest(\(each: number), \(each: divisor)) WITH ORDINALITY AS a (number, divisor, place)
    WHERE a.number <> 0
    ORDER BY a.place
    """
  }

  @Test func `look-ups that are alike are asked once, and everybody hears of their own`() async throws {
    try await withDatabase(configure: { $0.sharedConnections = 1 }) { pool async throws in
      let slow = pool.shared.send("SELECT pg_sleep(0.2)")
      let asked = (0..<15).map { number in
        (number, pool.shared.send(quotients(of: number * 6, by: 2)), pool.shared.send("SELECT \(number)"))
      }
      try await slow.run()
      for (number, pending, other) in asked {
        let rows = try await pending.rows()
        #expect(try rows.map { try $0.decode(Int.self, Int.self).0 } == (number == 0 ? [] : [number * 3]))
        #expect(try rows.allSatisfy { try $0.value("callers") == 14 })
        #expect(try await other.one() == number)
      }
    }
  }

  @Test func `a look-up's failure is its caller's, whoever was asked for with them`() async throws {
    try await withDatabase(configure: { $0.sharedConnections = 1 }) { pool async throws in
      let slow = pool.shared.send("SELECT pg_sleep(0.2)")
      let asked = (0..<5).map { pool.shared.send(quotients(of: 60, by: $0)) }
      try await slow.run()
      let error = await #expect(throws: PostgresError.self) { try await asked[0].run() }
      #expect(error?.sqlState == "22012")
      for divisor in 1..<5 {
        #expect(try await asked[divisor].rows().map { try $0.decode(Int.self, Int.self).0 } == [60 / divisor])
      }
    }
  }

  @Test func `look-ups that take too long together are asked one by one`() async throws {
    try await withDatabase(configure: { ($0.sharedConnections, $0.sharedStatementTimeout) = (1, .milliseconds(600)) }) {
      pool async throws in
      let slow = pool.shared.send("SELECT pg_sleep(0.2)")
      let asked = (1...3).map { number in
        pool.shared.send(
          """
          SELECT a.place, a.number, count(*) OVER () FROM unnest(\(each: number)) WITH ORDINALITY AS a (number, place)
          WHERE pg_sleep(0.25 + 0 * a.number) IS NOT NULL ORDER BY a.place
          """)
      }
      try await slow.run()
      for (number, pending) in zip(1..., asked) {
        #expect(try await pending.rows().map { try $0.decode(Int.self, Int.self) }.first! == (number, 1))
      }
    }
  }

  @Test func `a look-up in a transaction is asked for one`() async throws {
    try await withDatabase { pool async throws in
      let told = try await pool.transaction { transaction in
        let first = transaction.send(quotients(of: 8, by: 2))
        let second = transaction.send(quotients(of: 9, by: 3))
        return try await [first.rows(), second.rows()].flatMap(\.self).map { try $0.decode(Int.self, Int.self) }
      }
      #expect(told.map(\.0) == [4, 3] && told.map(\.1) == [1, 1])
    }
  }

  @Test func `a look-up that does not answer in the order of its callers is told so`() async throws {
    try await withDatabase(configure: { $0.sharedConnections = 1 }) { pool async throws in
      let slow = pool.shared.send("SELECT pg_sleep(0.2)")
      let asked = (1...3).map { number in
        pool.shared.send(
          """
          SELECT a.place, a.number FROM unnest(\(each: number)) WITH ORDINALITY AS a (number, place)
          ORDER BY a.place DESC
          """)
      }
      try await slow.run()
      for pending in asked {
        let error = await #expect(throws: PostgresError.self) { try await pending.run() }
        #expect(error?.kind == .decoding)
      }
    }
  }

  @Test func `nothing is written`() async throws {
    try await withDatabase { pool async throws in
      let error = await #expect(throws: PostgresError.self) { try await pool.shared.execute("CREATE TABLE things ()") }
      #expect(error?.sqlState == "25006")
    }
  }

  @Test func `one text with parameters of other types is another statement`() async throws {
    try await withDatabase { pool async throws in
      for _ in 0..<3 {
        #expect(try await pool.shared.one("SELECT \(1)", as: Int.self) == 1)
        #expect(try await pool.shared.one("SELECT \("x")", as: String.self) == "x")
      }
    }
  }

  @Test func `more statements than are kept prepared still run`() async throws {
    try await withDatabase(configure: { $0.sharedConnections = 1 }) { pool async throws in
      var column: SQL = "0"
      for number in 0..<520 {
        column = "\(column) + 1"
        if number % 10 == 0 || number > 490 {
          #expect(try await pool.shared.one("SELECT \(column)", as: Int.self) == number + 1)
        } else {
          _ = pool.shared.send("SELECT \(column)")
        }
      }
      let count: Int = try await pool.shared.one("SELECT count(*) FROM pg_prepared_statements")
      #expect(count <= 500)
      #expect(count > 400)
    }
  }

  @Test func `a slow statement is ended after a second`() async throws {
    try await withDatabase { pool async throws in
      let error = await #expect(throws: PostgresError.self) { try await pool.shared.execute("SELECT pg_sleep(30)") }
      #expect(error?.kind == .timeout)
      #expect(error?.sqlState == "57014")
      #expect(try await pool.shared.one("SELECT 1", as: Int.self) == 1)
    }
  }

  @Test func `a cancelled caller is told so and the connection goes on`() async throws {
    try await withDatabase(configure: { $0.sharedConnections = 1 }) { pool async throws in
      #expect(try await pool.shared.one("SELECT 1", as: Int.self) == 1)
      let task = Task { try await pool.shared.execute("SELECT pg_sleep(0.8)") }
      try await Task.sleep(for: .milliseconds(100))
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      #expect(try await pool.shared.one("SELECT 2", as: Int.self) == 2)
    }
  }

  @Test func `a changed table is planned anew without the caller's notice`() async throws {
    try await withDatabase(configure: { $0.sharedConnections = 1 }) { pool async throws in
      try await pool.transaction { try await $0.execute("CREATE TABLE things (a int)") }
      try await pool.transaction { try await $0.execute("INSERT INTO things (a) VALUES (1)") }
      for _ in 0..<3 { #expect(try await pool.shared.rows("TABLE things")[0].columns == ["a"]) }
      try await pool.transaction { try await $0.execute("ALTER TABLE things ADD COLUMN b int") }
      #expect(try await pool.shared.rows("TABLE things")[0].columns == ["a", "b"])
      #expect(try await pool.shared.rows("TABLE things")[0].columns == ["a", "b"])
    }
  }

  @Test func `answers larger than any buffer pass both ways`() async throws {
    try await withDatabase(configure: {
      $0.sharedConnections = 1
      $0.sharedStatementTimeout = .seconds(30)
    }) { pool async throws in
      let text = String(repeating: "0123456789abcdef", count: 500_000)
      async let first: String = pool.shared.one("SELECT \(text)")
      async let second: String = pool.shared.one("SELECT \(text)")
      async let third: Int = pool.shared.one("SELECT length(\(text))")
      #expect(try await first.utf8.count == text.utf8.count)
      #expect(try await second == text)
      #expect(try await third == text.utf8.count)
    }
  }
}

import Postgres
import Synchronization
import Testing
import TestSupport

struct TransactionTests {
  private func withTable(_ body: (PostgresPool) async throws -> Void) async throws {
    try await withDatabase { pool async throws in
      try await pool.execute(
        """
        CREATE TABLE things (id bigint CONSTRAINT things_pkey PRIMARY KEY,
          parent bigint CONSTRAINT things_parent_fkey REFERENCES things (id) DEFERRABLE INITIALLY DEFERRED)
        """)
      try await body(pool)
      #expect(
        try await pool.shared.one(
          "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'",
          as: Int.self) == 0)
    }
  }

  private func count(_ pool: PostgresPool) async throws -> Int {
    try await pool.shared.one("SELECT count(*) FROM things")
  }

  @Test func `what returns is committed and what throws is not`() async throws {
    try await withTable { pool async throws in
      let answer = try await pool.transaction { transaction in
        let sent = (1...50).map { transaction.send("INSERT INTO things (id) VALUES (\($0))") }
        for pending in sent { #expect(try await pending.run() == 1) }
        return try await transaction.one("SELECT count(*) FROM things", as: Int.self)
      }
      #expect(answer == 50)
      await #expect(throws: CancellationError.self) {
        try await pool.transaction { transaction in
          try await transaction.execute("INSERT INTO things (id) VALUES (100)")
          throw CancellationError()
        }
      }
      try await pool.transaction { _ in }
      #expect(try await count(pool) == 50)
    }
  }

  @Test func `statements run in the order in which they are sent`() async throws {
    try await withTable { pool async throws in
      let numbers: [Int] = try await pool.transaction { transaction in
        _ = transaction.send("CREATE TEMPORARY TABLE log (n serial, value bigint) ON COMMIT DROP")
        for number in 0..<300 { _ = transaction.send("INSERT INTO log (value) VALUES (\(number))") }
        return try await transaction.all("SELECT value FROM log ORDER BY n")
      }
      #expect(numbers == Array(0..<300))
    }
  }

  @Test func `a failure that nobody waited for is what the statements after it tell`() async throws {
    try await withTable { pool async throws in
      let error = await #expect(throws: PostgresError.self) {
        try await pool.transaction { transaction in
          try await transaction.execute("INSERT INTO things (id) VALUES (1)")
          _ = transaction.send("DO $$ BEGIN RAISE EXCEPTION 'met another' USING ERRCODE = '40P01'; END $$")
          try await transaction.execute("INSERT INTO things (id) VALUES (2)")
        }
      }
      #expect(error?.isSerialisationFailure == true)
      #expect(try await count(pool) == 0)
    }
  }

  @Test func `a failure that nobody looked at still fails the commit`() async throws {
    try await withTable { pool async throws in
      let error = await #expect(throws: PostgresError.self) {
        try await pool.transaction { transaction in
          _ = transaction.send("INSERT INTO things (id) VALUES (1)")
          _ = transaction.send("INSERT INTO things (id) VALUES (1)")
        }
      }
      #expect(error?.sqlState == "23505")
      #expect(error?.constraint == "things_pkey")
      #expect(error?.table == "things")
      let deferred = await #expect(throws: PostgresError.self) {
        try await pool.transaction { try await $0.execute("INSERT INTO things (id, parent) VALUES (1, 2)") }
      }
      #expect(deferred?.constraint == "things_parent_fkey")
      #expect(try await count(pool) == 0)
    }
  }

  @Test func `a savepoint undoes its own statements only`() async throws {
    try await withTable { pool async throws in
      try await pool.transaction { transaction in
        try await transaction.execute("INSERT INTO things (id) VALUES (1)")
        await #expect(throws: PostgresError.self) {
          try await transaction.savepoint {
            try await transaction.execute("INSERT INTO things (id) VALUES (2)")
            try await transaction.execute("INSERT INTO things (id) VALUES (1)")
          }
        }
        let inner = try await transaction.savepoint {
          try await transaction.execute("INSERT INTO things (id) VALUES (3)")
        }
        #expect(inner == 1)
      }
      #expect(try await pool.shared.all("SELECT id FROM things ORDER BY id", as: Int.self) == [1, 3])
    }
  }

  @Test func `a snapshot sees one world and writes nothing`() async throws {
    try await withTable { pool async throws in
      try await pool.transaction(.snapshot) { transaction async throws in
        #expect(try await transaction.one("SELECT count(*) FROM things", as: Int.self) == 0)
        try await pool.execute("INSERT INTO things (id) VALUES (1)")
        #expect(try await transaction.one("SELECT count(*) FROM things", as: Int.self) == 0)
      }
      let error = await #expect(throws: PostgresError.self) {
        try await pool.transaction(.snapshot) { try await $0.execute("INSERT INTO things (id) VALUES (2)") }
      }
      #expect(error?.sqlState == "25006")
    }
  }

  @Test func `losing against another transaction is marked`() async throws {
    try await withTable { pool async throws in
      try await pool.execute("INSERT INTO things (id) VALUES (1), (2)")
      let failures = await withTaskGroup(of: PostgresError?.self) { group in
        for (first, second) in [(1, 2), (2, 1)] {
          group.addTask {
            do {
              try await pool.transaction { transaction in
                try await transaction.execute("SELECT 1 FROM things WHERE id = \(first) FOR UPDATE")
                try await Task.sleep(for: .milliseconds(300))
                try await transaction.execute("SELECT 1 FROM things WHERE id = \(second) FOR UPDATE")
              }
              return nil
            } catch {
              return error as? PostgresError
            }
          }
        }
        return await group.reduce(into: [PostgresError]()) { if let error = $1 { $0.append(error) } }
      }
      #expect(failures.map(\.sqlState) == ["40P01"])
      #expect(failures.map(\.isSerialisationFailure) == [true])
      let serialisation = await #expect(throws: PostgresError.self) {
        try await pool.transaction { transaction in
          try await transaction.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
          try await transaction.execute("SELECT 1 FROM things")
          try await pool.execute("UPDATE things SET parent = 2 WHERE id = 1")
          try await transaction.execute("UPDATE things SET parent = 1 WHERE id = 1")
        }
      }
      #expect(serialisation?.sqlState == "40001")
      #expect(serialisation?.isSerialisationFailure == true)
    }
  }

  @Test func `a transaction's own time limit ends with it`() async throws {
    try await withDatabase(configure: { $0.exclusiveConnections = 1 }) { pool async throws in
      let error = await #expect(throws: PostgresError.self) {
        try await pool.transaction(statementTimeout: .milliseconds(100)) { try await $0.execute("SELECT pg_sleep(9)") }
      }
      #expect(error?.kind == .timeout)
      let limit = try await pool.transaction { try await $0.one("SHOW statement_timeout", as: String.self) }
      #expect(limit == "10s")
      let report = try await pool.connection(statementTimeout: .seconds(77)) { connection in
        try await connection.execute("SET work_mem = '1MB'")
        return try await connection.one("SHOW statement_timeout", as: String.self)
      }
      #expect(report == "77s")
      let after = try await pool.connection { connection in
        (
          try await connection.one("SHOW statement_timeout", as: String.self),
          try await connection.one("SHOW TimeZone", as: String.self),
          try await connection.one("SHOW work_mem", as: String.self)
        )
      }
      #expect(after == ("10s", "UTC", "4MB"))
    }
  }

  @Test func `an ended transaction takes no statement`() async throws {
    try await withDatabase { pool async throws in
      let kept = try await pool.transaction { transaction in
        try await transaction.execute("SELECT 1")
        return transaction
      }
      let error = await #expect(throws: PostgresError.self) { try await kept.execute("SELECT 1") }
      #expect(error?.kind == .unavailable)
    }
  }

  @Test func `a statement that fails together with the commit costs no connection`() async throws {
    try await withDatabase(configure: { $0.exclusiveConnections = 1 }) { pool async throws in
      let backend: SQL = "SELECT pg_backend_pid()"
      let before = try await pool.connection { try await $0.one(backend, as: Int.self) }
      for _ in 0..<3 {
        let error = await #expect(throws: PostgresError.self) {
          try await pool.transaction { transaction in
            try await transaction.execute("SELECT 1")
            _ = transaction.send("SELECT 1 / 0")
            _ = transaction.send("SELECT 2")
          }
        }
        #expect(error?.sqlState == "22012")
      }
      #expect(try await pool.connection { try await $0.one(backend, as: Int.self) } == before)
      #expect(pool.statistics.reconnects == 0)
    }
  }

  @Test func `what nobody waited for is not run when the body throws, and says so`() async throws {
    try await withTable { pool async throws in
      let kept = Mutex<Pending?>(nil)
      await #expect(throws: CancellationError.self) {
        try await pool.transaction { transaction in
          kept.withLock { $0 = transaction.send("INSERT INTO things (id) VALUES (1)") }
          throw CancellationError()
        }
      }
      let pending = try #require(kept.withLock { $0 })
      let error = await #expect(throws: PostgresError.self) { try await pending.run() }
      #expect(error?.kind == .unavailable)
      #expect(try await count(pool) == 0)
      #expect(pool.statistics.reconnects == 0)
    }
  }

  @Test func `many long statements that nobody waits for all take effect`() async throws {
    try await withTable { pool async throws in
      try await pool.transaction { transaction in
        for start in stride(from: 0, to: 20_000, by: 1000) {
          _ = transaction.send("INSERT INTO things (id) SELECT unnest(\(Array(start..<start + 1000)))")
        }
      }
      #expect(try await count(pool) == 20_000)
    }
  }
}

import Glibc
import Postgres
import Testing
import TestSupport

struct RecoveryTests {
  private let waits: Duration = .milliseconds(20)

  /// Waits until the count is as expected, at most five seconds.
  private func backends(_ pool: PostgresPool, _ condition: SQL, reach expected: Int) async throws -> Bool {
    for _ in 0..<250 {
      let count: Int = try await pool.shared.one(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND \(condition)")
      if count == expected { return true }
      try await Task.sleep(for: waits)
    }
    return false
  }

  @Test func `cancelling the caller frees its connection within a second`() async throws {
    try await withDatabase(configure: { $0.exclusiveConnections = 1 }) { pool async throws in
      try await pool.execute("CREATE TABLE things (id bigint)")
      for _ in 0..<5 {
        let task = Task {
          try await pool.transaction { transaction in
            try await transaction.execute("INSERT INTO things (id) VALUES (1)")
            try await transaction.execute("SELECT pg_sleep(60)")
          }
        }
        #expect(try await backends(pool, "wait_event = 'PgSleep'", reach: 1))
        let start = ContinuousClock.now
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        let status = try await pool.connection {
          try await $0.one("SELECT pg_current_xact_id_if_assigned() IS NULL", as: Bool.self)
        }
        #expect(status)
        // Long before the statement would have ended by itself.
        #expect(ContinuousClock.now - start < .seconds(30))
      }
      #expect(try await pool.shared.one("SELECT count(*) FROM things", as: Int.self) == 0)
      #expect(pool.statistics.reconnects == 0)
      #expect(pool.statistics.size == 1)
    }
  }

  @Test func `a swallowed cancellation does not commit`() async throws {
    try await withDatabase { pool async throws in
      try await pool.execute("CREATE TABLE things (id bigint)")
      let task = Task {
        try await pool.transaction { transaction in
          try await transaction.execute("INSERT INTO things (id) VALUES (1)")
          _ = try? await transaction.execute("SELECT pg_sleep(60)")
        }
      }
      #expect(try await backends(pool, "wait_event = 'PgSleep'", reach: 1))
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      #expect(try await pool.shared.one("SELECT count(*) FROM things", as: Int.self) == 0)
    }
  }

  @Test func `a body that throws leaves no statement running`() async throws {
    try await withDatabase(configure: { $0.exclusiveConnections = 1 }) { pool async throws in
      let start = ContinuousClock.now
      await #expect(throws: PostgresError.self) {
        try await pool.transaction(statementTimeout: .seconds(120)) { transaction in
          _ = transaction.send("SELECT pg_sleep(60)")
          _ = transaction.send("SELECT pg_sleep(60)")
          try await Task.sleep(for: .milliseconds(50))
          throw PostgresError(.noRow, "given up")
        }
      }
      #expect(ContinuousClock.now - start < .seconds(30))
      #expect(try await pool.connection { try await $0.one("SELECT 1", as: Int.self) } == 1)
    }
  }

  @Test func `cancellations at any moment leave a pool that works`() async throws {
    try await withDatabase(configure: { $0.exclusiveConnections = 4 }) { pool async throws in
      try await pool.execute("CREATE TABLE things (id bigint)")
      for round in 0..<30 {
        let tasks = (0..<8).map { number in
          Task {
            try await pool.transaction { transaction in
              for _ in 0..<5 { _ = transaction.send("INSERT INTO things (id) VALUES (\(number))") }
              try await transaction.execute("SELECT pg_sleep(0.002)")
            }
          }
        }
        try await Task.sleep(for: .microseconds(Int64(round) * 300))
        for task in tasks where Bool.random() { task.cancel() }
        for task in tasks { _ = await task.result }
      }
      let (total, uneven) = try await pool.shared.rows(
        "SELECT count(*), count(*) % 5 FROM things")[0].decode(Int.self, Int.self)
      #expect(total > 0)
      #expect(uneven == 0)
      #expect(try await backends(pool, "state LIKE 'idle in%'", reach: 0))
      #expect(pool.statistics.waiting == 0)
      #expect(pool.statistics.idle == pool.statistics.size)
      #expect(pool.statistics.size <= 4)
    }
  }

  @Test func `terminated connections are replaced`() async throws {
    try await withDatabase { pool async throws in
      for _ in 0..<3 {
        let failures = await withTaskGroup(of: (any Error)?.self) { group in
          for _ in 0..<6 {
            group.addTask {
              do {
                try await pool.transaction { try await $0.execute("SELECT pg_sleep(8)") }
                return nil
              } catch { return error }
            }
          }
          group.addTask {
            do {
              // Below the time limit of the lane, and again until the connection is cut.
              for _ in 0..<8 { try await pool.shared.execute("SELECT pg_sleep(0.9)") }
              return nil
            } catch { return error }
          }
          _ = try? await pool.connection { connection in
            try await connection.execute(
              """
              DO $$ BEGIN
                FOR look IN 1..600 LOOP
                  PERFORM pg_stat_clear_snapshot();
                  EXIT WHEN 7 = (
                    SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event = 'PgSleep' AND pid <> pg_backend_pid());
                  PERFORM pg_sleep(0.01);
                END LOOP;
                PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid();
              END $$
              """)
          }
          return await group.reduce(into: [PostgresError]()) {
            if let error = $1 as? PostgresError { $0.append(error) }
          }
        }
        #expect(failures.count == 7)
        #expect(failures.map(\.kind) == failures.map { _ in .unavailable })
        // A connection that was idle may be used once more before its end is noticed.
        for _ in 0..<3 where (try? await pool.shared.execute("SELECT 1")) == nil { try await Task.sleep(for: waits) }
        #expect(try await pool.shared.one("SELECT 1", as: Int.self) == 1)
        #expect(try await pool.transaction { try await $0.one("SELECT 2", as: Int.self) } == 2)
      }
      #expect(pool.statistics.reconnects >= 7)
      #expect(pool.statistics.idle == pool.statistics.size)
    }
  }

  @Test func `a connection lost during COMMIT leaves the outcome unknown`() async throws {
    try await withDatabase { pool async throws in
      try await pool.execute("CREATE TABLE things (id bigint)")
      try await pool.execute(
        "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(30); RETURN NULL; END'")
      try await pool.execute(
        """
        CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON things DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION wait()
        """)
      let task = Task {
        try await pool.transaction { try await $0.execute("INSERT INTO things (id) VALUES (1)") }
      }
      #expect(try await backends(pool, "wait_event = 'PgSleep'", reach: 1))
      // Cancelling does nothing to a COMMIT on its way.
      task.cancel()
      try await Task.sleep(for: .milliseconds(100))
      #expect(try await backends(pool, "wait_event = 'PgSleep'", reach: 1))
      try await pool.shared.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
      )
      let error = await #expect(throws: PostgresError.self) { try await task.value }
      #expect(error?.kind == .unknownOutcome)
      let lost = await #expect(throws: PostgresError.self) {
        try await pool.transaction { transaction in
          let pid: Int = try await transaction.one("SELECT pg_backend_pid()")
          try await pool.shared.execute("SELECT pg_terminate_backend(\(Int32(pid)))")
          try await Task.sleep(for: .milliseconds(200))
          try await transaction.execute("SELECT 1")
        }
      }
      #expect(lost?.kind == .unavailable)
    }
  }

  @Test func `a server that falls silent is given up`() async throws {
    // A cluster of its own: a stopped backend can hold up all others, with whatever lock it has.
    let cluster = try await TestCluster()
    let pool = PostgresPool(PostgresConfiguration(dsn: cluster.dsn("postgres"), sharedConnections: 1))
    let pid: Int = try await pool.shared.one("SELECT pg_backend_pid()")
    try await Task.sleep(for: .milliseconds(200))
    kill(pid_t(pid), SIGSTOP)
    defer { kill(pid_t(pid), SIGCONT) }
    let error = await #expect(throws: PostgresError.self) { try await pool.shared.execute("SELECT 1") }
    #expect(error?.kind == .timeout)
    #expect(error?.sqlState == nil)
    #expect(try await pool.shared.one("SELECT 1", as: Int.self) == 1)
    pool.close()
  }

  @Test func `who waits too long for a connection is told so`() async throws {
    try await withDatabase(configure: {
      $0.exclusiveConnections = 1
      $0.acquireTimeout = .milliseconds(300)
    }) { pool async throws in
      try await pool.connection { _ in
        let start = ContinuousClock.now
        let error = await #expect(throws: PostgresError.self) { try await pool.connection { _ in } }
        #expect(error?.kind == .unavailable)
        let waited = ContinuousClock.now - start
        #expect(waited > .milliseconds(290))
        #expect(waited < .seconds(20))
      }
      try await pool.connection { _ in }
      #expect(pool.statistics.timeouts == 1)
      #expect(pool.statistics.waiting == 0)
      #expect(pool.statistics.idle == 1)
    }
  }

  @Test func `who goes away waits for a connection no longer`() async throws {
    try await withDatabase(configure: {
      $0.exclusiveConnections = 1
      $0.acquireTimeout = .seconds(60)
    }) { pool async throws in
      try await pool.connection { _ in
        let task = Task { try await pool.connection { _ in } }
        while pool.statistics.waiting == 0 { try await Task.sleep(for: .milliseconds(1)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(pool.statistics.waiting == 0)
      }
      try await pool.connection { _ in }
      #expect(pool.statistics.timeouts == 0)
    }
  }

  @Test func `callers have a connection in the order in which they came`() async throws {
    try await withDatabase(configure: { $0.exclusiveConnections = 1 }) { pool async throws in
      try await pool.execute("CREATE TABLE turns (n serial, caller bigint)")
      try await pool.connection { _ in
        for caller in 0..<10 {
          Task {
            try await pool.transaction { try await $0.execute("INSERT INTO turns (caller) VALUES (\(caller))") }
          }
          while pool.statistics.waiting != caller + 1 { try await Task.sleep(for: .milliseconds(1)) }
        }
      }
      while try await pool.shared.one("SELECT count(*) FROM turns", as: Int.self) < 10 {
        try await Task.sleep(for: waits)
      }
      #expect(try await pool.shared.all("SELECT caller FROM turns ORDER BY n", as: Int.self) == Array(0..<10))
    }
  }

  @Test func `the pool heals when PostgreSQL comes back`() async throws {
    let cluster = try await TestCluster()
    let pool = PostgresPool(PostgresConfiguration(dsn: cluster.dsn("postgres")))
    let running = Task { await pool.run() }
    #expect(try await pool.shared.one("SELECT 1", as: Int.self) == 1)
    for _ in 0..<2 {
      // The server ends some time after it is told to, and only another start time tells that it has.
      let before: String = try await pool.shared.one("SELECT pg_postmaster_start_time()::text")
      try await cluster.restart()
      let start = ContinuousClock.now
      var isBack = false
      while !isBack, ContinuousClock.now - start < .seconds(30) {
        do {
          let now: String = try await pool.transaction { try await $0.one("SELECT pg_postmaster_start_time()::text") }
          let shared: String = try await pool.shared.one("SELECT pg_postmaster_start_time()::text")
          isBack = now != before && shared == now
          if !isBack { try await Task.sleep(for: waits) }
        } catch let error as PostgresError {
          #expect([.unavailable, .unknownOutcome].contains(error.kind))
          try await Task.sleep(for: waits)
        }
      }
      #expect(isBack)
    }
    running.cancel()
    await running.value
    let closed = await #expect(throws: PostgresError.self) { try await pool.shared.execute("SELECT 1") }
    #expect(closed?.kind == .unavailable)
  }

  @Test func `nothing to connect to is told as such`() async throws {
    var configuration = PostgresConfiguration(dsn: "host=/nowhere dbname=postgres", acquireTimeout: .milliseconds(400))
    configuration.connectTimeout = .milliseconds(300)
    let pool = PostgresPool(configuration)
    let shared = await #expect(throws: PostgresError.self) { try await pool.shared.execute("SELECT 1") }
    let exclusive = await #expect(throws: PostgresError.self) {
      try await pool.transaction { try await $0.execute("SELECT 1") }
    }
    #expect(shared?.kind == .unavailable)
    #expect(exclusive?.kind == .unavailable)
    #expect(exclusive?.message.contains("/nowhere") == true)
    pool.close()
  }
}

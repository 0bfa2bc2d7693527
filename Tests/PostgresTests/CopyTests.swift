import Models
import Postgres
import Testing
import TestSupport

struct CopyTests {
  private let table: SQL = "CREATE TABLE things (id bigint PRIMARY KEY, name text, at timestamptz, score float8)"

  private func row(_ number: Int) -> CopyRow {
    var row = CopyRow()
    row.append(number)
    row.append(number % 7 == 0 ? nil : "thing \(number)\t\n")
    row.append(Timestamp(secondsSinceEpoch: Int64(number)))
    row.append(Double(number) / 2)
    return row
  }

  @Test func `a hundred thousand rows are copied in and out`() async throws {
    try await withDatabase { pool async throws in
      try await pool.execute(table)
      let copied = try await pool.transaction { transaction in
        try await transaction.copyIn("COPY things (id, name, at, score) FROM STDIN (FORMAT binary)") { writer in
          for number in 1...100_000 { try await writer.write(row(number)) }
        }
      }
      #expect(copied == 100_000)
      #expect(try await pool.shared.one("SELECT count(name) FROM things", as: Int.self) == 100_000 - 100_000 / 7)
      #expect(
        try await pool.shared.one("SELECT name FROM things WHERE id = 99999", as: String.self) == "thing 99999\t\n")
      let (rows, sum) = try await pool.connection { connection in
        var rows = 0
        var sum = 0
        for try await line in connection.copyOut("COPY (SELECT id FROM things) TO STDOUT") {
          rows += 1
          sum += Int(String(decoding: line.dropLast(), as: UTF8.self)) ?? 0
        }
        #expect(try await connection.one("SELECT 1", as: Int.self) == 1)
        return (rows, sum)
      }
      #expect(rows == 100_000)
      #expect(sum == 100_000 * 100_001 / 2)
    }
  }

  @Test func `text chunks are copied as they come`() async throws {
    try await withDatabase { pool async throws in
      try await pool.execute(table)
      let chunks = AsyncStream<[UInt8]> { continuation in
        for chunk in ["1\ta", "b\t\\N\t1", ".5\n2\t\\N\t\\N\t\\N\n"] { continuation.yield(Array(chunk.utf8)) }
        continuation.finish()
      }
      let copied = try await pool.connection { try await $0.copyIn("COPY things FROM STDIN", rows: chunks) }
      #expect(copied == 2)
      #expect(try await pool.shared.one("SELECT name FROM things WHERE id = 1", as: String.self) == "ab")
    }
  }

  @Test func `a bad row copies nothing and the connection goes on`() async throws {
    try await withDatabase(configure: { $0.exclusiveConnections = 1 }) { pool async throws in
      try await pool.execute(table)
      for end in [10, 60_000] {
        try await pool.connection { connection async throws in
          let error = await #expect(throws: PostgresError.self) {
            try await connection.copyIn("COPY things (id, name, at, score) FROM STDIN (FORMAT binary)") { writer in
              try await writer.write(row(5))
              for number in 1...end { try await writer.write(row(number)) }
            }
          }
          #expect(error?.sqlState == "23505")
          await #expect(throws: CancellationError.self) {
            try await connection.copyIn("COPY things (id, name, at, score) FROM STDIN (FORMAT binary)") { writer in
              try await writer.write(row(5))
              throw CancellationError()
            }
          }
          let missing = await #expect(throws: PostgresError.self) {
            for try await _ in connection.copyOut("COPY nothing TO STDOUT") {}
          }
          #expect(missing?.sqlState == "42P01")
          #expect(try await connection.one("SELECT count(*) FROM things", as: Int.self) == 0)
        }
      }
      #expect(pool.statistics.reconnects == 0)
      let wrong = await #expect(throws: PostgresError.self) { try await pool.shared.execute("COPY things TO STDOUT") }
      #expect(wrong?.kind == .unavailable)
      #expect(try await pool.shared.one("SELECT 1", as: Int.self) == 1)
    }
  }

  @Test func `stopping a copy costs the connection and no more`() async throws {
    try await withDatabase(configure: { $0.exclusiveConnections = 1 }) { pool async throws in
      let copy: SQL = "COPY (SELECT repeat('x', 1000) FROM generate_series(1, 1000000)) TO STDOUT"
      try await pool.connection { connection async throws in
        for try await _ in connection.copyOut(copy) { break }
        let busy = await #expect(throws: PostgresError.self) { try await connection.execute("SELECT 1") }
        #expect(busy?.kind == .unavailable)
      }
      #expect(try await pool.connection { try await $0.one("SELECT 1", as: Int.self) } == 1)
      let task = Task {
        try await pool.connection { connection in
          for try await _ in connection.copyOut("COPY (SELECT pg_sleep(30)) TO STDOUT") {}
        }
      }
      try await Task.sleep(for: .milliseconds(200))
      let start = ContinuousClock.now
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      #expect(try await pool.connection { try await $0.one("SELECT 1", as: Int.self) } == 1)
      #expect(ContinuousClock.now - start < .seconds(20))
    }
  }
}

struct NotificationTests {
  @Test func `notifications arrive in order until the connection is given back`() async throws {
    try await withDatabase { pool async throws in
      let stream = try await pool.connection { connection in
        let stream = try await connection.notifications(on: "journal \"x\"")
        for number in 1...3 {
          try await pool.execute("SELECT pg_notify('journal \"x\"', \(String(number)))")
        }
        var payloads: [String] = []
        for try await notification in stream {
          payloads.append(notification.payload)
          if payloads.count == 3 { break }
        }
        #expect(payloads == ["1", "2", "3"])
        return stream
      }
      for try await _ in stream {}
    }
  }

  @Test func `the loss of the connection ends the sequence with an error`() async throws {
    try await withDatabase { pool async throws in
      let error = await #expect(throws: PostgresError.self) {
        try await pool.connection { connection in
          let stream = try await connection.notifications(on: "journal")
          let pid: Int = try await connection.one("SELECT pg_backend_pid()")
          try await pool.shared.execute("SELECT pg_terminate_backend(\(Int32(pid)))")
          for try await _ in stream {}
        }
      }
      #expect(error?.kind == .unavailable)
    }
  }
}

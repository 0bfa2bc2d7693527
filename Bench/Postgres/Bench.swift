import Foundation
import Postgres
import TestSupport

/// Measures single-row look-ups by the shared lane beside `pgbench -S -M prepared` on the same cluster.
@main
struct Bench {
  static func main() async throws {
    let cluster = try await TestCluster()
    let database = try await cluster.makeDatabase()
    _ = try pgbench(cluster, database, ["-i", "-q", "-s", "1"])
    let seconds = 3
    // A number of transactions, not a time: a child of this process has its alarm signal blocked.
    for connections in [1, 2, 4] {
      let reference = try pgbench(
        cluster, database,
        [
          "-S", "-n", "-M", "prepared", "-c", "\(connections)", "-j", "\(min(2, connections))",
          "-t", "\(40_000 / connections)",
        ])
      let pool = PostgresPool(PostgresConfiguration(dsn: database.dsn, sharedConnections: connections))
      let rate = try await measure(pool, tasks: 64, seconds: Double(seconds))
      pool.close()
      report(
        "\(connections) connections: pgbench \(Int(reference))/s, shared lane of 64 tasks \(Int(rate))/s, "
          + "ratio \((rate / reference * 100).rounded() / 100)")
    }
  }

  private static func measure(_ pool: PostgresPool, tasks: Int, seconds: Double) async throws -> Double {
    let start = ContinuousClock.now
    let end = start + .seconds(seconds)
    let total = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<tasks {
        group.addTask {
          var count = 0
          while ContinuousClock.now < end {
            let account = Int32.random(in: 1...100_000)
            _ = try await pool.shared.one(
              "SELECT abalance FROM pgbench_accounts WHERE aid = \(account)", as: Int.self)
            count += 1
          }
          return count
        }
      }
      return try await group.reduce(0, +)
    }
    return Double(total) / seconds
  }

  private static func pgbench(_ cluster: TestCluster, _ database: TestDatabase, _ arguments: [String]) throws -> Double
  {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "\(cluster.binaries)/pgbench")
    process.arguments = arguments + ["-h", "\(cluster.folder)/socket", "-U", "postgres", database.name]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let line = text.split(separator: "\n").first { $0.hasPrefix("tps = ") }
    return line.flatMap { Double($0.dropFirst(6).prefix { $0 != " " }) } ?? 0
  }

  private static func report(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
  }
}

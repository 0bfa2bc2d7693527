import Postgres
import Testing
import TestSupport

struct ConnectionStringTests {
  @Test func `a connection string is taken apart and put together in either form`() throws {
    let address = try ConnectionString("postgresql://ecrm:p%40ss'w@/ecrm?host=/tmp/a%20b&port=7132")
    #expect(address["user"] == "ecrm")
    #expect(address["password"] == "p@ss'w")
    #expect(address["host"] == "/tmp/a b")
    let other = try ConnectionString(address.with("dbname", "other").text)
    #expect(other["dbname"] == "other")
    #expect(other["password"] == "p@ss'w")
    #expect(other["sslmode"] == nil)
    #expect(!address.with("password", nil).text.contains("p@ss"))
    #expect(throws: PostgresError.self) { try ConnectionString("postgresql://[") }
  }

  @Test func `what was put together connects`() async throws {
    let cluster = try await TestCluster.shared()
    let connection = try ConnectionString(cluster.dsn("template1")).with("dbname", "postgres")
    let pool = PostgresPool(PostgresConfiguration(dsn: connection.text))
    defer { pool.close() }
    let name: String = try await pool.shared.one("SELECT current_database()::text")
    #expect(name == "postgres")
  }
}

import FoundationEssentials
import Models
import Postgres

/// Exact in PostgreSQL too, as numeric.
extension Amount: PostgresValue {
  public static var postgresType: PostgresType { Decimal.postgresType }

  public init(postgres cell: PostgresCell) throws {
    self.init(try Decimal(postgres: cell))
  }

  public func encode(into bytes: inout [UInt8]) {
    decimal.encode(into: &bytes)
  }
}

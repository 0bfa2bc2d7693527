/// A type of PostgreSQL, by the numbers that it has in every database.
public struct PostgresType: Sendable, Hashable {
  public let oid: UInt32
  /// The type of an array of it, 0 when there is none.
  public let arrayOID: UInt32

  public init(oid: UInt32, arrayOID: UInt32) {
    self.oid = oid
    self.arrayOID = arrayOID
  }

  public static let bool = PostgresType(oid: 16, arrayOID: 1000)
  public static let bytea = PostgresType(oid: 17, arrayOID: 1001)
  public static let int8 = PostgresType(oid: 20, arrayOID: 1016)
  public static let int4 = PostgresType(oid: 23, arrayOID: 1007)
  public static let text = PostgresType(oid: 25, arrayOID: 1009)
  public static let float8 = PostgresType(oid: 701, arrayOID: 1022)
  public static let date = PostgresType(oid: 1082, arrayOID: 1182)
  public static let timestamptz = PostgresType(oid: 1184, arrayOID: 1185)
  public static let numeric = PostgresType(oid: 1700, arrayOID: 1231)
  public static let uuid = PostgresType(oid: 2950, arrayOID: 2951)
  public static let jsonb = PostgresType(oid: 3802, arrayOID: 3807)
  public static let xid8 = PostgresType(oid: 5069, arrayOID: 271)
}

/// The numbers of types that are read only.
enum TypeNumber {
  static let char: UInt32 = 18
  static let name: UInt32 = 19
  static let int2: UInt32 = 21
  static let oid: UInt32 = 26
  static let json: UInt32 = 114
  static let float4: UInt32 = 700
  static let unknown: UInt32 = 705
  static let bpchar: UInt32 = 1042
  static let varchar: UInt32 = 1043
  /// Types from here on were made in the database: enumerations, domains' bases, extensions.
  static let firstOwn: UInt32 = 16384
}

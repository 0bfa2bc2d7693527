import Models

/// A timestamptz. An infinite one is refused when read, one out of PostgreSQL's range by the server when written.
extension Timestamp: PostgresValue {
  public static var postgresType: PostgresType { .timestamptz }

  public init(postgres cell: PostgresCell) throws {
    let microseconds = try cell.bytes(of: .timestamptz, as: "Timestamp").whole(Int64.self)
    let (sinceEpoch, overflow) = microseconds.addingReportingOverflow(Self.epochDistance)
    guard microseconds != .max, microseconds != .min, !overflow else {
      throw PostgresError(.decoding, "an infinite time cannot be read as Timestamp")
    }
    self.init(microsecondsSinceEpoch: sinceEpoch)
  }

  public func encode(into bytes: inout [UInt8]) {
    let (shifted, overflow) = microsecondsSinceEpoch.subtractingReportingOverflow(Self.epochDistance)
    // The outermost numbers mean infinity to PostgreSQL; the ones beside them are out of its range, and it says so.
    bytes.append(bigEndian: overflow ? .min + 1 : max(.min + 1, min(.max - 1, shifted)))
  }

  /// Microseconds from 1970 to 2000, where PostgreSQL begins to count.
  private static let epochDistance: Int64 = 946_684_800_000_000
}

/// A date. An infinite one is refused when read, one out of PostgreSQL's range by the server when written.
extension Day: PostgresValue {
  public static var postgresType: PostgresType { .date }

  public init(postgres cell: PostgresCell) throws {
    let days = try cell.bytes(of: .date, as: "Day").whole(Int32.self)
    guard days != .max, days != .min else {
      throw PostgresError(.decoding, "an infinite date cannot be read as Day")
    }
    self.init(daysSinceEpoch: Int(days) + Self.epochDistance)
  }

  public func encode(into bytes: inout [UInt8]) {
    let (shifted, overflow) = daysSinceEpoch.subtractingReportingOverflow(Self.epochDistance)
    let limits = Int(Int32.min + 1)...Int(Int32.max - 1)
    bytes.append(bigEndian: overflow ? Int32.min + 1 : Int32(max(limits.lowerBound, min(limits.upperBound, shifted))))
  }

  /// Days from 1970 to 2000, where PostgreSQL begins to count.
  private static let epochDistance = 10_957
}

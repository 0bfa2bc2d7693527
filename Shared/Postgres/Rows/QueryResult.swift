import CLibpq
import Synchronization

/// The columns of an answer, shared by all of its rows and by later runs of the same prepared statement.
final class Columns: Sendable {
  let names: [String]
  let types: [UInt32]
  /// The names as they are compared with those of properties.
  private let folded: [String]
  private let tail = Mutex<Columns?>(nil)

  init(_ result: OpaquePointer) {
    let count = PQnfields(result)
    names = (0..<count).map { PQfname(result, $0).map { String(cString: $0) } ?? "" }
    types = (0..<count).map { PQftype(result, $0) }
    folded = names.map(Self.fold)
  }

  init(names: [String], types: [UInt32]? = nil) {
    self.names = names
    self.types = types ?? names.map { _ in 0 }
    folded = names.map(Self.fold)
  }

  /// All but the first.
  var behindFirst: Columns {
    tail.withLock { tail in
      let columns = tail ?? Columns(names: Array(names.dropFirst()), types: Array(types.dropFirst()))
      tail = columns
      return columns
    }
  }

  /// The column of the name, or of the name without regard to case and underscores: `customer_id` for `customerID`.
  func index(of name: String) throws -> Int? {
    if let exact = names.firstIndex(of: name), !names[(exact + 1)...].contains(name) { return exact }
    let wanted = Self.fold(name)
    guard let index = folded.firstIndex(of: wanted) else { return nil }
    guard !folded[(index + 1)...].contains(wanted) else {
      throw PostgresError(.decoding, "several columns are called \"\(name)\"")
    }
    return index
  }

  private static func fold(_ name: String) -> String {
    String(
      decoding: name.utf8.lazy.filter { $0 != UInt8(ascii: "_") }.map { byte in
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte + 32 : byte
      }, as: UTF8.self)
  }
}

/// A statement's answer in libpq's memory.
///
/// Unchecked, because libpq lets any thread read a finished result; it is never changed, and freed with the last owner.
private final class OwnedResult: @unchecked Sendable {
  let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) { self.pointer = pointer }

  deinit { PQclear(pointer) }
}

/// A statement's answer, or a caller's part of one, read in place.
struct QueryResult: Sendable {
  private let owned: OwnedResult
  let columns: Columns
  let rowCount: Int
  /// Where the part begins.
  private var firstRow = 0
  private var firstColumn = 0

  private var result: OpaquePointer { owned.pointer }

  /// Takes the result over.
  init(owning result: OpaquePointer, columns: Columns?) {
    owned = OwnedResult(result)
    self.columns = columns ?? Columns(result)
    rowCount = Int(PQntuples(result))
  }

  /// The rows of one caller without the column that says whose they are.
  private init(_ rows: Range<Int>, of whole: QueryResult) {
    owned = whole.owned
    columns = whole.columns.behindFirst
    rowCount = rows.count
    firstRow = rows.lowerBound
    firstColumn = 1
  }

  /// What a look-up that was asked for so many callers tells each of them; see `SQL`'s `each`.
  func parts(_ callers: Int) throws -> [QueryResult] {
    var row = 0
    let parts = try (1...callers).map { caller in
      let start = row
      while row < rowCount, try value(Int.self, row: row, column: 0) == caller { row += 1 }
      return QueryResult(start..<row, of: self)
    }
    guard row == rowCount else {
      throw PostgresError(.decoding, "a look-up for several callers does not answer in their order")
    }
    return parts
  }

  /// Rows that the statement wrote, or gave.
  var affected: Int {
    PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
  }

  /// What the server calls the command that it ran: `COMMIT` may have ended as `ROLLBACK`.
  var command: String {
    PQcmdStatus(result).map { String(cString: $0) } ?? ""
  }

  /// The cell, valid while the result is.
  func cell(row: Int, column: Int) -> PostgresCell {
    let (row, field) = (Int32(truncatingIfNeeded: firstRow + row), Int32(truncatingIfNeeded: firstColumn + column))
    guard PQgetisnull(result, row, field) == 0, let start = PQgetvalue(result, row, field) else {
      return PostgresCell(type: columns.types[column], content: nil)
    }
    let content = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, field)))
    return PostgresCell(type: columns.types[column], content: content)
  }

  /// Reads a cell; an error names its column.
  func value<Value: PostgresColumn>(_: Value.Type, row: Int, column: Int) throws -> Value {
    do {
      return try Value(postgres: cell(row: row, column: column))
    } catch var error as PostgresError {
      throw name(&error, column: column)
    }
  }

  /// The error with the column in which it came up.
  func name(_ error: inout PostgresError, column: Int) -> PostgresError {
    if error.column == nil {
      error.column = columns.names[column]
      error.message = "column \"\(columns.names[column])\": \(error.message)"
    }
    return error
  }
}

/// Something that takes statements: the shared lane, a transaction, a connection.
public protocol Database: Sendable {
  /// Takes the statement and returns at once.
  ///
  /// In a transaction and on a connection, statements run in the order of the calls; several sent before the first is
  /// awaited cost one round trip together. A transaction's go on the wire with the first that is awaited, with COMMIT, or
  /// as soon as they are long.
  func send(_ sql: SQL) -> Pending
}

extension Database {
  /// All rows.
  public func rows(_ sql: SQL) async throws -> [Row] {
    try await send(sql).rows()
  }

  /// All rows, decoded.
  public func all<Decoded: Decodable>(_ sql: SQL, as type: Decoded.Type = Decoded.self) async throws -> [Decoded] {
    try await send(sql).all(as: type)
  }

  /// The first row, decoded, nil when there is none.
  public func first<Decoded: Decodable>(_ sql: SQL, as type: Decoded.Type = Decoded.self) async throws -> Decoded? {
    try await send(sql).first(as: type)
  }

  /// The first row, decoded; none is an error of kind `noRow`.
  public func one<Decoded: Decodable>(_ sql: SQL, as type: Decoded.Type = Decoded.self) async throws -> Decoded {
    try await send(sql).one(as: type)
  }

  /// Runs the statement and says how many rows it wrote.
  @discardableResult
  public func execute(_ sql: SQL) async throws -> Int {
    try await send(sql).run()
  }
}

/// A statement on its way. It runs whether or not it is awaited.
public struct Pending: Sendable {
  /// Where the statement runs, which decides what cancelling the caller means.
  enum Origin: Sendable {
    case shared(SharedLane, Statement)
    case lease(Lease, isOfEach: Bool)
  }

  private let answer: Answer
  private let origin: Origin

  init(_ answer: Answer, _ origin: Origin) {
    self.answer = answer
    self.origin = origin
  }

  /// All rows.
  public func rows() async throws -> [Row] {
    let result = try await result()
    return (0..<result.rowCount).map { Row(result: result, index: $0) }
  }

  /// All rows, decoded by the names of their columns; a type that is a value itself is read from the only column.
  public func all<Decoded: Decodable>(as type: Decoded.Type = Decoded.self) async throws -> [Decoded] {
    let result = try await result()
    let decoder = ResultDecoder(result)
    return try (0..<result.rowCount).map { try decoder.decode(type, row: $0) }
  }

  /// The first row, decoded, nil when there is none.
  public func first<Decoded: Decodable>(as type: Decoded.Type = Decoded.self) async throws -> Decoded? {
    let result = try await result()
    return result.rowCount == 0 ? nil : try ResultDecoder(result).decode(type, row: 0)
  }

  /// The first row, decoded; none is an error of kind `noRow`.
  public func one<Decoded: Decodable>(as type: Decoded.Type = Decoded.self) async throws -> Decoded {
    guard let decoded = try await first(as: type) else {
      throw PostgresError(.noRow, "a row was expected, there is none")
    }
    return decoded
  }

  /// Waits until the statement has run and says how many rows it wrote.
  @discardableResult
  public func run() async throws -> Int {
    try await result().affected
  }

  func result() async throws -> QueryResult {
    switch origin {
    case .lease(let lease, let isOfEach):
      let result = try await lease.wait(for: answer)
      return isOfEach ? try result.parts(1)[0] : result
    case .shared(let lane, let statement):
      do {
        return try await answer.valueOrAbandoned()
      } catch let error as PostgresError where error.isStalePlan {
        // The table has changed since the statement was prepared; it did not run, and is prepared anew.
        return try await lane.send(statement).valueOrAbandoned()
      }
    }
  }
}

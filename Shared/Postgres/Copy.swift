import Synchronization

/// The open end of a COPY into a table.
struct CopyTarget: Sendable {
  let session: Session

  func write(_ bytes: [UInt8]) async throws {
    try Task.checkCancellation()
    try await session.putCopy(bytes)
  }
}

/// A row in the binary format of COPY: one value for each column that the statement names, of exactly its type.
public struct CopyRow: Sendable {
  private var fields: Int16 = 0
  private var values: [UInt8] = []

  public init() {}

  public mutating func append(_ value: some PostgresValue) {
    fields += 1
    values.append(element: value)
  }

  /// NULL when there is no value.
  public mutating func append<Value: PostgresValue>(_ value: Value?) {
    if let value { return append(value) }
    fields += 1
    values.append(bigEndian: -1 as Int32)
  }

  func encode(into bytes: inout [UInt8]) {
    bytes.append(bigEndian: fields)
    bytes += values
  }
}

/// Writes rows in the binary format of COPY, in portions of 64 KiB.
public final class CopyWriter: Sendable {
  private let target: CopyTarget
  private let buffer: Mutex<[UInt8]>

  init(_ target: CopyTarget) {
    self.target = target
    // The signature, no flags, no extension of the header.
    buffer = Mutex(Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00] + [UInt8](repeating: 0, count: 8))
  }

  /// Writes a row. Rows arrive in the order of the calls when each is awaited before the next.
  public func write(_ row: CopyRow) async throws {
    let portion = buffer.withLock { buffer -> [UInt8]? in
      row.encode(into: &buffer)
      guard buffer.count >= 65536 else { return nil }
      defer { buffer.removeAll(keepingCapacity: true) }
      return buffer
    }
    if let portion { try await target.write(portion) }
  }

  func finish() async throws {
    let last = buffer.withLock { buffer in
      buffer.append(bigEndian: -1 as Int16)
      return buffer
    }
    try await target.write(last)
  }
}

/// The rows of a COPY out of a table, without the line end in the text format.
public struct CopyRows: AsyncSequence, Sendable {
  public typealias Element = [UInt8]
  let lease: Lease
  let sql: SQL

  public func makeAsyncIterator() -> Iterator {
    Iterator(lease: lease, sql: sql)
  }

  public struct Iterator: AsyncIteratorProtocol {
    let lease: Lease
    let sql: SQL
    private var hasBegun = false
    private var isDone = false
    private var rows: ArraySlice<[UInt8]> = []

    init(lease: Lease, sql: SQL) {
      self.lease = lease
      self.sql = sql
    }

    public mutating func next() async throws -> [UInt8]? {
      if let row = rows.popFirst() { return row }
      guard !isDone else { return nil }
      let (lease, sql, isFirst) = (lease, sql, !hasBegun)
      hasBegun = true
      rows = try await lease.manually { session in
        if isFirst { try await session.begin(copy: sql, .copyOut) }
        let rows = try await session.takeCopy()
        if rows.isEmpty { _ = try await session.finishManually() }
        return rows[...]
      }
      isDone = rows.isEmpty
      return rows.popFirst()
    }
  }
}

extension Session {
  fileprivate enum Direction {
    case copyIn, copyOut
  }

  /// Sends the COPY statement and waits until the server is ready for it.
  fileprivate func begin(copy sql: SQL, _ direction: Direction) async throws {
    guard sql.bindings.isEmpty else { throw PostgresError(.server, "COPY takes no parameters", sqlState: "0A000") }
    try await beginManual(sql.text)
    switch (try await nextResult(), direction) {
    case (.copyIn, .copyIn), (.copyOut, .copyOut):
      return
    case (.failure(let error), _):
      _ = try await finishManually()
      throw error
    default:
      throw PostgresError(.server, "the statement is no COPY of this direction")
    }
  }
}

extension Lease {
  /// Runs the body while a cancelled caller cancels what the server does.
  func manually<Value: Sendable>(_ body: (Session) async throws -> Value) async throws -> Value {
    try checkOpen()
    do {
      return try await withTaskCancellationHandler {
        try await body(session)
      } onCancel: {
        cancel()
      }
    } catch {
      record(error)
      try checkCancelled()
      throw cause(of: error)
    }
  }

  func copyIn(_ sql: SQL, _ write: (CopyTarget) async throws -> Void) async throws -> Int {
    try await open()
    return try await manually { session in
      try await session.begin(copy: sql, .copyIn)
      do {
        try await write(CopyTarget(session: session))
      } catch {
        // What the server says about it comes first: it may be why writing failed.
        try await session.endCopyIn("the writer has failed")
        do { _ = try await session.finishManually() } catch let answer as PostgresError where answer.kind == .server {
          throw answer
        } catch {}
        throw error
      }
      try await session.endCopyIn(nil)
      return try await session.finishManually()?.affected ?? 0
    }
  }

  func run(script: SQL) async throws {
    try await open()
    try await manually { session in
      try await session.beginManual(script.text)
      _ = try await session.finishManually()
    }
  }
}

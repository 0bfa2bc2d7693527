import JSON

/// Rows of one kind, in the order in which they are sent; a load is one or more of these, one after the other.
struct LoadPhase {
  /// What the progress is of.
  let title: String
  let kind: RowKind
  /// The system that the rows come from, where the method asks for it.
  let source: String?
  let count: Int
  /// The text of the next row, nil at the end.
  let next: () throws -> [UInt8]?

  init(title: String, kind: RowKind, source: String? = nil, count: Int, next: @escaping () throws -> [UInt8]?) {
    self.title = title
    self.kind = kind
    self.source = source
    self.count = count
    self.next = next
  }

  init(title: String, kind: RowKind, source: String? = nil, rows: [some Encodable]) {
    var rest = rows.makeIterator()
    self.init(title: title, kind: kind, source: source, count: rows.count) {
      try rest.next().map { try encodeJSON($0) }
    }
  }
}

/// Rows that one call takes.
struct LoadPart: Sendable {
  let kind: RowKind
  /// The call's params.
  let params: [UInt8]
  /// Number of the first row within its phase, from 1.
  let firstRow: Int
  let rows: Int
}

/// Cuts the rows of a phase into parts, the same way each time: a load that goes on counts them.
struct LoadParts {
  private static let maximumBytes = 2 << 20

  private let phase: LoadPhase
  private var firstRow = 1
  /// A row that did not fit into the part before.
  private var waiting: [UInt8]?

  init(_ phase: LoadPhase) {
    self.phase = phase
  }

  mutating func next() throws -> LoadPart? {
    var rows: [[UInt8]] = []
    var bytes = 0
    while rows.count < phase.kind.rowsPerCall, let row = try waiting ?? phase.next() {
      waiting = nil
      if !rows.isEmpty, bytes + row.count > Self.maximumBytes {
        waiting = row
        break
      }
      bytes += row.count
      rows.append(row)
    }
    guard !rows.isEmpty else { return nil }
    defer { firstRow += rows.count }
    return LoadPart(
      kind: phase.kind, params: try phase.kind.params(source: phase.source, rows: rows), firstRow: firstRow,
      rows: rows.count)
  }
}

/// A statement as the session sends it.
struct Statement: Sendable {
  /// What a prepared statement is known by: the same text with parameters of other types is another statement.
  struct Key: Hashable, Sendable {
    let tokens: [SQL.Token]
    let types: [UInt32]

    var text: String { tokens.text }

    /// Of what it is made the beginning, which tells most statements apart.
    func hash(into hasher: inout Hasher) {
      hasher.combine(tokens.first)
      hasher.combine(tokens.count)
      hasher.combine(types)
    }
  }

  let key: Key
  let bindings: [PostgresBinding]

  init(_ sql: SQL) {
    key = Key(tokens: sql.tokens, types: sql.bindings.map(\.type))
    bindings = sql.bindings
  }

  /// The same look-up of several callers, asked once for all of them.
  init(gathering statements: [Statement]) {
    key = statements[0].key
    bindings = key.types.indices.map { parameter in
      PostgresBinding(gathering: statements.map { $0.bindings[parameter] })
    }
  }

  /// Whether it may be asked for several callers at once.
  var isOfEach: Bool { !bindings.isEmpty && bindings.allSatisfy(\.isOfEach) }

  /// What its parameters take on the wire.
  var byteCount: Int { bindings.reduce(0) { $0 + 4 + ($1.bytes?.count ?? 0) } }
}

/// A statement that was prepared on one connection.
final class PreparedStatement {
  let name: String
  let key: Statement.Key
  /// The server has confirmed it.
  var isReady = false
  var lastUse = 0
  var columns: Columns?

  init(name: String, key: Statement.Key) {
    self.name = name
    self.key = key
  }
}

/// First in, first out, without moving the elements at each removal.
struct Queue<Element> {
  private var elements: [Element?] = []
  private var head = 0

  var count: Int { elements.count - head }
  var isEmpty: Bool { count == 0 }
  var first: Element? { isEmpty ? nil : elements[head] }

  mutating func append(_ element: Element) {
    elements.append(element)
  }

  @discardableResult
  mutating func popFirst() -> Element? {
    guard !isEmpty else { return nil }
    let element = elements[head]
    elements[head] = nil
    head += 1
    if head == elements.count || head > 1024 {
      elements.removeFirst(head)
      head = 0
    }
    return element
  }

  mutating func remove(where isWanted: (Element) -> Bool) -> Element? {
    for index in head..<elements.count {
      if let element = elements[index], isWanted(element) {
        elements.remove(at: index)
        return element
      }
    }
    return nil
  }

  mutating func removeAll() -> [Element] {
    defer {
      elements = []
      head = 0
    }
    return elements.compactMap { $0 }
  }
}

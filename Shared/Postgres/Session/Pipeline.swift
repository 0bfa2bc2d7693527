/// What a connection in pipeline mode still owes, and which statements it has prepared: the state machine of a session,
/// without a socket.
///
/// A group is what stands between two syncs. A failure ends its own group and no other.
struct Pipeline<Ticket> {
  /// How a statement is sent.
  enum Route {
    /// Parsed and run at once, under no name.
    case unnamed
    /// Prepared first, in the same group, then run.
    case preparing(PreparedStatement)
    case prepared(PreparedStatement)
  }

  /// What to send for a statement.
  struct Submission {
    let route: Route
    /// A statement to be deallocated first, in a group of its own.
    let forgotten: String?
  }

  /// What libpq's next result says.
  enum Event {
    case success
    case failure(PostgresError)
    /// Skipped, because something before it in its group failed.
    case aborted
    /// The end of one command's results.
    case end
    case sync
  }

  /// What becomes of a ticket.
  enum Delivery {
    case success(Ticket, PreparedStatement?)
    case failure(Ticket, PostgresError)
    /// Not run, because of the failure of another one in its group.
    case skipped(Ticket, PostgresError)
  }

  private enum Expected {
    case preparation(PreparedStatement)
    case statement(Ticket, PreparedStatement?)
    /// Something whose answer nobody waits for.
    case quiet
    case sync
  }

  private let capacity: Int
  private var expected = Queue<Expected>()
  private var prepared: [Statement.Key: PreparedStatement] = [:]
  private var clock = 0
  private var names = 0
  private var groupFailure: PostgresError?
  /// The statement whose preparation has failed, and whose own failure it is therefore.
  private var unprepared: PreparedStatement?
  private var isSettled = false
  /// Statements without an answer so far.
  private(set) var waiting = 0

  init(capacity: Int = 500) {
    self.capacity = capacity
  }

  /// Nothing is owed, not even a sync.
  var isEmpty: Bool { expected.isEmpty }
  var preparedCount: Int { prepared.count }

  /// Takes a statement in; `closeGroup` follows when its group is complete.
  mutating func submit(_ key: Statement.Key, ticket: Ticket) -> Submission {
    let (route, forgotten) = route(key)
    if forgotten != nil {
      expected.append(.quiet)
      expected.append(.sync)
    }
    switch route {
    case .unnamed:
      expected.append(.statement(ticket, nil))
    case .preparing(let statement):
      expected.append(.preparation(statement))
      expected.append(.statement(ticket, statement))
    case .prepared(let statement):
      expected.append(.statement(ticket, statement))
    }
    waiting += 1
    return Submission(route: route, forgotten: forgotten)
  }

  mutating func closeGroup() {
    expected.append(.sync)
  }

  private mutating func route(_ key: Statement.Key) -> (Route, forgotten: String?) {
    clock += 1
    if let statement = prepared[key] {
      statement.lastUse = clock
      // Until the server has confirmed the preparation it may fail, for a reason that concerns its own caller only.
      return (statement.isReady ? .prepared(statement) : .unnamed, nil)
    }
    var forgotten: String?
    if prepared.count >= capacity {
      let oldest = prepared.values.filter(\.isReady).min { $0.lastUse < $1.lastUse }
      guard let oldest else { return (.unnamed, nil) }
      prepared[oldest.key] = nil
      forgotten = oldest.name
    }
    names += 1
    let statement = PreparedStatement(name: "s\(names)", key: key)
    statement.lastUse = clock
    prepared[key] = statement
    return (.preparing(statement), forgotten)
  }

  /// The prepared statement whose result comes next, if it is one.
  var nextPrepared: PreparedStatement? {
    if case .statement(_, let prepared) = expected.first { prepared } else { nil }
  }

  mutating func received(_ event: Event) -> Delivery? {
    guard let head = expected.first else { return nil }
    switch (head, event) {
    case (.sync, .sync):
      expected.popFirst()
      groupFailure = nil
      unprepared = nil
      isSettled = false
    case (.sync, _), (_, .sync):
      break
    case (_, .end):
      guard isSettled else { return nil }
      expected.popFirst()
      isSettled = false
    case (.preparation(let statement), .success):
      statement.isReady = true
      isSettled = true
    case (.preparation(let statement), .failure(let error)):
      groupFailure = groupFailure ?? error
      unprepared = statement
      forget(statement)
      isSettled = true
    case (.preparation(let statement), .aborted):
      forget(statement)
      isSettled = true
    case (.quiet, _):
      isSettled = true
    case (.statement(let ticket, let prepared), _):
      guard !isSettled else { return nil }
      isSettled = true
      waiting -= 1
      return delivery(of: event, to: ticket, prepared)
    }
    return nil
  }

  private mutating func delivery(of event: Event, to ticket: Ticket, _ prepared: PreparedStatement?) -> Delivery {
    switch event {
    case .success:
      return .success(ticket, prepared)
    case .failure(let error):
      groupFailure = groupFailure ?? error
      if let prepared, error.isStalePlan || error.sqlState == "26000" { forget(prepared) }
      return .failure(ticket, error)
    case .aborted where prepared != nil && prepared === unprepared:
      return .failure(ticket, groupFailure ?? PostgresError(.server, "the statement was not prepared"))
    case .aborted, .end, .sync:
      return .skipped(ticket, groupFailure ?? PostgresError(.server, "the statement was skipped"))
    }
  }

  private mutating func forget(_ statement: PreparedStatement) {
    if prepared[statement.key] === statement { prepared[statement.key] = nil }
  }

  /// Gives back every ticket that is without an answer, because none will come.
  mutating func abandon() -> [Ticket] {
    var tickets: [Ticket] = []
    var isHead = true
    for item in expected.removeAll() {
      if case .statement(let ticket, _) = item, !(isHead && isSettled) { tickets.append(ticket) }
      isHead = false
    }
    waiting = 0
    isSettled = false
    return tickets
  }
}

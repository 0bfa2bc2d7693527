import CLibpq
import Dispatch
import Synchronization

/// One connection to PostgreSQL, from the attempt to connect to its loss. It never comes back; a lane makes another.
///
/// Unchecked, because libpq's connection is a pointer: the mutex guards every use of it.
final class Session: @unchecked Sendable, ReactorSource {
  enum Phase {
    case connecting
    /// In pipeline mode.
    case ready
    /// Out of it, driven by one caller: COPY and scripts.
    case manual
    case broken(PostgresError)
  }

  struct Guarded {
    var phase = Phase.connecting
    var connection: OpaquePointer?
    var number: UInt64 = 0
    var pipeline = Pipeline<Answer>()
    var isWatchedForWriting = false
    var lastProgress = ContinuousClock.now
    /// How long the server may be silent while it owes an answer.
    var patience: Duration?
    /// Waits for the socket in the manual phase.
    var readiness: Answer?
    /// Waits until nothing is owed any more.
    var rest: Answer?
    var cancellations: [Answer] = []
    var listeners: [String: @Sendable (Notification?) -> Void] = [:]
  }

  /// What is done once the lock is free: whoever is resumed may come back at once.
  struct Effects {
    var settled: [(Answer, Answer.Outcome)] = []
    var calls: [() -> Void] = []
  }

  private let lock = Mutex(())
  private var guarded = Guarded()
  private let load = Atomic(0)
  let settings: SessionSettings
  private let becameReady: @Sendable (Session) -> Void
  let cameToRest: (@Sendable (Session) -> Void)?
  private let broke: @Sendable (Session, PostgresError, _ wasReady: Bool) -> Void

  init(
    _ settings: SessionSettings,
    ready: @escaping @Sendable (Session) -> Void,
    rested: (@Sendable (Session) -> Void)? = nil,
    broke: @escaping @Sendable (Session, PostgresError, _ wasReady: Bool) -> Void
  ) {
    self.settings = settings
    self.becameReady = ready
    self.cameToRest = rested
    self.broke = broke
    // Resolving a host name blocks, so it happens elsewhere than on the reactor's thread.
    blocking.async { [self] in connect() }
  }

  /// What libpq can only do by waiting: resolving a host name, and connecting once more to end a statement.
  ///
  /// A serial queue gets a thread beyond those that tasks run on. On a concurrent one, a server that says nothing would
  /// keep the threads of all tasks waiting, and with them the process.
  let blocking = DispatchQueue(label: "postgres.blocking")
  static let margin = Duration.seconds(2)

  /// Statements without an answer so far.
  var inFlight: Int { load.load(ordering: .relaxed) }

  /// Runs the body under the lock, then what it left to be done.
  @discardableResult
  func exclusively<Value: Sendable, Failure: Error>(
    _ body: (inout Guarded, inout Effects) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    var effects = Effects()
    defer {
      for (answer, outcome) in effects.settled { answer.resolve(outcome) }
      for call in effects.calls { call() }
    }
    return try lock.withLock { _ throws(Failure) in
      defer { load.store(guarded.pipeline.waiting, ordering: .relaxed) }
      return try body(&guarded, &effects)
    }
  }

  private func connect() {
    let connection = settings.connect()
    exclusively { guarded, effects in
      guard case .connecting = guarded.phase else {
        PQfinish(connection)
        return
      }
      guarded.connection = connection
      guard let connection, PQstatus(connection) != CONNECTION_BAD else {
        shut(&guarded, &effects, .connection(connection, "PostgreSQL cannot be reached"))
        return
      }
      PQsetNoticeProcessor(connection, { _, _ in }, nil)
      guarded.number = Reactor.shared.register(self)
      watch(&guarded, &effects, read: false, write: true)
    }
  }

  /// Ends the connection for the reason; whoever waits for an answer is told.
  func close(_ reason: PostgresError) {
    exclusively { guarded, effects in shut(&guarded, &effects, reason) }
  }

  func shut(_ guarded: inout Guarded, _ effects: inout Effects, _ reason: PostgresError) {
    if case .broken = guarded.phase { return }
    let wasReady = if case .connecting = guarded.phase { false } else { true }
    guarded.phase = .broken(reason)
    var lost = reason
    if lost.kind == .server { lost.kind = .unavailable }
    let waiting =
      guarded.pipeline.abandon() + guarded.cancellations
      + [guarded.readiness, guarded.rest].compactMap { $0 }
    effects.settled += waiting.map { ($0, .failure(lost)) }
    guarded.cancellations = []
    guarded.readiness = nil
    guarded.rest = nil
    let listeners = guarded.listeners.values
    effects.calls += listeners.map { listener in { listener(nil) } }
    guarded.listeners = [:]
    Reactor.shared.dismiss(guarded.number)
    if let connection = guarded.connection { PQfinish(connection) }
    guarded.connection = nil
    effects.calls.append { [self] in broke(self, lost, wasReady) }
  }

  func watch(_ guarded: inout Guarded, _ effects: inout Effects, read: Bool, write: Bool) {
    let isWatched = Reactor.shared.watch(
      PQsocket(guarded.connection), number: guarded.number, read: read, write: write)
    if !isWatched { shut(&guarded, &effects, .connection(guarded.connection, "the socket cannot be watched")) }
  }

  func tick(_ now: ContinuousClock.Instant) {
    exclusively { guarded, effects in
      let patience: Duration?
      let reason: PostgresError
      switch guarded.phase {
      case .connecting:
        patience = settings.connectTimeout
        reason = PostgresError(.unavailable, "PostgreSQL did not answer the attempt to connect")
      case .ready where !guarded.pipeline.isEmpty:
        patience = guarded.patience
        reason = PostgresError(.timeout, "PostgreSQL has stopped answering")
      case .ready, .manual, .broken:
        return
      }
      if let patience, now - guarded.lastProgress > patience { shut(&guarded, &effects, reason) }
    }
  }

  func socketIsReady() {
    exclusively { guarded, effects in
      switch guarded.phase {
      case .connecting:
        pollConnecting(&guarded, &effects)
      case .ready:
        receive(&guarded, &effects)
      case .manual:
        guard let readiness = guarded.readiness else {
          // Nothing is watched for, so this is the other side hanging up.
          shut(&guarded, &effects, PostgresError(.unavailable, "the connection to PostgreSQL was lost"))
          return
        }
        guarded.readiness = nil
        watch(&guarded, &effects, read: false, write: false)
        effects.settled.append((readiness, .failure(CancellationError())))
      case .broken:
        break
      }
    }
  }

  private func pollConnecting(_ guarded: inout Guarded, _ effects: inout Effects) {
    guard let connection = guarded.connection else { return }
    switch PQconnectPoll(connection) {
    case PGRES_POLLING_READING:
      watch(&guarded, &effects, read: true, write: false)
    case PGRES_POLLING_WRITING:
      watch(&guarded, &effects, read: false, write: true)
    case PGRES_POLLING_OK:
      guard PQsetnonblocking(connection, 1) == 0, PQenterPipelineMode(connection) == 1 else {
        shut(&guarded, &effects, .connection(connection, "pipeline mode was refused"))
        return
      }
      guarded.phase = .ready
      guarded.patience = patience(settings.statementTimeout)
      watch(&guarded, &effects, read: true, write: false)
      effects.calls.append { [self] in becameReady(self) }
    default:
      shut(&guarded, &effects, .connection(connection, "PostgreSQL cannot be reached"))
    }
  }

  /// How long to wait for a server that is to end a statement by itself.
  private func patience(_ statementTimeout: Duration) -> Duration? {
    statementTimeout == .zero ? nil : statementTimeout + Session.margin
  }

  /// Waits for the server longer, or less long, than the settings say; nil is as they say.
  func expect(statementTimeout: Duration?) {
    exclusively { guarded, _ in guarded.patience = patience(statementTimeout ?? settings.statementTimeout) }
  }
}

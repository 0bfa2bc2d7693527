import Synchronization

/// A few connections that all callers use at once, each for a group of look-ups at a time.
///
/// Where a connection is free a statement goes out as soon as its caller's executor has run what is ready: an event loop
/// that has read the requests of several connections so sends the look-ups of all of them together. Those that come while
/// all connections are taken wait, and the first that is free again takes them. A group is one message to the server, one
/// transaction, one message back, so the more callers there are the less each of them costs. Look-ups written for several
/// callers, with `SQL`'s `each`, are one statement for all in a group who make the same. A failure ends its group;
/// whom that skipped goes out again alone, so it is the caller of the failed statement only who hears of it. Since a
/// statement may so run with others in a transaction that is rolled back, the sessions of the lane are read-only.
final class SharedLane: Database {
  private struct Waiting {
    let statement: Statement
    let answer: Answer
    let deadline: ContinuousClock.Instant
    var isAlone = false
  }

  /// A session that is connected, and the group it has in hand; none when it is free.
  private struct Place {
    let session: Session
    var inHand: [Waiting] = []
  }

  /// A group on its way to a session.
  private struct Dispatch {
    let session: Session
    let group: [(Statement, Answer)]
  }

  private struct State {
    var places: [Place] = []
    /// Sessions that exist or are about to.
    var size = 0
    var waiting = Queue<Waiting>()
    var backoff = Backoff()
    var lastFailure: PostgresError?
    var isWatching = false
    /// Something has been told to send what waits.
    var isSending = false
    var reconnects = 0
    var isClosed = false

    /// The next group for a session that is free, now in its hands.
    mutating func dispatch() -> Dispatch? {
      guard !waiting.isEmpty, let place = places.firstIndex(where: { $0.inHand.isEmpty }) else { return nil }
      var group: [Waiting] = []
      while group.count < SharedLane.groupLimit, let next = waiting.first, group.isEmpty || !next.isAlone {
        waiting.popFirst()
        group.append(next)
        if next.isAlone { break }
      }
      places[place].inHand = group
      return Dispatch(session: places[place].session, group: SharedLane.asked(group))
    }

    /// Puts what a session has not answered back among those that wait.
    mutating func takeBack(_ group: [Waiting], alone: Bool = false) {
      for var item in group where item.answer.isOpen {
        item.isAlone = item.isAlone || alone
        waiting.append(item)
      }
    }
  }

  /// What is asked for a group: look-ups that are alike but for what they look up are one statement.
  private static func asked(_ group: [Waiting]) -> [(Statement, Answer)] {
    var asked: [(Statement, Answer)] = []
    var rest = group
    while let first = rest.first {
      guard first.statement.isOfEach else {
        asked.append((first.statement, first.answer))
        rest.removeFirst()
        continue
      }
      let alike = rest.filter { $0.statement.key == first.statement.key }
      rest.removeAll { $0.statement.key == first.statement.key }
      asked.append((Statement(gathering: alike.map(\.statement)), shared(alike.map(\.answer))))
    }
    return asked
  }

  /// The place for an answer that is told to several callers, each their part.
  private static func shared(_ answers: [Answer]) -> Answer {
    Answer { outcome in
      switch outcome.flatMap({ whole in Result { try whole.parts(answers.count) } }) {
      case .success(let parts):
        for (answer, part) in zip(answers, parts) { answer.resolve(.success(part)) }
      // Whose value was the reason, or whether it was too much together, shows when each is asked again, alone.
      case .failure(let error as PostgresError) where answers.count > 1 && error.isOfStatement:
        break
      case .failure(let error):
        for answer in answers { answer.resolve(.failure(error)) }
      }
    }
  }

  /// Larger groups save nothing more and make the first of them wait for the last.
  private static let groupLimit = 32

  private let configuration: PostgresConfiguration
  private let state = Mutex(State())

  init(_ configuration: PostgresConfiguration) {
    self.configuration = configuration
  }

  deinit {
    close()
  }

  func send(_ sql: SQL) -> Pending {
    let statement = Statement(sql)
    return Pending(send(statement), .shared(self, statement))
  }

  func send(_ statement: Statement) -> Answer {
    let answer = Answer()
    let deadline = ContinuousClock.now + configuration.acquireTimeout
    let (refusal, mustSend, needsCare) = state.withLock { state -> (PostgresError?, Bool, Bool) in
      if state.isClosed { return (PostgresError(.unavailable, "the pool is closed"), false, false) }
      guard configuration.sharedConnections > 0, state.waiting.count < configuration.sharedQueueLimit
      else { return (PostgresError(.unavailable, "too many statements wait for PostgreSQL"), false, false) }
      state.waiting.append(Waiting(statement: statement, answer: answer, deadline: deadline))
      if state.isSending { return (nil, false, false) }
      state.isSending = state.places.contains { $0.inHand.isEmpty }
      let isUnwatched = !state.isSending && !state.isWatching
      return (nil, state.isSending, isUnwatched || state.size < configuration.sharedConnections)
    }
    if let refusal { answer.resolve(.failure(refusal)) }
    if mustSend { sendWaiting() }
    if needsCare {
      open()
      watchWaiting()
    }
    return answer
  }

  /// Sends what waits, after the jobs that the caller's executor has before this one.
  private func sendWaiting() {
    let executor = withUnsafeCurrentTask { $0?.unownedTaskExecutor?.asTaskExecutor() }
    guard let executor else { return sendWaitingNow() }
    Task.detached(executorPreference: executor) { self.sendWaitingNow() }
  }

  private func sendWaitingNow() {
    state.withLock { $0.isSending = false }
    while let dispatch = state.withLock({ $0.dispatch() }) { submit(dispatch) }
    // More than the connections take at once.
    watchWaiting()
  }

  private func submit(_ first: Dispatch) {
    var next: Dispatch? = first
    while let dispatch = next {
      if dispatch.session.submit(dispatch.group) { return }
      // It has just broken. Whoever comes second, this or the news of it, finds nothing left to take back.
      next = state.withLock { state in
        guard let place = state.places.firstIndex(where: { $0.session === dispatch.session }) else { return nil }
        let group = state.places.remove(at: place).inHand
        state.takeBack(group)
        return state.dispatch()
      }
    }
  }

  /// Makes the sessions that are missing.
  func open() {
    let missing = state.withLock { state in
      guard !state.isClosed else { return 0 }
      let missing = configuration.sharedConnections - state.size
      state.size += max(0, missing)
      return max(0, missing)
    }
    for _ in 0..<missing { connect() }
  }

  private func connect() {
    _ = Session(
      SessionSettings(configuration, isShared: true),
      ready: { [weak self] session in
        guard let self else { return session.close(PostgresError(.unavailable, "the pool is gone")) }
        becameReady(session)
      },
      rested: { [weak self] session in self?.cameToRest(session) },
      broke: { [weak self] session, error, wasReady in self?.broke(session, error, wasReady) })
  }

  private func becameReady(_ session: Session) {
    let (isClosed, dispatch) = state.withLock { state -> (Bool, Dispatch?) in
      if state.isClosed { return (true, nil) }
      state.places.append(Place(session: session))
      state.backoff.reset()
      return (false, state.dispatch())
    }
    if isClosed { session.close(PostgresError(.unavailable, "the pool is closed")) }
    if let dispatch { submit(dispatch) }
  }

  private func cameToRest(_ session: Session) {
    let dispatch = state.withLock { state -> Dispatch? in
      guard let place = state.places.firstIndex(where: { $0.session === session }) else { return nil }
      let group = state.places[place].inHand
      state.places[place].inHand = []
      state.takeBack(group, alone: true)
      return state.dispatch()
    }
    if let dispatch { submit(dispatch) }
  }

  private func broke(_ session: Session, _ error: PostgresError, _ wasReady: Bool) {
    let (delay, dispatch) = state.withLock { state -> (Duration?, Dispatch?) in
      if let place = state.places.firstIndex(where: { $0.session === session }) {
        let group = state.places.remove(at: place).inHand
        state.takeBack(group)
      }
      state.lastFailure = error
      if wasReady { state.reconnects += 1 }
      // It keeps its place in `size` while it waits to be replaced.
      return state.isClosed ? (nil, nil) : (state.backoff.next(), state.dispatch())
    }
    if let dispatch { submit(dispatch) }
    guard let delay else { return failAll() }
    watchWaiting()
    Reactor.shared.after(delay) { [weak self] in
      guard let self, !state.withLock({ $0.isClosed }) else { return }
      connect()
    }
  }

  /// Fails what has waited too long; one timer runs while anything waits.
  private func watchWaiting() {
    let next = state.withLock { state -> Duration? in
      guard !state.isWatching, let first = state.waiting.first else { return nil }
      state.isWatching = true
      return first.deadline - .now
    }
    guard let next else { return }
    Reactor.shared.after(max(.milliseconds(1), next)) { [weak self] in self?.expireWaiting() }
  }

  private func expireWaiting() {
    let (expired, reason) = state.withLock { state in
      state.isWatching = false
      var expired: [Answer] = []
      while let first = state.waiting.first, first.deadline <= .now {
        expired.append(first.answer)
        state.waiting.popFirst()
      }
      let isConnected = !state.places.isEmpty
      let busy = "too many statements wait for PostgreSQL"
      return (expired, isConnected ? busy : state.lastFailure?.message ?? "connecting takes too long")
    }
    for answer in expired { answer.resolve(.failure(PostgresError(.unavailable, reason))) }
    watchWaiting()
  }

  func close() {
    let sessions = state.withLock { state in
      state.isClosed = true
      return state.places.map(\.session)
    }
    failAll()
    for session in sessions { session.close(PostgresError(.unavailable, "the pool is closed")) }
  }

  private func failAll() {
    let waiting = state.withLock { $0.waiting.removeAll() }
    let reason = PostgresError(.unavailable, "the pool is closed")
    for item in waiting { item.answer.resolve(.failure(reason)) }
  }

  var reconnects: Int { state.withLock { $0.reconnects } }
}

extension PostgresError {
  /// The server has refused or ended the statement, and goes on.
  fileprivate var isOfStatement: Bool { sqlState != nil && (kind == .server || kind == .timeout) }
}

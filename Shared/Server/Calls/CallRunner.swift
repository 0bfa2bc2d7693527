import CustomerBase
import JSON
import JSONRPC
import Logging
import Models
import Postgres

/// Runs a service's calls, whoever brings them: access, params, idempotency, transaction, deadline, errors.
public struct CallRunner: Sendable {
  let service: any SuiteService.Type
  let pool: PostgresPool
  let clock: @Sendable () -> Timestamp
  let ids: IDGenerator
  let privacy: PrivacyMeans
  let logger: Logger
  /// Told after each commit that may have added to the journal.
  let committed: @Sendable () -> Void
  /// How long a call may take.
  var deadline: @Sendable (Access) -> Duration = { .seconds($0.deadlineSeconds) }
  /// Which clients may call what; nil where no certificates are asked for.
  var clients: ClientAccess?
  private let methods: [String: KnownMethod]
  private let unknownMethods = CallMetrics(method: CallMetrics.unknownMethod)
  private let deadlines = Deadlines()

  init(
    service: any SuiteService.Type, pool: PostgresPool, clock: @escaping @Sendable () -> Timestamp, ids: IDGenerator,
    privacy: PrivacyMeans = .none, logger: Logger, committed: @escaping @Sendable () -> Void
  ) {
    self.service = service
    self.pool = pool
    self.clock = clock
    self.ids = ids
    self.privacy = privacy
    self.logger = logger
    self.committed = committed
    methods = Dictionary(uniqueKeysWithValues: service.allMethods.map { ($0.name, KnownMethod($0)) })
  }

  /// The method of this name; nil where the service has none.
  func method(_ name: String) -> KnownMethod? { methods[name] }

  /// Runs one call.
  func run(_ request: RPCRequest, for ticket: Ticket) async -> Result<CallAnswer, RPCError> {
    let known = methods[request.method]
    return await observed(known, ticket) {
      let known = try admitted(known, ticket)
      let method = try known.entry.decode(request.params, positional: false)
      let key = try ticket.key(of: request).map { RepeatKey(key: $0, request: request) }
      return try await perform(Prepared(known: known, method: method, key: key), ticket)
    }
  }

  /// Runs a method that is made already.
  func run<M: Method>(_ method: M, for ticket: Ticket) async -> Result<CallAnswer, RPCError> {
    let known = methods[M.name]
    return await observed(known, ticket) {
      let known = try admitted(known, ticket)
      return try await perform(Prepared(known: known, method: method, key: nil), ticket)
    }
  }

  /// A call that may run.
  private struct Prepared: Sendable {
    let known: KnownMethod
    let method: any RPCMethod<Call>
    let key: RepeatKey?

    var name: String { known.name }
    var access: Access { known.access }

    func run(in call: Call) async throws -> [UInt8] { try await known.entry.run(decoded: method, in: call) }
  }

  /// A key that makes the call repeatable, and what tells the call from another one.
  private struct RepeatKey: Sendable {
    let key: String
    let request: RPCRequest
    /// Made where it is needed, when the database is at work on what the call has sent.
    var digest: [UInt8] { request.digest() }
  }

  private func admitted(_ known: KnownMethod?, _ ticket: Ticket) throws -> KnownMethod {
    guard let known else { throw RPCError.methodNotFound }
    if let refusal = known.access.refusal(of: ticket.principal) { throw refusal }
    // What needs no token needs no listing either.
    if !known.access.isOpen, let objection = clients?.objection(to: ticket, calling: known.name, of: service.name) {
      var metadata = ticket.metadata(known.name)
      metadata["client"] = "\(ticket.clientCertificate?.names.joined(separator: " ") ?? "")"
      metadata["reason"] = "\(objection)"
      logger.info("A client was refused.", metadata: metadata)
      throw RefusedCall.forbidden(reason: objection)
    }
    return known
  }

  private func observed(
    _ method: KnownMethod?, _ ticket: Ticket, _ body: () async throws -> CallAnswer
  ) async -> Result<CallAnswer, RPCError> {
    let start = ContinuousClock.now
    let result: Result<CallAnswer, RPCError>
    do {
      result = .success(try await body())
    } catch {
      result = .failure(answer(error, of: method, ticket))
    }
    record(method, result, ContinuousClock.now - start, ticket)
    return result
  }

  private func perform(_ prepared: Prepared, _ ticket: Ticket) async throws -> CallAnswer {
    let access = prepared.access
    // Whether the caller may see the customer and what there is to see must be asked of one state of the data.
    if access.effect == .read, ticket.principal?.role != .customer {
      // The shared lane ends its statements by itself, long before the deadline.
      let call = call(ticket, method: prepared.name, pool.shared)
      try await admit(prepared, call)
      return CallAnswer(json: try await prepared.run(in: call))
    }
    let isWrite = access.effect == .write
    return try await deadlines.run(within: deadline(access), for: ticket.presence, staysHere: isWrite) {
      switch access.effect {
      case .read, .snapshot, .report:
        let timeout: Duration? = access.effect == .report ? .seconds(access.deadlineSeconds) : nil
        return try await pool.transaction(.snapshot, statementTimeout: timeout) { transaction in
          let call = call(ticket, method: prepared.name, transaction)
          try await admit(prepared, call)
          return CallAnswer(json: try await prepared.run(in: call))
        }
      case .write:
        return try await write(prepared, ticket)
      }
    }
  }

  /// Runs a writing call in a transaction of its own, again where it lost against another one.
  private func write(_ prepared: Prepared, _ ticket: Ticket) async throws -> CallAnswer {
    var attempt = 1
    while true {
      do {
        let answer = try await pool.transaction { try await write(prepared, ticket, in: $0) }
        committed()
        return answer
      } catch {
        if let answer = try await keptAnswer(insteadOf: error, prepared, ticket) { return answer }
        guard attempt < 5, isWorthRerunning(error) else { throw error }
        try await Task.sleep(for: .milliseconds(Int.random(in: 1...(10 * attempt))))
        attempt += 1
      }
    }
  }

  /// The key that makes the call repeatable, and whose it is.
  private func repeatable(_ prepared: Prepared, _ ticket: Ticket) -> (owner: String, RepeatKey)? {
    // What is secret is not kept to be answered again.
    if prepared.method is any Secretive { return nil }
    return ticket.principal.flatMap { principal in prepared.key.map { (owner: principal.key, $0) } }
  }

  private func write(_ prepared: Prepared, _ ticket: Ticket, in transaction: Transaction) async throws -> CallAnswer {
    let call = call(ticket, method: prepared.name, transaction)
    let base = call.customerBase
    let kept = repeatable(prepared, ticket)
    let taken = kept.map { base.takeKey($0.1.key, of: $0.owner) }
    if prepared.method is any Erasing { base.takeErasureLock() } else { base.shareErasureLock() }
    let json: [UInt8]
    do {
      try await admit(prepared, call)
      json = try await prepared.run(in: call)
    } catch {
      // Whether the call may run at all comes before what it has to say.
      try await taken?.run()
      throw error
    }
    if let (owner, key) = kept {
      base.keepAnswer(
        RawJSON(wellFormed: json), for: key.key, of: owner, digest: key.digest, about: call.touched.all)
    }
    return CallAnswer(json: json)
  }

  /// What the same call was answered when it came before. Nil where the error is another one than that the key was used,
  /// and where nothing is kept any more.
  private func keptAnswer(
    insteadOf error: any Error, _ prepared: Prepared, _ ticket: Ticket
  ) async throws -> CallAnswer? {
    guard let refusal = KeyRefusal(error), let (owner, key) = repeatable(prepared, ticket) else { return nil }
    if refusal == .held { throw RefusedCall.inProgress }
    let base = call(ticket, method: prepared.name, pool.shared).customerBase
    switch try await base.keyState(key.key, of: owner, digest: key.digest) {
    case .unused: return nil
    case .answered(let answer): return CallAnswer(json: answer.utf8, isReplayed: true)
    case .mismatched: throw RefusedCall.idempotencyMismatch
    }
  }

  private func isWorthRerunning(_ error: any Error) -> Bool {
    error is RerunCall || (error as? PostgresError)?.isSerialisationFailure == true || KeyRefusal(error) == .used
  }

  private func call(_ ticket: Ticket, method: String, _ database: any Database) -> Call {
    Call(
      principal: ticket.principal, now: ticket.now, requestID: ticket.requestID, database: database,
      customerBase: CustomerBase(
        database: database, now: ticket.now, ids: ids,
        author: Author(service: service.name, method: method, actor: ticket.principal?.key ?? "anonymous"),
        privacy: privacy),
      service: service, touched: TouchedProfiles())
  }

  /// Whether the call may be about the customer it names: whether the caller may see that customer, and whether the
  /// customer lets the method's purpose be served.
  private func admit(_ prepared: Prepared, _ call: Call) async throws {
    try await admitCaller(prepared.method, call)
    guard let purpose = prepared.known.askedPurpose, let method = prepared.method as? any AboutCustomer else { return }
    guard let verdict = try await call.customerBase.consent(of: method.customer, to: purpose.text, on: nil) else {
      throw Failure.notFound.about("customer")
    }
    guard verdict.allowed else { throw Failure.consentMissing.about("\(purpose.text): \(verdict.reason)") }
  }

  /// A caller of the role `customer` sees one customer only; any other is as if it were not there.
  private func admitCaller(_ method: any RPCMethod<Call>, _ call: Call) async throws {
    guard call.principal?.role == .customer, let method = method as? any AboutCustomer else { return }
    let own = try call.namedCustomer()
    if method.customer == own { return }
    let rows = try await call.database.rows(
      """
      SELECT m.profile FROM base.members m JOIN base.members o ON o.customer = m.customer
      WHERE m.profile = \(method.customer) AND o.profile = \(own)
      """)
    if rows.isEmpty { throw Failure.notFound.about("customer") }
  }

  /// What the caller is told of an error: what is declared as it is, everything else as an internal error.
  private func answer(_ error: any Error, of method: KnownMethod?, _ ticket: Ticket) -> RPCError {
    switch error {
    case let refused as RefusedCall:
      return refused.answer(ticket)
    case let error as RPCError:
      return error.detailed(ticket)
    case let param as InvalidParam:
      let fault = RPCParamFault(path: param.path, rule: param.rule, message: param.message)
      return RPCError.invalidParams.detailed(ticket, faults: [fault])
    case _ where paramFaults(from: error) != nil:
      return RPCError.invalidParams.detailed(ticket, faults: paramFaults(from: error) ?? [])
    case let error as PostgresError where error.sqlState == erasedState && method.declares(.erased):
      return RPCError(Failure.erased, ticket)
    case let failure as Failure where method.declares(failure):
      return RPCError(failure, ticket)
    case let error as PostgresError where error.kind == .unknownOutcome:
      logger.warning("the database cannot answer: \(error)", metadata: ticket.metadata(method.name))
      let told = "whether the call took effect is not known; repeat it with its idempotency key"
      return RPCError(Failure.unavailable.about(told), ticket)
    case let error as PostgresError where error.kind == .unavailable || error.isShortage:
      logger.warning("the database cannot answer: \(error)", metadata: ticket.metadata(method.name))
      return RPCError(Failure.unavailable, ticket)
    case let error as PostgresError where error.isOutOfRange:
      let fault = RPCParamFault(path: "/params", rule: "range", message: "has a value beyond what can be kept")
      return RPCError.invalidParams.detailed(ticket, faults: [fault])
    case let error as PostgresError where error.kind == .timeout:
      return RefusedCall.deadlineExceeded.answer(ticket)
    case is RerunCall:
      return RPCError(Failure.conflict.about("the call met others at every attempt"), ticket)
    case let error as PostgresError where error.isSerialisationFailure:
      return RPCError(Failure.conflict.about("the call met others at every attempt"), ticket)
    case is CancellationError:
      return RPCError(Failure.unavailable, ticket)
    default:
      logger.error("\(error)", metadata: ticket.metadata(method.name))
      return RPCError.internalError.detailed(ticket)
    }
  }

  /// Counts the call, and logs it: refused calls and slow ones always, all others at the level `debug`, since the
  /// metrics and the journal tell of them already.
  private func record(
    _ method: KnownMethod?, _ result: Result<CallAnswer, RPCError>, _ duration: Duration, _ ticket: Ticket
  ) {
    let code: Int = if case .failure(let error) = result { error.code.rawValue } else { 0 }
    (method?.metrics ?? unknownMethods).record(code: code, duration)
    let isSlow = duration >= .seconds(1)
    let level: Logger.Level = isSlow ? .notice : code == 0 ? .debug : .info
    // Most calls say nothing in the log, and their metadata need not be made for that.
    guard logger.logLevel <= level else { return }
    var metadata = ticket.metadata(method.name)
    metadata["code"] = "\(code)"
    metadata["duration_ms"] = .stringConvertible(Int(duration / .milliseconds(1)))
    logger.log(level: level, code == 0 ? "answered" : "refused", metadata: metadata)
  }
}

extension PostgresError {
  /// A value is well-formed and more than PostgreSQL can keep: a number out of range, or something too large.
  fileprivate var isOutOfRange: Bool { sqlState == "22003" || sqlState == "54000" }

  /// PostgreSQL lacks something now and not for ever: room on its disk, memory, connections, a lock, a disk that works,
  /// or the right to write while it stands by.
  fileprivate var isShortage: Bool {
    guard let sqlState else { return false }
    return sqlState.hasPrefix("53") || ["25006", "55P03", "58030"].contains(sqlState)
  }
}

/// What a call answered.
struct CallAnswer: Sendable {
  var json: [UInt8]
  /// Whether it is the kept answer of an earlier call.
  var isReplayed = false
}

import CustomerBase
import JSONRPC
import Logging
import Models
import Postgres

/// What a service's own routes need: the calls behind them, and who a write key speaks for.
public struct ServiceEndpoint: Sendable {
  let calls: CallRunner
  let verifier: TokenVerifier

  /// The principal of a key that came in another way than as a bearer token; nil when it does not hold.
  public func principal(ofKey key: String) async -> Principal? {
    try? await verifier.verify(key, now: calls.clock())
  }

  /// Runs a method as if it had come by JSON-RPC.
  public func answer<M: Method>(_ method: M, from caller: Caller) async -> Result<[UInt8], RouteRefusal> {
    if case .refused(let seconds) = caller.limiter.take(1) {
      return .failure(
        RouteRefusal(status: 429, message: "More calls than the rate limit allows.", retryAfterSeconds: seconds))
    }
    return await calls.run(method, for: Ticket(caller, now: calls.clock())).map(\.json).mapError(RouteRefusal.init)
  }
}

extension ServiceEndpoint {
  /// Why the caller may not use a route as if they called this method; nil when they may. Counts as a call.
  public func refusal<M: Method>(of caller: Caller, calling method: M.Type) -> Refusal? {
    guard M.access.allows(caller.principal) else {
      return caller.principal.map { .forbidden(M.access.demand(on: $0)) } ?? .unauthenticated()
    }
    if let objection = calls.clients?.objection(
      to: Ticket(caller, now: calls.clock()), calling: M.name, of: calls.service.name)
    {
      return .forbidden("\(objection)")
    }
    if case .refused(let seconds) = caller.limiter.take(1) { return .tooManyCalls(retryAfterSeconds: seconds) }
    return nil
  }

  /// One transaction of a route that does a method's work, with the rights and in the name of its caller.
  public func write<M: Method, T: Sendable>(
    as method: M.Type, for caller: Caller, _ body: (CustomerBase) async throws -> T
  ) async throws(Refusal) -> T {
    try await answered(caller) {
      try await calls.pool.transaction { transaction in
        let base = CustomerBase(
          database: transaction, now: calls.clock(), ids: calls.ids,
          author: Author(service: calls.service.name, method: M.name, actor: caller.principal?.key ?? "anonymous"))
        base.shareErasureLock()
        return try await body(base)
      }
    }
  }

  /// Look-ups of a route.
  public func read<T: Sendable>(
    for caller: Caller, _ body: (any Database) async throws -> T
  ) async throws(Refusal) -> T {
    try await answered(caller) { try await body(calls.pool.shared) }
  }

  public var now: Timestamp { calls.clock() }
  public var ids: IDGenerator { calls.ids }

  private func answered<T>(_ caller: Caller, _ body: () async throws -> T) async throws(Refusal) -> T {
    do {
      return try await body()
    } catch let refusal as Refusal {
      throw refusal
    } catch let error as PostgresError where error.kind != .decoding && error.kind != .noRow && !error.isRefusal {
      calls.logger.warning("the database cannot answer: \(error)", metadata: ["request_id": "\(caller.requestID)"])
      throw .unavailable("The database does not answer.")
    } catch is CancellationError {
      throw .unavailable("The call was given up.")
    } catch {
      calls.logger.error("\(error)", metadata: ["request_id": "\(caller.requestID)"])
      throw .internalError
    }
  }
}

extension PostgresError {
  /// The server found the statement itself wrong.
  fileprivate var isRefusal: Bool { kind == .server && sqlState?.hasPrefix("53") != true && !isSerialisationFailure }
}

/// A failed call in the terms of HTTP, for routes that are not JSON-RPC.
public struct RouteRefusal: Error, Sendable {
  public let status: Int
  public let message: String
  public let retryAfterSeconds: Int?

  init(status: Int, message: String, retryAfterSeconds: Int?) {
    self.status = status
    self.message = message
    self.retryAfterSeconds = retryAfterSeconds
  }

  init(_ error: RPCError) {
    let status =
      switch error.code {
      case .unauthenticated: 401
      case .forbidden: 403
      case .unavailable, .deadlineExceeded: 503
      case .internalError: 500
      default: 400
      }
    self.init(status: status, message: error.message, retryAfterSeconds: status == 503 ? 1 : nil)
  }
}

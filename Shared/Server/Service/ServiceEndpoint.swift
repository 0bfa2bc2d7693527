import JSONRPC
import Models

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

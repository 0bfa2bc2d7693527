import JSON
import JSONRPC
import Models
import Synchronization

/// Answers a service's HTTP requests: envelopes of JSON-RPC, the contract, and what else the service serves.
struct ServiceResponder: HTTPResponder {
  let calls: CallRunner
  let welcome: [UInt8]
  let contract: [UInt8]
  let routes: [HTTPRoute]
  private let addressLimiter = RateLimiter()

  /// Largest envelope that is not one bulk call.
  private static let ordinaryBytes = 1 << 20

  init(_ endpoint: ServiceEndpoint, version: String) throws {
    calls = endpoint.calls
    contract = Array(calls.service.contract.utf8)
    routes = calls.service.routes(endpoint)
    welcome = try encodeJSON(
      Welcome(
        service: calls.service.name, version: version, summary: calls.service.summary,
        links: ["rpc": "/rpc", "contract": "/openrpc.json"]))
  }

  func respond(to body: [UInt8], from caller: Caller) async -> RPCAnswer {
    let ticket = Ticket(caller, now: calls.clock())
    let envelope: RPCEnvelope
    do throws(RPCRefusal) {
      envelope = try RPCEnvelope(parsing: body)
    } catch {
      if body.count > Self.ordinaryBytes { return .refused(.tooLarge(maximumBytes: Self.ordinaryBytes)) }
      return .body(answer(error, ticket), replayed: false)
    }
    if let refusal = refusal(of: envelope, bytes: body.count, caller) { return .refused(refusal) }
    if case .batch = envelope, caller.idempotencyKey != nil {
      let error = RPCError.invalidRequest.detailed(
        ticket, detail: "The header Idempotency-Key is for single calls; use params._meta.idempotencyKey.")
      return .body(JSONRPC.respond(to: RPCRefusal(id: .null, error: error)), replayed: false)
    }
    let replays = Replays()
    let answer = await JSONRPC.respond(to: envelope.detailed(ticket), concurrently: false) { request in
      await calls.run(request, for: ticket).map { answer in
        if answer.isReplayed { replays.note() }
        return answer.json
      }
    }
    guard let answer else { return .nothing }
    return .body(answer, replayed: envelope.isSingle && replays.any)
  }

  private func answer(_ refusal: RPCRefusal, _ ticket: Ticket) -> [UInt8] {
    JSONRPC.respond(to: RPCRefusal(id: refusal.id, error: refusal.error.detailed(ticket)))
  }

  /// What can only be told after parsing: size, token, rate.
  private func refusal(of envelope: RPCEnvelope, bytes: Int, _ caller: Caller) -> Refusal? {
    let all = envelope.calls
    let methods = all.compactMap { try? $0.get() }.map { calls.method($0.method) }
    if bytes > Self.ordinaryBytes, !(envelope.isSingle && methods.contains { $0?.isBulk == true }) {
      return .tooLarge(maximumBytes: Self.ordinaryBytes)
    }
    if caller.principal == nil, !methods.allSatisfy({ $0?.access.isOpen == true }) { return .unauthenticated() }
    if case .refused(let seconds) = caller.limiter.take(all.count) { return .tooManyCalls(retryAfterSeconds: seconds) }
    return refusalByAddress(methods, caller)
  }

  /// What is limited by address counts by method, so that one does not use up another's calls.
  private func refusalByAddress(_ methods: [KnownMethod?], _ caller: Caller) -> Refusal? {
    let limited = methods.compactMap { $0?.ratePerAddress == nil ? nil : $0 }
    if limited.isEmpty { return nil }
    for (method, calls) in Dictionary(grouping: limited, by: \.name) {
      guard let rate = calls[0].ratePerAddress else { continue }
      let key = "\(method)|\(caller.address)"
      if case .refused(let seconds) = addressLimiter.take(calls.count, from: key, rate: rate) {
        return .tooManyCalls(retryAfterSeconds: seconds)
      }
    }
    return nil
  }

  func refusal(_ refusal: Refusal, requestID: String) -> [UInt8] {
    let data = ErrorData(
      type: refusal.type, detail: refusal.detail, requestID: requestID,
      retryable: [408, 429, 503].contains(refusal.status),
      retryAfterMs: refusal.retryAfterSeconds.map { $0 * 1000 })
    let error = RPCError(
      code: RPCErrorCode(rawValue: refusal.code), message: refusal.message, data: data.json)
    return JSONRPC.respond(to: RPCRefusal(id: .null, error: error))
  }
}

private struct Welcome: Codable {
  var service: String
  var version: String
  var summary: String
  var links: [String: String]
}

extension Refusal {
  fileprivate var message: String {
    switch code {
    case -32600: "Invalid Request"
    case -32603: "Internal error"
    case -32001: Failure.unauthenticated.message
    case -32003: Failure.forbidden.message
    case -32004: Failure.notFound.message
    case -32005: "More was asked for than the service takes."
    default: Failure.unavailable.message
    }
  }
}

extension RPCEnvelope {
  fileprivate var isSingle: Bool {
    if case .single = self { true } else { false }
  }

  /// The same envelope, its refused elements with the suite's `data`.
  fileprivate func detailed(_ ticket: Ticket) -> RPCEnvelope {
    func detailed(_ call: Result<RPCRequest, RPCRefusal>) -> Result<RPCRequest, RPCRefusal> {
      call.mapError { RPCRefusal(id: $0.id, error: $0.error.detailed(ticket)) }
    }
    return switch self {
    case .single(let call): .single(detailed(call))
    case .batch(let calls): .batch(calls.map(detailed))
    }
  }
}

/// Whether an answer of the envelope was a kept one.
private final class Replays: Sendable {
  private let found = Mutex(false)

  func note() { found.withLock { $0 = true } }

  var any: Bool { found.withLock { $0 } }
}

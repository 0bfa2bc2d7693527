import Foundation
import JSON

/// Calls the methods of all services over TLS, each call again while that may help.
final class SuiteClient: Sendable {
  let state: StateFolder
  let ports: Ports
  private let clients: [Service: ServiceClient]

  /// Throws unless the suite of the state folder is running.
  init(_ state: StateFolder = StateFolder()) throws {
    guard ProcessIdentity.recorded(in: state.supervisorRecord) != nil else {
      throw Fault(
        "The suite in \(state.path) is not running: start it with `ecrm up --detach`, or name another state folder with "
          + "ECRM_HOME.")
    }
    self.state = state
    let ports = try state.recordedPorts()
    self.ports = ports
    self.clients = Dictionary(
      uniqueKeysWithValues: try Service.allCases.map { ($0, try ServiceClient($0, state: state, ports: ports)) })
  }

  /// Calls the method and returns the text of its result. A write carries the key, so that it takes effect once however
  /// often it is sent.
  func call(
    _ service: Service, _ method: String, params: [UInt8], idempotencyKey: String? = nil
  ) async throws -> [UInt8] {
    guard let client = clients[service] else { throw Fault("There is no service \(service.rawValue).") }
    return try await retried(method) {
      try await client.call(method, params: params, idempotencyKey: idempotencyKey)
    }
  }

  /// Calls the method and returns its result.
  func ask(
    _ service: Service, _ method: String, _ params: String = "{}", idempotencyKey: String? = nil
  ) async throws -> JSONNode {
    let answer = try await call(service, method, params: Array(params.utf8), idempotencyKey: idempotencyKey)
    return try JSONDocument(parsing: answer).root
  }

  /// Closes the connections. Calls after it fail.
  func close() async throws {
    for client in clients.values { try await client.close() }
  }
}

/// Does the call, and does it again after a while where the service says that this may help, or did not answer.
///
/// The waits grow from 0.1 to 5 seconds and come to some 40 seconds, in which a service that died is up again.
func retried<Answer>(_ method: String, attempts: Int = 14, _ call: () async throws -> Answer) async throws -> Answer {
  var wait = Duration.milliseconds(100)
  for attempt in 1... {
    do {
      return try await call()
    } catch let fault as Fault {
      guard attempt < attempts else { throw fault }
      try await Task.sleep(for: wait)
    } catch let refusal as CallRefused {
      guard refusal.isRetryable, attempt < attempts else { throw refusal.fault(method) }
      try await Task.sleep(for: max(wait, refusal.retryAfter ?? .zero))
    }
    wait = min(wait * 2, .seconds(5))
  }
  throw CancellationError()
}

extension CallRefused {
  private var data: JSONNode? { (try? JSONDocument(parsing: error).root)?["data"] }

  /// Whether the same call may succeed later.
  var isRetryable: Bool { data?["retryable"]?.bool == true }

  /// What the service asks to wait before the next attempt.
  var retryAfter: Duration? { data?["retryAfterMs"]?.integer.map { .milliseconds($0) } }

  /// The refusal as a sentence.
  func fault(_ method: String) -> Fault {
    let reason = data?["detail"]?.string ?? description
    return Fault("\(method) was refused (\(reason)): correct that and try again.")
  }
}

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOSSL

/// Whether a service answers, asked at its admin port.
enum Readiness {
  static func isReady(_ service: Service, ports: Ports) async -> Bool {
    await isReady(adminPort: ports.admin(service))
  }

  static func isReady(adminPort: Int, host: String = "127.0.0.1") async -> Bool {
    let request = HTTPClientRequest(url: "http://\(host):\(adminPort)/health/ready")
    guard let response = try? await HTTPClient.shared.execute(request, timeout: .seconds(2)) else { return false }
    // The connection is free for the next question only when the answer has been read.
    _ = try? await response.body.collect(upTo: 1 << 20)
    return response.status == .ok
  }

  /// Whether the edge answers at this port; it has to show a certificate of the authority, where one is given.
  static func isEdgeReady(port: Int, host: String = "127.0.0.1", authority: String?) async -> Bool {
    var tls = TLSConfiguration.makeClientConfiguration()
    if let authority { tls.trustRoots = .file(authority) } else { tls.certificateVerification = .none }
    var request = HTTPClientRequest(url: "https://\(host):\(port)/health")
    request.tlsConfiguration = tls
    guard let response = try? await HTTPClient.shared.execute(request, timeout: .seconds(2)) else { return false }
    _ = try? await response.body.collect(upTo: 1 << 20)
    return response.status == .ok
  }

  /// Whether every service and the edge answer.
  static func areAllReady(_ state: StateFolder) async throws -> Bool {
    let ports = try state.recordedPorts()
    return await withTaskGroup(of: Bool.self) { group in
      for service in Service.allCases { group.addTask { await isReady(service, ports: ports) } }
      // An operator may have put another authority's certificate in the place of the suite's own since it was started.
      group.addTask { await isEdgeReady(port: ports.edge, authority: nil) }
      return await group.allSatisfy { $0 }
    }
  }
}

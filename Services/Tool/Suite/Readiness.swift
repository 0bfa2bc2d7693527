import AsyncHTTPClient
import Foundation
import NIOCore

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

  /// Whether every service answers.
  static func areAllReady(ports: Ports) async -> Bool {
    await withTaskGroup(of: Bool.self) { group in
      for service in Service.allCases { group.addTask { await isReady(service, ports: ports) } }
      return await group.allSatisfy { $0 }
    }
  }
}

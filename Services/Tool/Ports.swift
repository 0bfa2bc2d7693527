import Foundation

/// The ports of one suite, which all follow from its base.
struct Ports: Codable, Equatable, Sendable {
  static let defaultBase = 7100

  let base: Int

  init(base: Int) {
    self.base = base
  }

  /// The ports that the environment asks for: `ECRM_PORT_BASE`, or else the default.
  init(environment: [String: String]) throws {
    guard let text = environment["ECRM_PORT_BASE"], !text.isEmpty else {
      self.base = Self.defaultBase
      return
    }
    // The edge's port is the highest that follows from the base.
    guard let base = Int(text), (1024...65_535 - 343).contains(base) else {
      throw Fault("ECRM_PORT_BASE is \(text): set it to a number from 1024 to \(65_535 - 343).")
    }
    self.base = base
  }

  /// Where the service answers calls, over TLS.
  func rpc(_ service: Service) -> Int { base + service.place }

  /// Where the service tells its health and metrics, in plain HTTP.
  func admin(_ service: Service) -> Int { base + 100 + service.place }

  /// The number in the name of PostgreSQL's socket; nothing listens on a port of that number.
  var postgres: Int { base + 32 }

  /// Where the edge answers browsers.
  var edge: Int { base + 343 }

  /// Every port that the suite listens on.
  var all: [Int] { Service.allCases.flatMap { [rpc($0), admin($0)] } + [edge] }

  /// Throws when another program listens on one of the ports.
  ///
  /// It waits a little first, for a suite whose state folder was removed to notice that and end.
  func requireFree(withinSeconds seconds: Double = 6) async throws {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while let port = all.first(where: { !Self.isFree($0) }) {
      guard ContinuousClock.now < deadline else {
        throw Fault(
          "Port \(port) is in use by another program: end that program, or choose other ports with ECRM_PORT_BASE.")
      }
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  static func isFree(_ port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    // As servers do: connections of an earlier run that linger do not occupy the port.
    var reuse: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}

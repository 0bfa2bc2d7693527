import Edge
import Foundation

/// Starts nginx's master process, again and again, each time with nothing left of the one before.
actor EdgeMaster {
  private let server: EdgeServer
  private var last: pid_t?

  init(_ server: EdgeServer) {
    self.server = server
  }

  /// Starts it by `spawn`, which is given the program.
  func start(_ spawn: (Program) throws -> pid_t) async throws -> pid_t {
    await endWorkers()
    let pid = try spawn(try server.program())
    last = pid
    return pid
  }

  /// Ends what a master process has left that was killed.
  func endWorkers() async {
    if let last { await EdgeServer.endWorkers(ofMaster: last) }
  }
}

extension OrdinaryUser {
  /// This user as nginx names it.
  var worker: EdgeConfiguration.Worker? {
    guard let entry = getgrgid(group) else { return nil }
    return EdgeConfiguration.Worker(user: name, group: String(cString: entry.pointee.gr_name))
  }
}

extension EdgeServer {
  /// The edge of a suite on one machine.
  init(_ state: StateFolder, ports: Ports, environment: [String: String]) throws {
    let proxies = try EdgeSettings.networks(environment["ECRM_TRUSTED_PROXIES"])
    let configuration = EdgeConfiguration(
      address: "127.0.0.1:\(ports.edge)", worker: Self.worker().flatMap(\.worker),
      upstreams: Service.allCases.map { service in
        EdgeConfiguration.Upstream(name: service.rawValue, addresses: ["127.0.0.1:\(ports.rpc(service))"])
      }, trustedProxies: proxies)
    self.init(
      folder: state.edge, certificate: state.certificate(StateFolder.edgeName),
      certificateKey: state.certificateKey(StateFolder.edgeName), authority: state.authority
    ) { configuration }
  }
}

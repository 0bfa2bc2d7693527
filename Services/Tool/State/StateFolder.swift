import Foundation

/// The folder that holds everything of one suite: certificates, keys, tokens, passwords, logs and the database.
///
/// Every path in it is named here and nowhere else. Paths are absolute, because the suite's processes inherit them.
struct StateFolder: Sendable, Equatable {
  let path: String

  init(path: String, workingFolder: String = FileManager.default.currentDirectoryPath) {
    let absolute = path.hasPrefix("/") ? path : workingFolder + "/" + path
    self.path = URL(fileURLWithPath: absolute).standardizedFileURL.path
  }

  /// The folder that `ECRM_HOME` names, `.ecrm` by default.
  init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    let home = environment["ECRM_HOME"] ?? ""
    self.init(path: home.isEmpty ? ".ecrm" : home)
  }

  var authority: String { path + "/ca.pem" }
  var authorityKey: String { path + "/ca.key" }
  func certificate(_ service: Service) -> String { certificate(service.rawValue) }
  func certificateKey(_ service: Service) -> String { certificateKey(service.rawValue) }
  /// The certificate of a server, which is a service or the edge.
  func certificate(_ server: String) -> String {
    keepsServersApart ? tlsFolder(server) + "/certificate.pem" : path + "/tls/\(server).pem"
  }
  func certificateKey(_ server: String) -> String {
    keepsServersApart ? tlsFolder(server) + "/key.pem" : path + "/tls/\(server).key"
  }
  /// A folder for one server's certificate and key, where each is to see no other's: in containers.
  func tlsFolder(_ server: String) -> String { path + "/tls/\(server)" }
  /// The authority's certificate beside the edge's own, where servers are kept apart; nil where they are not.
  var edgeAuthority: String? { keepsServersApart ? tlsFolder(Self.edgeName) + "/authority.pem" : nil }
  private var keepsServersApart: Bool {
    Service.allCases.allSatisfy { FileManager.default.fileExists(atPath: tlsFolder($0.rawValue)) }
  }
  /// The edge among the servers.
  static let edgeName = "edge"
  /// Every server that has a certificate: the services and the edge.
  static let servers = Service.allCases.map(\.rawValue) + [edgeName]

  /// The certificate, with its authority's, and the key of a client.
  func clientCertificate(_ name: String) -> String { path + "/clients/\(name).pem" }
  func clientKey(_ name: String) -> String { path + "/clients/\(name).key" }

  var signingKey: String { path + "/jwt/signing.pem" }
  /// The public keys that services accept, one a file, named by its id.
  var tokenKeys: String { path + "/jwt/keys" }
  /// The ids of tokens that hold no more, a line each.
  var revokedTokens: String { tokenKeys + "/revoked" }
  var staffToken: String { path + "/tokens/staff.jwt" }
  var siteToken: String { path + "/tokens/site.jwt" }

  /// How to reach the database as its owner.
  var databaseURL: String { path + "/database.url" }
  /// The database cluster, or a link to it.
  var cluster: String { path + "/postgres" }
  var socketFolder: String { path + "/socket" }
  /// The password of the owner `ecrm`, and one for each role of a service.
  func password(_ role: String) -> String { passwords + "/\(role)" }
  var passwords: String { path + "/passwords" }
  /// The keys that chain the audit trail and by which erased people are recognised, each in a file named by its id.
  var keys: String { path + "/keys" }
  /// Links to the ones in use.
  var auditKey: String { keys + "/audit" }
  var erasureKey: String { keys + "/erasure" }
  /// Who was erased, as ids and hashes, outside of the database.
  var erasures: String { (Files.isFolder(ledger) ? ledger : path) + "/erasures.jsonl" }
  /// A folder for the ledger alone, where a service is to see nothing else: in containers.
  var ledger: String { path + "/ledger" }

  /// What the edge works in.
  var edge: String { path + "/edge" }

  var ports: String { path + "/ports.json" }
  var logs: String { path + "/logs" }
  func log(_ process: String) -> String { logs + "/\(process).log" }
  var supervisorRecord: String { path + "/supervisor.pid" }
  /// Names the `ecrm restore` that works on the database, for which the services stay down.
  var restoreRecord: String { record("restore") }
  /// Who runs as this process, for a supervisor to find that has not started it.
  func record(_ process: String) -> String { path + "/run/\(process).pid" }

  private var folders: [String] {
    ["/tls", "/clients", "/jwt", "/jwt/keys", "/tokens", "/passwords", "/keys", "/logs", "/run"].map { path + $0 }
  }

  /// Makes the folder and those in it, and refuses one that another user owns.
  func prepare() throws {
    if let owner = Files.owner(path) {
      guard owner == geteuid() else {
        throw Fault(
          "The state folder \(path) belongs to \(Files.userName(owner)): run ecrm as that user, or choose another "
            + "folder with ECRM_HOME.")
      }
    } else {
      // PostgreSQL, which does not run as root, has to pass through root's folder to its cluster.
      try Files.makeFolder(path, mode: geteuid() == 0 ? 0o711 : 0o700)
    }
    for folder in folders { try Files.makeFolder(folder, mode: 0o700) }
  }

  /// The ports of the suite that was last started from here, or else those that the environment asks for.
  func recordedPorts(environment: [String: String] = ProcessInfo.processInfo.environment) throws -> Ports {
    if let bytes = FileManager.default.contents(atPath: ports),
      let recorded = try? JSONDecoder().decode(Ports.self, from: bytes)
    {
      return recorded
    }
    return try Ports(environment: environment)
  }

  func recordPorts(_ ports: Ports) throws {
    try Files.write(Array(try JSONEncoder().encode(ports)), to: self.ports, mode: 0o644)
  }
}

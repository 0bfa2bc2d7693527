import Foundation
import Server

/// What a service of a suite is told by its environment.
enum ServiceEnvironment {
  /// The environment in which the suite's supervisor starts the service.
  static func of(
    _ service: Service, databaseURL: String, state: StateFolder, ports: Ports,
    inherited: [String: String] = ProcessInfo.processInfo.environment
  ) -> [String: String] {
    // Libpq would take PGHOST, PGOPTIONS and the like from the caller, who means other databases by them.
    var environment = inherited.filter { !$0.key.hasPrefix("PG") }
    let edge = "https://localhost:\(ports.edge)"
    let origins = environment["ECRM_ALLOWED_ORIGINS"].map { $0.isEmpty ? edge : "\(edge),\($0)" } ?? edge
    // The edge names the caller for whom it asks.
    let proxies =
      environment["ECRM_TRUSTED_PROXIES"].map { $0.isEmpty ? "127.0.0.1" : "127.0.0.1,\($0)" } ?? "127.0.0.1"
    let own = [
      "ECRM_HOME": state.path,
      "ECRM_PORT_BASE": "\(ports.base)",
      "ECRM_SERVICE_HOST": "127.0.0.1",
      "ECRM_PORT": "\(ports.rpc(service))",
      "ECRM_ADMIN_PORT": "\(ports.admin(service))",
      "ECRM_DATABASE_URL": databaseURL,
      "ECRM_TLS_CERTIFICATE": state.certificate(service),
      "ECRM_TLS_KEY": state.certificateKey(service),
      "ECRM_JWT_KEYS": state.tokenKeys,
      "ECRM_ALLOWED_ORIGINS": origins,
      "ECRM_TRUSTED_PROXIES": proxies,
    ]
    environment.merge(own) { $1 }
    // The runtime's backtracer inherits the port of a process that crashed, and holds it long after that is gone.
    if environment["SWIFT_BACKTRACE"] == nil { environment["SWIFT_BACKTRACE"] = "enable=no" }
    // The owner's address and passwords are not for services, however they came here.
    for name in environment.keys where name.hasPrefix("ECRM_DATABASE_URL_") || name.contains("_PASSWORD") {
      environment[name] = nil
    }
    for (setting, path) in [
      (Setting.erasureKey, state.erasureKey), (.auditKey, state.auditKey), (.erasuresFile, state.erasures),
    ] {
      let names = setting.kind == .secret ? [setting.name, setting.name + "_FILE"] : [setting.name]
      if !service.definition.ownSettings.contains(setting) {
        for name in names { environment[name] = nil }
      } else if names.allSatisfy({ environment[$0]?.isEmpty ?? true }) {
        environment[names.last ?? setting.name] = path
      }
    }
    return environment
  }
}

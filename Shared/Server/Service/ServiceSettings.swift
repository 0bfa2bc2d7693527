import Foundation
import Logging
import NIOSSL

/// What a service process is told by its environment.
///
/// Every secret `X` may also come as `X_FILE`, the path of a file that holds it. What can be wrong is found here, before
/// anything is opened.
public struct ServiceSettings: Sendable {
  public var databaseURL: String
  public var keysPath: String
  public var transport: TransportSettings
  public var logLevel: Logger.Level

  /// Reads the settings.
  ///
  /// - Throws: `WrongSetting` that names the variable.
  public init(service: String, version: String, environment: [String: String]) throws {
    let settings = Environment(values: environment)
    databaseURL = try settings.secret("ECRM_DATABASE_URL")
    keysPath = try settings.folder("ECRM_JWT_KEYS")
    logLevel = try settings.logLevel("ECRM_LOG_LEVEL")
    transport = TransportSettings(
      service: service, version: version,
      host: settings.value("ECRM_SERVICE_HOST") ?? "127.0.0.1", port: try settings.port("ECRM_PORT"),
      adminHost: settings.value("ECRM_ADMIN_HOST") ?? "127.0.0.1", adminPort: try settings.port("ECRM_ADMIN_PORT"),
      certificatePath: try settings.certificate("ECRM_TLS_CERTIFICATE"), keyPath: try settings.key("ECRM_TLS_KEY"),
      clientAuthorityPath: try settings.clientAuthority("ECRM_TLS_CLIENT_AUTHORITY"),
      allowedOrigins: try settings.origins("ECRM_ALLOWED_ORIGINS"),
      trustedProxies: try settings.networks("ECRM_TRUSTED_PROXIES"))
    guard transport.port != transport.adminPort else {
      throw WrongSetting(description: "ECRM_PORT and ECRM_ADMIN_PORT are the same; set two ports.")
    }
  }
}

/// A setting that keeps the service from starting.
public struct WrongSetting: Error, CustomStringConvertible {
  public let description: String
}

private struct Environment {
  let values: [String: String]

  /// The variable's value; one that is empty counts as absent.
  func value(_ name: String) -> String? {
    values[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  func required(_ name: String) throws -> String {
    guard let value = value(name) else { throw WrongSetting(description: "\(name) is not set.") }
    return value
  }

  func secret(_ name: String) throws -> String {
    guard let path = value("\(name)_FILE") else { return try required(name) }
    guard value(name) == nil else {
      throw WrongSetting(description: "\(name) and \(name)_FILE are both set; keep one of them.")
    }
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw WrongSetting(description: "\(name)_FILE names \(path), which cannot be read.")
    }
    return text.hasSuffix("\n") ? String(text.dropLast()) : text
  }

  func port(_ name: String) throws -> Int {
    let text = try required(name)
    guard let port = Int(text), (1...65535).contains(port) else {
      throw WrongSetting(description: "\(name) is \(text), which is no port.")
    }
    return port
  }

  func folder(_ name: String) throws -> String {
    let path = try required(name)
    guard (try? FileManager.default.contentsOfDirectory(atPath: path)) != nil else {
      throw WrongSetting(description: "\(name) names \(path), which is no folder that can be read.")
    }
    return path
  }

  func certificate(_ name: String) throws -> String {
    let path = try required(name)
    guard let chain = try? NIOSSLCertificate.fromPEMFile(path), !chain.isEmpty else {
      throw WrongSetting(description: "\(name) names \(path), which holds no PEM certificate that can be read.")
    }
    return path
  }

  func clientAuthority(_ name: String) throws -> String? {
    try value(name) == nil ? nil : certificate(name)
  }

  func key(_ name: String) throws -> String {
    let path = try required(name)
    guard (try? NIOSSLPrivateKey(file: path, format: .pem)) != nil else {
      throw WrongSetting(description: "\(name) names \(path), which holds no PEM private key that can be read.")
    }
    return path
  }

  func logLevel(_ name: String) throws -> Logger.Level {
    guard let text = value(name) else { return .info }
    guard let level = Logger.Level(rawValue: text) else {
      let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
      throw WrongSetting(description: "\(name) is \(text), which is none of \(levels).")
    }
    return level
  }

  /// Origins as browsers send them: scheme, host, and port where it is not the usual one.
  func origins(_ name: String) throws -> Set<String> {
    try list(name, "an origin, as https://shop.example") { origin in
      guard let parts = URLComponents(string: origin), let scheme = parts.scheme, let host = parts.host,
        ["https", "http"].contains(scheme), !host.isEmpty
      else { return false }
      return origin == "\(scheme)://\(host)" + (parts.port.map { ":\($0)" } ?? "")
    }
  }

  func networks(_ name: String) throws -> [String] {
    try list(name, "an address or a network, as 10.0.0.0/8") { AddressNetwork($0) != nil }.sorted()
  }

  private func list(_ name: String, _ kind: String, _ isValid: (String) -> Bool) throws -> Set<String> {
    let parts = (value(name) ?? "").split(separator: ",").map { String($0.trimmingSpaces()) }
    if let wrong = parts.first(where: { !isValid($0) }) {
      throw WrongSetting(description: "\(name) holds \(wrong), which is not \(kind).")
    }
    return Set(parts)
  }
}

import FoundationEssentials

/// What a service process is told by its environment.
///
/// Every secret `X` may also come as `X_FILE`, the path of a file that holds it.
public struct ServiceSettings: Sendable {
  public var databaseURL: String
  public var keysPath: String
  public var transport: TransportSettings
  public var logLevel: String

  /// Reads the settings.
  ///
  /// - Throws: `WrongSetting` that names the variable.
  public init(service: String, version: String, environment: [String: String]) throws {
    let settings = Environment(values: environment)
    databaseURL = try settings.secret("ECRM_DATABASE_URL")
    keysPath = try settings.required("ECRM_JWT_KEYS")
    logLevel = settings.values["ECRM_LOG_LEVEL"] ?? "info"
    let origins = (settings.values["ECRM_ALLOWED_ORIGINS"] ?? "").split(separator: ",").map(String.init)
    transport = TransportSettings(
      service: service, version: version,
      host: settings.values["ECRM_SERVICE_HOST"] ?? "127.0.0.1", port: try settings.port("ECRM_PORT"),
      adminHost: settings.values["ECRM_ADMIN_HOST"] ?? "127.0.0.1", adminPort: try settings.port("ECRM_ADMIN_PORT"),
      certificatePath: try settings.required("ECRM_TLS_CERTIFICATE"), keyPath: try settings.required("ECRM_TLS_KEY"),
      allowedOrigins: Set(origins))
  }
}

/// A setting that keeps the service from starting.
public struct WrongSetting: Error, CustomStringConvertible {
  public let description: String
}

private struct Environment {
  let values: [String: String]

  func required(_ name: String) throws -> String {
    guard let value = values[name], !value.isEmpty else { throw WrongSetting(description: "\(name) is not set.") }
    return value
  }

  func secret(_ name: String) throws -> String {
    guard let path = values["\(name)_FILE"] else { return try required(name) }
    guard values[name] == nil else {
      throw WrongSetting(description: "\(name) and \(name)_FILE are both set; keep one of them.")
    }
    guard let bytes = try? Data(contentsOf: URL(filePath: path)) else {
      throw WrongSetting(description: "\(name)_FILE names \(path), which cannot be read.")
    }
    var text = String(decoding: bytes, as: UTF8.self)
    if text.hasSuffix("\n") { text.removeLast() }
    return text
  }

  func port(_ name: String) throws -> Int {
    let text = try required(name)
    guard let port = Int(text), (1...65535).contains(port) else {
      throw WrongSetting(description: "\(name) is \(text), which is no port.")
    }
    return port
  }
}

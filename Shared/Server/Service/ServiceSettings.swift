import CustomerBase
import Foundation
import Logging
import NIOSSL

/// What a service process is told, by its environment and its settings file.
///
/// What can be wrong is found here, before anything is opened.
public struct ServiceSettings: Sendable {
  public var databaseURL: String
  public var keysPath: String
  /// File of what clients' certificates may call; nil admits every certificate of their authorities.
  public var clientAllowListPath: String?
  public var transport: TransportSettings
  public var logLevel: Logger.Level
  /// Of the services that erase people or meet records from outside.
  public var privacy: PrivacyMeans

  /// Reads the settings.
  ///
  /// - Parameter own: What the service has beside those that all have.
  /// - Throws: `WrongSetting` that names the variable.
  public init(
    service: String, version: String, own: [Setting] = [], environment: [String: String]
  ) async throws {
    let known = Setting.ofService + Setting.ofSomeServices
    let settings = try await SettingsReader(environment: environment, settings: known)
    privacy = try settings.privacy(own)
    databaseURL = try settings.databaseURL()
    keysPath = try settings.folder(.tokenKeys)
    logLevel = try settings.choice(.logLevel) ?? .info
    transport = TransportSettings(
      service: service, version: version,
      host: try settings.text(.serviceHost), port: try settings.port(.port),
      adminHost: try settings.text(.adminHost), adminPort: try settings.port(.adminPort),
      certificatePath: try settings.certificate(.certificate), keyPath: try settings.key(.certificateKey),
      clientAuthorityPath: try settings.optional(.clientAuthority).map { _ in
        try settings.certificate(.clientAuthority)
      },
      allowedOrigins: try settings.origins(.allowedOrigins),
      trustedProxies: try settings.networks(.trustedProxies),
      reloadSeconds: try settings.seconds(.reloadSeconds))
    transport.clientCertificates = try settings.choice(.clientCertificates) ?? .required
    clientAllowListPath = try settings.allowList(.clientAllowList)
    if transport.clientAuthorityPath == nil,
      let setting = try [Setting.clientCertificates, .clientAllowList].first(where: { try settings.optional($0) != nil }
      )
    {
      throw WrongSetting(description: "\(setting.name) is set without ECRM_TLS_CLIENT_AUTHORITY; set both or none.")
    }
    guard transport.port != transport.adminPort else {
      throw WrongSetting(description: "ECRM_PORT and ECRM_ADMIN_PORT are the same; set two ports.")
    }
  }
}

extension SettingsReader {
  /// The connection string, with the password in it that came apart from it.
  public func databaseURL() throws -> String {
    let string = try text(.databaseURL)
    guard let password = try optional(.databasePassword) else { return string }
    if string.hasPrefix("postgresql://") || string.hasPrefix("postgres://") {
      let encoded = password.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
      return string + (string.contains("?") ? "&" : "?") + "password=" + encoded
    }
    let escaped = password.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
    return "\(string) password='\(escaped)'"
  }

  /// A port that can be listened on.
  public func port(_ setting: Setting) throws -> Int {
    let text = try text(setting)
    guard let port = Int(text), (1...65535).contains(port) else {
      throw WrongSetting(description: "\(setting.name) is \(text), which is no port.")
    }
    return port
  }

  fileprivate func folder(_ setting: Setting) throws -> String {
    let path = try text(setting)
    guard (try? FileManager.default.contentsOfDirectory(atPath: path)) != nil else {
      throw WrongSetting(description: "\(setting.name) names \(path), which is no folder that can be read.")
    }
    return path
  }

  fileprivate func certificate(_ setting: Setting) throws -> String {
    let path = try text(setting)
    guard let chain = try? NIOSSLCertificate.fromPEMFile(path), !chain.isEmpty else {
      throw WrongSetting(
        description: "\(setting.name) names \(path), which holds no PEM certificate that can be read.")
    }
    return path
  }

  fileprivate func allowList(_ setting: Setting) throws -> String? {
    guard let path = try optional(setting) else { return nil }
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw WrongSetting(description: "\(setting.name) names \(path), which cannot be read.")
    }
    do {
      _ = try ClientAllowList(parsing: text)
    } catch {
      throw WrongSetting(description: "\(setting.name) names \(path), which is no allow list: \(error)")
    }
    return path
  }

  fileprivate func seconds(_ setting: Setting) throws -> Double {
    let text = try text(setting)
    guard let seconds = Double(text), (0.1...3600).contains(seconds) else {
      throw WrongSetting(description: "\(setting.name) is \(text), which is no number of seconds from 0.1 to 3600.")
    }
    return seconds
  }

  fileprivate func key(_ setting: Setting) throws -> String {
    let path = try text(setting)
    guard (try? NIOSSLPrivateKey(file: path, format: .pem)) != nil else {
      throw WrongSetting(
        description: "\(setting.name) names \(path), which holds no PEM private key that can be read.")
    }
    return path
  }

  /// One of the type's names; nil where nobody sets it.
  fileprivate func choice<Value: RawRepresentable & CaseIterable>(_ setting: Setting) throws -> Value?
  where Value.RawValue == String {
    guard let text = try optional(setting) else { return nil }
    guard let value = Value(rawValue: text) else {
      let choices = Value.allCases.map(\.rawValue).joined(separator: ", ")
      throw WrongSetting(description: "\(setting.name) is \(text), which is none of \(choices).")
    }
    return value
  }

  /// Origins as browsers send them: scheme, host, and port where it is not the usual one.
  fileprivate func origins(_ setting: Setting) throws -> Set<String> {
    try list(setting, "an origin, as https://shop.example") { origin in
      guard let parts = URLComponents(string: origin), let scheme = parts.scheme, let host = parts.host,
        ["https", "http"].contains(scheme), !host.isEmpty
      else { return false }
      return origin == "\(scheme)://\(host)" + (parts.port.map { ":\($0)" } ?? "")
    }
  }

  fileprivate func networks(_ setting: Setting) throws -> [String] {
    try list(setting, "an address or a network, as 10.0.0.0/8") { AddressNetwork($0) != nil }.sorted()
  }

  private func list(_ setting: Setting, _ kind: String, _ isValid: (String) -> Bool) throws -> Set<String> {
    let parts = try (optional(setting) ?? "").split(separator: ",").map { String($0.trimmingSpaces()) }
    if let wrong = parts.first(where: { !isValid($0) }) {
      throw WrongSetting(description: "\(setting.name) holds \(wrong), which is not \(kind).")
    }
    return Set(parts)
  }
}

import Foundation
import Testing

@testable import Server

@Suite struct ServiceSettingsTests {
  /// Reads settings that are right but for the changes; nil takes a variable away.
  private func settings(_ changes: [String: String?]) async throws -> ServiceSettings {
    let authority = try TestAuthority()
    defer { authority.remove() }
    try authority.issue()
    var environment: [String: String] = [
      "ECRM_DATABASE_URL": "postgresql:///ecrm", "ECRM_JWT_KEYS": authority.keysPath, "ECRM_PORT": "7101",
      "ECRM_ADMIN_PORT": "7201", "ECRM_TLS_CERTIFICATE": authority.certificatePath, "ECRM_TLS_KEY": authority.keyPath,
    ]
    for (name, value) in changes { environment[name] = value }
    return try await ServiceSettings(service: "test", version: "1.0", environment: environment)
  }

  @Test func `what is not said has a default`() async throws {
    let settings = try await settings([:])
    #expect(settings.transport.host == "127.0.0.1")
    #expect(settings.transport.adminHost == "127.0.0.1")
    #expect(settings.transport.allowedOrigins.isEmpty)
    #expect(settings.transport.trustedProxies.isEmpty)
    #expect(settings.transport.clientAuthorityPath == nil)
    #expect(settings.transport.clientCertificates == .required)
    #expect(settings.transport.reloadSeconds == 5)
    #expect(settings.clientAllowListPath == nil)
    #expect(settings.logLevel == .info)
  }

  @Test func `lists are split at commas`() async throws {
    let settings = try await settings([
      "ECRM_ALLOWED_ORIGINS": "https://shop.example, http://localhost:3000",
      "ECRM_TRUSTED_PROXIES": "10.0.0.0/8,::1",
    ])
    #expect(settings.transport.allowedOrigins == ["https://shop.example", "http://localhost:3000"])
    #expect(settings.transport.trustedProxies == ["10.0.0.0/8", "::1"])
  }

  @Test func `a secret may come from a file`() async throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    try "postgresql:///secret\n".write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let settings = try await settings(["ECRM_DATABASE_URL": nil, "ECRM_DATABASE_URL_FILE": path])
    #expect(settings.databaseURL == "postgresql:///secret")
  }

  @Test(
    arguments: [
      ("postgresql://a@db/ecrm", "p&'%", "postgresql://a@db/ecrm?password=p%26%27%25"),
      ("postgres://a@db/ecrm?sslmode=require", "p", "postgres://a@db/ecrm?sslmode=require&password=p"),
      ("host=db user=a", "p' \\", "host=db user=a password='p\\' \\\\'"),
    ])
  func `the password may come apart from the connection string`(
    address: String, password: String, whole: String
  ) async throws {
    let settings = try await settings(["ECRM_DATABASE_URL": address, "ECRM_DATABASE_PASSWORD": password])
    #expect(settings.databaseURL == whole)
  }

  @Test(
    arguments: [
      ("ECRM_DATABASE_URL", nil, "ECRM_DATABASE_URL is not set."),
      ("ECRM_DATABASE_URL", "", "ECRM_DATABASE_URL is not set."),
      (
        "ECRM_DATABASE_URL_FILE", "/nowhere",
        "ECRM_DATABASE_URL and ECRM_DATABASE_URL_FILE are both set; keep one of them."
      ),
      ("ECRM_JWT_KEYS", "/nowhere", "ECRM_JWT_KEYS names /nowhere, which is no folder that can be read."),
      ("ECRM_PORT", "70000", "ECRM_PORT is 70000, which is no port."),
      ("ECRM_ADMIN_PORT", "7101", "ECRM_PORT and ECRM_ADMIN_PORT are the same; set two ports."),
      (
        "ECRM_TLS_CERTIFICATE", "/dev/null",
        "ECRM_TLS_CERTIFICATE names /dev/null, which holds no PEM certificate that can be read."
      ),
      ("ECRM_TLS_KEY", "/dev/null", "ECRM_TLS_KEY names /dev/null, which holds no PEM private key that can be read."),
      (
        "ECRM_ALLOWED_ORIGINS", "https://shop.example/",
        "ECRM_ALLOWED_ORIGINS holds https://shop.example/, which is not an origin, as https://shop.example."
      ),
      ("ECRM_ALLOWED_ORIGINS", "*", "ECRM_ALLOWED_ORIGINS holds *, which is not an origin, as https://shop.example."),
      (
        "ECRM_TRUSTED_PROXIES", "edge",
        "ECRM_TRUSTED_PROXIES holds edge, which is not an address or a network, as 10.0.0.0/8."
      ),
      (
        "ECRM_TLS_CLIENT_CERTIFICATES", "perhaps",
        "ECRM_TLS_CLIENT_CERTIFICATES is perhaps, which is none of required, services, optional."
      ),
      (
        "ECRM_TLS_CLIENT_CERTIFICATES", "optional",
        "ECRM_TLS_CLIENT_CERTIFICATES is set without ECRM_TLS_CLIENT_AUTHORITY; set both or none."
      ),
      ("ECRM_CLIENT_ALLOW_LIST", "/nowhere", "ECRM_CLIENT_ALLOW_LIST names /nowhere, which cannot be read."),
      (
        "ECRM_TLS_RELOAD_SECONDS", "0",
        "ECRM_TLS_RELOAD_SECONDS is 0, which is no number of seconds from 0.1 to 3600."
      ),
      (
        "ECRM_LOG_LEVEL", "loud",
        "ECRM_LOG_LEVEL is loud, which is none of trace, debug, info, notice, warning, error, critical."
      ),
    ] as [(String, String?, String)])
  func `a wrong setting is refused in one sentence`(name: String, value: String?, sentence: String) async throws {
    let refused = await #expect(throws: WrongSetting.self) { try await settings([name: value]) }
    #expect(refused?.description == sentence)
  }
}

import Crypto
import Foundation
import X509

/// A certificate authority made for one test, and a folder for what it issues.
struct TestAuthority {
  let folder: URL
  let certificate: Certificate
  private let key: Certificate.PrivateKey

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "server-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder.appending(path: "keys"), withIntermediateDirectories: true)
    key = Certificate.PrivateKey(P256.Signing.PrivateKey())
    let name = try DistinguishedName { CommonName("Test authority \(UUID())") }
    certificate = try Certificate(
      version: .v3, serialNumber: .init(), publicKey: key.publicKey, notValidBefore: .now - 3600,
      notValidAfter: .now + 86_400, issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
        Critical(KeyUsage(keyCertSign: true))
      },
      issuerPrivateKey: key)
    try pem(certificate).write(to: folder.appending(path: "authority.pem"), atomically: true, encoding: .utf8)
  }

  var certificatePath: String { folder.appending(path: "service.pem").path }
  var keyPath: String { folder.appending(path: "service.key").path }
  var authorityPath: String { folder.appending(path: "authority.pem").path }
  var keysPath: String { folder.appending(path: "keys").path }

  /// Issues a certificate for the loopback address and writes it and its key as PEM; it is valid from and to so many
  /// seconds from now.
  @discardableResult
  func issue(
    certificatePath: String? = nil, keyPath: String? = nil, names: [GeneralName] = [],
    from: TimeInterval = -3600, to: TimeInterval = 86_400
  ) throws -> Certificate {
    let leafKey = Certificate.PrivateKey(P256.Signing.PrivateKey())
    let leaf = try Certificate(
      version: .v3, serialNumber: .init(), publicKey: leafKey.publicKey, notValidBefore: .now + from,
      notValidAfter: .now + to, issuer: certificate.subject,
      subject: try DistinguishedName { CommonName("Test service") }, signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try Certificate.Extensions {
        SubjectAlternativeNames([.dnsName("localhost"), .ipAddress(.init(contentBytes: [127, 0, 0, 1]))] + names)
        try ExtendedKeyUsage([.serverAuth, .clientAuth])
      },
      issuerPrivateKey: key)
    try pem(leaf).write(
      toFile: certificatePath ?? self.certificatePath, atomically: certificatePath == nil, encoding: .utf8)
    try leafKey.serializeAsPEM().pemString.write(
      toFile: keyPath ?? self.keyPath, atomically: true, encoding: .utf8)
    return leaf
  }

  func remove() {
    try? FileManager.default.removeItem(at: folder)
  }

  private func pem(_ certificate: Certificate) throws -> String {
    try certificate.serializeAsPEM().pemString
  }
}

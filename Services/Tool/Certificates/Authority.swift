import Crypto
import Foundation
import X509

/// The suite's own certificate authority, which vouches for its services to those who trust `ca.pem`.
struct Authority {
  /// Certificates are renewed when they would expire within this time.
  static let renewalSeconds: TimeInterval = 30 * 86_400

  private let certificate: Certificate
  private let key: Certificate.PrivateKey

  /// The authority of the state folder, made anew when it is missing, damaged or about to expire.
  ///
  /// A new authority's leaves are new too, since the old ones do not verify with it.
  static func obtain(_ state: StateFolder, now: Date = Date()) throws -> (authority: Authority, isNew: Bool) {
    if let pem = try Files.text(state.authority), let keyPEM = try Files.text(state.authorityKey),
      let certificate = try? Certificate(pemEncoded: pem), let key = try? Certificate.PrivateKey(pemEncoded: keyPEM),
      certificate.publicKey == key.publicKey, certificate.notValidAfter > now + renewalSeconds
    {
      return (Authority(certificate: certificate, key: key), false)
    }
    let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
    let name = try DistinguishedName {
      OrganizationName("e-CRM")
      CommonName("e-CRM authority \(Secrets.random(bytes: 4))")
    }
    let certificate = try Certificate(
      version: .v3, serialNumber: .init(), publicKey: key.publicKey, notValidBefore: now - 3600,
      notValidAfter: now + 3650 * 86_400, issuer: name, subject: name,
      extensions: try Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
        Critical(KeyUsage(keyCertSign: true, cRLSign: true))
        SubjectKeyIdentifier(hash: key.publicKey)
      },
      issuerPrivateKey: key)
    try Files.write(key.serializeAsPEM().pemString + "\n", to: state.authorityKey, mode: 0o600)
    try Files.write(certificate.serializeAsPEM().pemString + "\n", to: state.authority, mode: 0o644)
    return (Authority(certificate: certificate, key: key), true)
  }

  /// Whether the server has a certificate and its key from this authority that are valid for long enough.
  func vouches(for server: String, in state: StateFolder, now: Date = Date()) throws -> Bool {
    guard let leaf = try Self.leaf(at: state.certificate(server)),
      let keyPEM = try Files.text(state.certificateKey(server)),
      let leafKey = try? Certificate.PrivateKey(pemEncoded: keyPEM)
    else { return false }
    return leaf.publicKey == leafKey.publicKey && leaf.issuer == certificate.subject
      && certificate.publicKey.isValidSignature(leaf.signature, for: leaf)
      && leaf.notValidAfter > now + Self.renewalSeconds
  }

  /// The service's own certificate; nil when it is missing or damaged.
  static func leaf(of service: Service, in state: StateFolder) throws -> Certificate? {
    try leaf(at: state.certificate(service))
  }

  /// The first certificate of the chain in the file; nil when it is missing or damaged.
  static func leaf(at path: String) throws -> Certificate? {
    let last = "-----END CERTIFICATE-----"
    guard let chain = try Files.text(path), let end = chain.firstRange(of: last) else { return nil }
    return try? Certificate(pemEncoded: String(chain[..<end.upperBound]))
  }

  /// Issues a new key and certificate to the server, for a year.
  func issue(to server: String, in state: StateFolder, now: Date = Date()) throws {
    let names: [GeneralName] = [
      .dnsName("localhost"), .dnsName(server), .ipAddress(.init(contentBytes: [127, 0, 0, 1])),
      .ipAddress(.init(contentBytes: ArraySlice([UInt8](repeating: 0, count: 15) + [1]))),
      .uniformResourceIdentifier("spiffe://ecrm/\(server)"),
    ]
    // Secrets made before there was an edge have no folder for it.
    try Files.makeFolder(URL(fileURLWithPath: state.certificate(server)).deletingLastPathComponent().path, mode: 0o700)
    try issue(
      to: server, names: names, for: [.serverAuth, .clientAuth], days: 365,
      certificatePath: state.certificate(server), keyPath: state.certificateKey(server), now: now)
  }

  /// Issues a new key and certificate to a client that allow lists know by these names, hosts and URIs.
  @discardableResult
  func issue(
    toClient name: String, names: [String], days: Int, in state: StateFolder, now: Date = Date()
  ) throws -> Certificate {
    try issue(
      to: name, names: names.map { $0.contains("://") ? .uniformResourceIdentifier($0) : .dnsName($0) },
      for: [.clientAuth], days: days, certificatePath: state.clientCertificate(name), keyPath: state.clientKey(name),
      now: now)
  }

  @discardableResult
  private func issue(
    to name: String, names: [GeneralName], for usages: [ExtendedKeyUsage.Usage], days: Int, certificatePath: String,
    keyPath: String, now: Date
  ) throws -> Certificate {
    let leafKey = Certificate.PrivateKey(P256.Signing.PrivateKey())
    let leaf = try Certificate(
      version: .v3, serialNumber: .init(), publicKey: leafKey.publicKey, notValidBefore: now - 3600,
      notValidAfter: now - 3600 + TimeInterval(days) * 86_400, issuer: certificate.subject,
      subject: try DistinguishedName {
        OrganizationName("e-CRM")
        CommonName(name)
      },
      extensions: try Certificate.Extensions {
        Critical(BasicConstraints.notCertificateAuthority)
        Critical(KeyUsage(digitalSignature: true))
        try ExtendedKeyUsage(usages)
        SubjectAlternativeNames(names)
        SubjectKeyIdentifier(hash: leafKey.publicKey)
        AuthorityKeyIdentifier(keyIdentifier: SubjectKeyIdentifier(hash: certificate.publicKey).keyIdentifier)
      },
      issuerPrivateKey: key)
    let chain = try [leaf, certificate].map { try $0.serializeAsPEM().pemString + "\n" }.joined()
    // Two files cannot be replaced in one step. A service that looks between the two finds a pair that does not match:
    // a running one keeps the pair it has, and one that starts ends and is started again.
    try Files.write(leafKey.serializeAsPEM().pemString + "\n", to: keyPath, mode: 0o600)
    try Files.write(chain, to: certificatePath, mode: 0o644)
    return leaf
  }

  /// Issues what is missing, damaged or about to expire, or every leaf; returns what it issued, by name.
  static func issueMissing(in state: StateFolder, renewAll: Bool = false, now: Date = Date()) throws -> [String] {
    let (authority, isNew) = try obtain(state, now: now)
    var issued = isNew ? ["authority"] : []
    for server in StateFolder.servers {
      if try !renewAll && authority.vouches(for: server, in: state, now: now) { continue }
      try authority.issue(to: server, in: state, now: now)
      issued.append(server)
    }
    // The edge, which sees nothing but its own folder, verifies the services by it. An operator may have added others.
    let pem = try authority.certificate.serializeAsPEM().pemString
    if let path = state.edgeAuthority, try Files.text(path)?.contains(pem) != true {
      try Files.write(pem + "\n", to: path, mode: 0o644)
    }
    return issued
  }
}

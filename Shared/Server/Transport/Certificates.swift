import FoundationEssentials
import Logging
import NIOSSL
import Synchronization
import X509

/// The TLS settings of new connections: the service's certificate and key, and the authorities of its clients, read
/// again from their files while it runs.
///
/// A pair that does not belong together, has expired or is only half there changes nothing, nor does a broken file of
/// authorities. Each change makes a context of its own, so that no session begun under the old one is resumed.
final class Certificates: Sendable {
  /// The service's own certificate, with those between it and its authority, and its key.
  private struct Pair {
    let chain: [NIOSSLCertificate]
    let key: NIOSSLPrivateKey
    let leaf: Certificate
  }

  private let pair: Reloaded<Pair>
  private let clientAuthorities: Reloaded<[NIOSSLCertificate]>?
  private let clientCertificates: ClientCertificateRule
  private let logger: Logger
  private let current: Mutex<NIOSSLContext>

  init(settings: TransportSettings, metrics: PrometheusMetrics, logger: Logger) throws {
    let labels = [("service", settings.service)]
    let failures = metrics.counter("tls_certificate_reload_failures_total", labels)
    metrics.describe(
      "tls_certificate_reload_failures_total",
      "Looks at the files of the certificate or of the clients' authorities that found something unusable.")
    metrics.describe("tls_certificate_expiry_seconds", "Seconds until the certificate that is served expires.")
    let pair = try Reloaded(
      "The certificate was", from: [settings.certificatePath, settings.keyPath], failures: failures, logger: logger
    ) { try Self.pair($0[0], $0[1]) }
    let clientAuthorities = try settings.clientAuthorityPath.map { path in
      try Reloaded("The clients' authorities were", from: [path], failures: failures, logger: logger) {
        try Self.certificates($0[0])
      }
    }
    metrics.register {
      let remaining = pair.value.leaf.notValidAfter.timeIntervalSinceNow
      return [PrometheusMetrics.Sample("tls_certificate_expiry_seconds", labels: labels, value: remaining)]
    }
    self.pair = pair
    self.clientAuthorities = clientAuthorities
    self.logger = logger
    clientCertificates = settings.clientCertificates
    current = Mutex(try Self.context(pair.value, clientAuthorities?.value, settings.clientCertificates))
    logger.info("Certificate read.", metadata: ["serial": "\(pair.value.leaf.serialNumber)"])
  }

  /// What a connection that begins now is secured with.
  var context: NIOSSLContext { current.withLock { $0 } }

  /// Looks at the files.
  func look() {
    let isNewPair = pair.look()
    let areNewAuthorities = clientAuthorities?.look() ?? false
    guard isNewPair || areNewAuthorities else { return }
    do {
      let context = try Self.context(pair.value, clientAuthorities?.value, clientCertificates)
      current.withLock { $0 = context }
      logger.info("Certificate read.", metadata: ["serial": "\(pair.value.leaf.serialNumber)"])
    } catch {
      logger.error("The certificate cannot be used.", metadata: ["error": "\(error)"])
    }
  }

  private static func pair(_ chainPEM: [UInt8], _ keyPEM: [UInt8]) throws -> Pair {
    let chain = try certificates(chainPEM)
    guard let first = chain.first, let leaf = try? Certificate(derEncoded: first.toDERBytes()) else {
      throw WrongFile(description: "The certificate cannot be understood.")
    }
    let now = Date.now
    guard leaf.notValidBefore <= now else {
      throw WrongFile(description: "The certificate is not valid before \(leaf.notValidBefore).")
    }
    guard leaf.notValidAfter > now else {
      throw WrongFile(description: "The certificate expired at \(leaf.notValidAfter).")
    }
    guard let key = try? NIOSSLPrivateKey(bytes: keyPEM, format: .pem) else {
      throw WrongFile(description: "The key is no PEM private key.")
    }
    let pair = Pair(chain: chain, key: key, leaf: leaf)
    // A context is made of no two halves that do not belong together.
    guard (try? context(pair, nil, .required)) != nil else {
      throw WrongFile(description: "The certificate and the key do not belong together.")
    }
    return pair
  }

  /// The certificates of a PEM file, all of them or none: a file that is half written ends within one.
  private static func certificates(_ pem: [UInt8]) throws -> [NIOSSLCertificate] {
    let text = String(decoding: pem, as: UTF8.self)
    guard let certificates = try? NIOSSLCertificate.fromPEMBytes(pem), !certificates.isEmpty,
      certificates.count == text.components(separatedBy: "-----BEGIN ").count - 1
    else { throw WrongFile(description: "A certificate is missing, damaged or only half there.") }
    return certificates
  }

  /// TLS 1.2 and 1.3, the former with Mozilla's intermediate suites of elliptic curves only.
  private static func context(
    _ pair: Pair, _ clientAuthorities: [NIOSSLCertificate]?, _ clientCertificates: ClientCertificateRule
  ) throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: pair.chain.map { .certificate($0) }, privateKey: .privateKey(pair.key))
    if let clientAuthorities {
      configuration.trustRoots = .certificates(clientAuthorities)
      configuration.certificateVerification =
        clientCertificates == .required ? .noHostnameVerification : .optionalVerification
      // Clients with several certificates choose by it.
      configuration.sendCANameList = true
    }
    configuration.minimumTLSVersion = .tlsv12
    configuration.cipherSuiteValues = [
      .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
      .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
      .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ]
    configuration.applicationProtocols = ["h2", "http/1.1"]
    return try NIOSSLContext(configuration: configuration)
  }
}

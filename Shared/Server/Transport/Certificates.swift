import Logging
import NIOCertificateReloading
import NIOSSL
import Synchronization
import X509

/// The service's certificate and key, read again from their files while it runs, and the TLS settings made of them.
///
/// A pair that cannot be read, or whose halves do not belong together, changes nothing: the last good one stays.
struct Certificates: Sendable {
  let reloader: TimedCertificateReloader
  private let clientAuthorityPath: String?

  init(settings: TransportSettings, metrics: PrometheusMetrics, logger: Logger) throws {
    clientAuthorityPath = settings.clientAuthorityPath
    let labels = [("service", settings.service)]
    let expiry = Expiry()
    let failures = metrics.counter("tls_certificate_reload_failures_total", labels)
    metrics.describe("tls_certificate_reload_failures_total", "Readings of the certificate's files that failed.")
    metrics.describe("tls_certificate_expiry_seconds", "Seconds until the certificate that is served expires.")
    metrics.register {
      let remaining = expiry.secondsSinceEpoch.withLock { $0 } - Double(WallClock.now().microsecondsSinceEpoch) / 1e6
      return [PrometheusMetrics.Sample("tls_certificate_expiry_seconds", labels: labels, value: remaining)]
    }
    reloader = try TimedCertificateReloader.makeReloaderValidatingSources(
      configuration: .init(
        refreshInterval: .seconds(settings.certificateReloadSeconds),
        certificateSource: .init(location: .file(path: settings.certificatePath), format: .pem),
        privateKeySource: .init(location: .file(path: settings.keyPath), format: .pem)
      ) {
        $0.onCertificateLoaded = { loaded in
          guard let certificate = loaded.currentX509CertificateChain.first else { return }
          expiry.secondsSinceEpoch.withLock { $0 = certificate.notValidAfter.timeIntervalSince1970 }
          guard loaded.previousX509CertificateChain?.first != certificate else { return }
          logger.info("Certificate loaded.", metadata: ["serial": "\(certificate.serialNumber)"])
        }
        $0.onCertificateLoadFailed = { failure in
          failures.increment(by: 1 as Int64)
          logger.error("The certificate cannot be read.", metadata: ["error": "\(failure.error)"])
        }
      })
  }

  private final class Expiry: Sendable {
    let secondsSinceEpoch = Mutex(0.0)
  }

  /// TLS 1.2 and 1.3, the former with Mozilla's intermediate suites of elliptic curves only.
  func makeContext() throws -> NIOSSLContext {
    var configuration: TLSConfiguration
    if let clientAuthorityPath {
      configuration = try .makeServerConfigurationWithMTLS(
        certificateReloader: reloader, trustRoots: .file(clientAuthorityPath))
    } else {
      configuration = try .makeServerConfiguration(certificateReloader: reloader)
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

/// Names in a certificate's subject alternative names: hosts, addresses and URIs.
func alternativeNames(_ certificate: NIOSSLCertificate) -> [String] {
  guard let bytes = try? certificate.toDERBytes(), let parsed = try? Certificate(derEncoded: bytes),
    let names = try? parsed.extensions.subjectAlternativeNames
  else { return [] }
  return names.compactMap { name in
    switch name {
    case .dnsName(let text), .uniformResourceIdentifier(let text), .rfc822Name(let text): text
    default: nil
    }
  }
}

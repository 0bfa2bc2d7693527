import Models
import NIOSSL
import X509

/// The certificate a client has shown, which its authority vouches for.
public struct ClientCertificate: Hashable, Sendable {
  /// Hosts, URIs and mail addresses of its subject alternative names.
  public var names: [String]
  /// Its serial number, in hexadecimal digits as `serialDigits` writes them.
  public var serial: String

  public init(names: [String], serial: String) {
    self.names = names
    self.serial = serial
  }

  /// What a certificate says; one that cannot be understood has no names.
  init(_ certificate: NIOSSLCertificate) {
    guard let bytes = try? certificate.toDERBytes(), let parsed = try? Certificate(derEncoded: bytes) else {
      self.init(names: [], serial: "")
      return
    }
    let names = (try? parsed.extensions.subjectAlternativeNames).flatMap { $0 } ?? SubjectAlternativeNames()
    self.init(
      names: names.compactMap { name in
        switch name {
        // Hosts are compared without case.
        case .dnsName(let text): text.lowercased()
        case .uniformResourceIdentifier(let text), .rfc822Name(let text): text
        default: nil
        }
      },
      serial: Self.serialDigits(
        parsed.serialNumber.bytes.hexadecimal))
  }

  /// A serial number as tools print it, with or without colons and leading zeros, in one form.
  static func serialDigits(_ text: some StringProtocol) -> String {
    let digits = text.lowercased().filter { $0 != ":" }
    return String(digits.drop { $0 == "0" })
  }
}

/// Who has to show a certificate, where clients' certificates are asked for.
public enum ClientCertificateRule: String, CaseIterable, Sendable {
  /// Every client: without one there is no connection.
  case required
  /// Callers whose token is of the role `service`; others may come without.
  case services
  /// Nobody, but one that is shown must hold.
  case optional
}

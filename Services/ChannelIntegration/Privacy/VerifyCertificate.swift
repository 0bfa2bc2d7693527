import CustomerBase
import Models
import Server

/// Tells whether this suite made a certificate of erasure, and whether it is as it was made.
struct VerifyCertificate: Method {
  static let name = "privacy.verify"
  static let access = Access.read(.privacy)
  static let failures: [Failure] = [.notFound]

  /// The certificate, as `privacy.erase` answered it.
  var certificate: ErasureCertificate
  /// What became of the rows, as it was answered beside the certificate.
  var tables: [ErasedTable]

  static func example(in data: ExampleData) -> VerifyCertificate {
    VerifyCertificate(
      certificate: ErasureCertificate(
        certificate: ID(high: 0x019b_789d_ae80_7000, low: 0x8000_0000_0000_0001), erasedAt: ExampleData.now,
        profiles: 1, reason: .request, digest: String(repeating: "0", count: 64), key: data.auditKey,
        signature: String(repeating: "0", count: 64)),
      tables: [ErasedTable(table: "base.traits", removed: 2, blanked: 0, kept: 0)])
  }

  func run(_ call: Call) async throws -> VerifiedCertificate {
    guard let key = call.customerBase.privacy.auditKeys.first(where: { $0.id == certificate.key }) else {
      throw Failure.notFound.about("key")
    }
    return VerifiedCertificate(isGenuine: try certificate.isGenuine(of: tables, under: key))
  }
}

/// What a look at a certificate found.
struct VerifiedCertificate: Codable, Sendable {
  /// Whether the certificate was made here, of these tables, and was not changed since.
  var isGenuine: Bool
}

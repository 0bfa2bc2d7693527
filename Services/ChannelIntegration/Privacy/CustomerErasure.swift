import CustomerBase
import Dispatch
import Models
import Postgres

/// Forgets customers in one transaction, as `privacy.erase` does and the rule that ends the keeping of the inactive.
struct CustomerErasure {
  private let base: CustomerBase
  private let transaction: Transaction
  private let key: ErasureKey
  private let auditKey: AuditKey
  private let ledger: ErasureLedger
  private let eraser: Eraser

  /// - Throws: `MissingMeans` where the service has no keys or no ledger.
  init(_ base: CustomerBase) async throws {
    guard let transaction = base.database as? Transaction, let key = base.privacy.erasureKeys.first,
      let auditKey = base.privacy.auditKeys.first, let ledger = base.privacy.ledger
    else { throw MissingMeans() }
    self.base = base
    self.transaction = transaction
    self.key = key
    self.auditKey = auditKey
    self.ledger = ledger
    eraser = Eraser(schemas: try await Eraser.schemas(in: transaction), in: transaction)
  }

  /// Erases the profiles of one customer. The erasure is in the ledger when this returns; its commit is the caller's.
  func erase(_ profiles: [ID<Profile>], reason: ErasureReason) async throws -> ErasedCustomer {
    let (hashes, tables) = try await eraser.eraseAndTell(profiles, key: key)
    let erasure = Erasure(erasure: base.ids.make(), at: base.now, profiles: profiles, key: key.id, hashes: hashes)
    let certificate = try ErasureCertificate(of: erasure, reason: reason, tables: tables, signedBy: auditKey)
    let told = ErasureTold(certificate: certificate.certificate, reason: certificate.reason)
    base.append(try profiles.map { try JournalEntry(subject: $0, type: "profile.erased", payload: told) })
    try await transaction.execute("SELECT 1")
    // On the disk before the commit: an erasure that is in no ledger would end with the next restore.
    try await append(erasure)
    return ErasedCustomer(isRehearsal: false, tables: tables, certificate: certificate)
  }

  /// Does it, looks at what was done, and takes it back.
  func rehearse(_ profiles: [ID<Profile>]) async throws -> ErasedCustomer {
    do {
      return try await transaction.savepoint { () -> ErasedCustomer in
        throw Rehearsed(tables: try await eraser.eraseAndTell(profiles, key: key).tables)
      }
    } catch let rehearsed as Rehearsed {
      return ErasedCustomer(isRehearsal: true, tables: rehearsed.tables, certificate: nil)
    }
  }

  /// Serial, so that it has a thread beyond those that tasks run on: the ledger's lock and the disk may keep it waiting.
  private static let disk = DispatchQueue(label: "erasure.ledger")

  private func append(_ erasure: Erasure) async throws {
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      Self.disk.async { [ledger] in continuation.resume(with: Result { try ledger.append(erasure) }) }
    }
  }
}

/// Payload of `profile.erased`.
private struct ErasureTold: Codable {
  var certificate: ID<ErasureCertificate>
  var reason: ErasureReason
}

/// Carries what was seen out of what is taken back.
private struct Rehearsed: Error {
  let tables: [ErasedTable]
}

/// The service was started without what erasing takes.
private struct MissingMeans: Error, CustomStringConvertible {
  var description: String { "nobody can be erased without the keys of erasure and audit and the ledger" }
}

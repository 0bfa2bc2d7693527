import CustomerBase
import Dispatch
import Models
import Postgres
import Server

/// Forgets a customer: removes or blanks everything personal in every schema, with all of the customer's profiles.
///
/// What stays names nobody: amounts of orders, numbers of consents, who was one customer. What the customer was known by
/// becomes keyed hashes, so that a record or an event that comes again is refused with `erased`. The erasure is in the
/// ledger outside of the database before it takes effect, so that no backup brings the customer back. It cannot be undone;
/// `dryRun` tells what it would do and changes nothing. Erasing again removes whatever has come since.
struct EraseCustomer: Method, Erasing {
  static let name = "privacy.erase"
  static let access = Access.write(.privacy, only: [.staff, .service])
  static let failures: [Failure] = [.notFound]

  /// The customer, by any of its profiles.
  var customer: ID<Customer>
  /// Why the customer is erased; `request` when absent.
  var reason: ErasureReason?
  /// Whether to tell what would be done, and do nothing.
  var dryRun: Bool?

  static func example(in data: ExampleData) -> EraseCustomer {
    EraseCustomer(customer: data.ada, reason: .request, dryRun: true)
  }

  func run(_ call: Call) async throws -> ErasedCustomer {
    let base = call.customerBase
    let profiles = try await base.profiles(of: customer)
    guard !profiles.isEmpty else { throw Failure.notFound.about("customer") }
    guard let transaction = call.database as? Transaction, let key = base.privacy.erasureKeys.first,
      let auditKey = base.privacy.auditKeys.first, let ledger = base.privacy.ledger
    else { throw MissingMeans() }
    let eraser = Eraser(schemas: try await Eraser.schemas(in: transaction), in: transaction)
    if dryRun == true {
      return try await rehearsed(transaction) { try await eraser.eraseAndTell(profiles, key: key).tables }
    }
    let (hashes, tables) = try await eraser.eraseAndTell(profiles, key: key)
    let erasure = Erasure(
      erasure: call.ids.make(), at: call.now, profiles: profiles, key: key.id, hashes: hashes)
    let certificate = try ErasureCertificate(
      of: erasure, reason: reason ?? .request, tables: tables, signedBy: auditKey)
    let told = ErasureTold(certificate: certificate.certificate, reason: certificate.reason)
    base.append(try profiles.map { try JournalEntry(subject: $0, type: "profile.erased", payload: told) })
    try await call.database.execute("SELECT 1")
    // On the disk before the commit: an erasure that is in no ledger would end with the next restore.
    try await Self.append(erasure, to: ledger)
    return ErasedCustomer(isRehearsal: false, tables: tables, certificate: certificate)
  }

  /// Does it, looks at what was done, and takes it back.
  private func rehearsed(
    _ transaction: Transaction, _ erase: () async throws -> [ErasedTable]
  ) async throws -> ErasedCustomer {
    do {
      return try await transaction.savepoint { () -> ErasedCustomer in
        throw Rehearsed(tables: try await erase())
      }
    } catch let rehearsed as Rehearsed {
      return ErasedCustomer(isRehearsal: true, tables: rehearsed.tables, certificate: nil)
    }
  }

  /// The disk is waited for on a thread that may wait.
  private static func append(_ erasure: Erasure, to ledger: ErasureLedger) async throws {
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      DispatchQueue.global().async { continuation.resume(with: Result { try ledger.append(erasure) }) }
    }
  }
}

/// Why somebody is erased, after article 17 of the General Data Protection Regulation.
enum ErasureReason: String, Codable, CaseIterable, Sendable {
  /// The person asked for it.
  case request
  /// The person took back the consent that everything rested on.
  case consentWithdrawn
  /// What the data were for is done.
  case purposeEnded
  /// The data should not have been there.
  case unlawful
  /// A law demands it.
  case obligation
}

/// What an erasure did, or would do.
struct ErasedCustomer: Codable, Sendable {
  /// Whether nothing was changed.
  var isRehearsal: Bool
  /// What became of the rows, by tables.
  var tables: [ErasedTable]
  /// Proof of the erasure; none of a rehearsal.
  var certificate: ErasureCertificate?
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

extension Noun {
  static let audit = Noun(rawValue: "audit")
  static let privacy = Noun(rawValue: "privacy")
}

import CustomerBase
import Models
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
    let erasure = try await CustomerErasure(base)
    return try await dryRun == true ? erasure.rehearse(profiles) : erasure.erase(profiles, reason: reason ?? .request)
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

extension Noun {
  static let audit = Noun(rawValue: "audit")
  static let privacy = Noun(rawValue: "privacy")
}

import Models
import Postgres

/// The one customer base of the suite, as one call sees it: profiles, identifiers, links, customers, consents, orders,
/// products and the journal.
///
/// Every service writes schema `base` through this type alone. What writes wants a transaction for `database`.
public struct CustomerBase: Sendable {
  public let database: any Database
  /// The call's one time.
  public let now: Timestamp
  public let ids: IDGenerator
  /// Who stands behind the call's journal entries.
  public let author: Author
  /// By what erased people are recognised.
  public let privacy: PrivacyMeans

  public init(
    database: any Database, now: Timestamp, ids: IDGenerator, author: Author, privacy: PrivacyMeans = .none
  ) {
    self.database = database
    self.now = now
    self.ids = ids
    self.author = author
    self.privacy = privacy
  }

  public static let schema = SchemaMigrations(schema: "base", migrations: Embedded.migrations)
}

/// Which method of which service did something, and for whom.
public struct Author: Hashable, Sendable {
  public let service: String
  public let method: String
  /// Issuer and subject of the caller's token, or the name of a worker.
  public let actor: String

  public init(service: String, method: String, actor: String) {
    self.service = service
    self.method = method
    self.actor = actor
  }
}

/// Thrown where a call finds, on looking again behind its locks, that it needs others: the whole call is run once more.
public struct RerunCall: Error {
  public init() {}
}

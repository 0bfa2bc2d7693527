import CustomerBase
import Server

/// Chains the journal's entries by codes that the database alone cannot make, so that `ecrm check` finds any that was
/// changed, removed, added or moved.
enum AuditFollower: Follower {
  static let name = CustomerBase.auditFollower

  static func apply(_ entries: [AuditedEntry], in base: CustomerBase) async throws {
    try await base.chain(entries)
  }
}

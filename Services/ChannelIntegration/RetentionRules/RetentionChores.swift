import CustomerBase
import Server

/// Empties the journal's entries that are older than their rule says.
enum ForgetJournal: Chore {
  static let name = "retention.forgetJournal"
  static let everySeconds = 60

  static func run(in base: CustomerBase) async throws -> Bool {
    guard let span = try await base.takeDueSpan(.journal) else { return false }
    try await base.forgetPayloads(span)
    return !span.isLast
  }
}

/// Erases customers of whom nothing has been heard for as long as their rule says, one in each transaction.
enum EraseInactive: Chore {
  static let name = "retention.eraseInactive"
  static let everySeconds = 600

  static func run(in base: CustomerBase) async throws -> Bool {
    let step = try await base.sweepCustomers { since in
      "EXISTS (SELECT FROM acquisition.events e WHERE e.profile = p.id AND e.received_at >= \(since))"
    }
    switch step {
    case .rest: return false
    case .onward: return true
    case .inactive(let profiles):
      _ = try await CustomerErasure(base).erase(profiles, reason: .purposeEnded)
      return true
    }
  }
}

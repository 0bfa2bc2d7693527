import CustomerBase
import Models
import Postgres
import Server

/// Says that an address did not take a message. Saying it again changes nothing.
struct MarkBounced: Method {
  static let name = "addresses.markBounced"
  static let access = Access.write(.addresses)
  static let failures: [Failure] = [.notFound]

  /// The address, compared without case.
  var email: EmailAddress
  /// When the message came back.
  var at: Timestamp
  /// Whether another message may be taken.
  var kind: BounceKind

  static func example(in _: ExampleData) -> MarkBounced {
    MarkBounced(
      email: EmailAddress(fixed: "grace@example.com"), at: ExampleData.now.adding(seconds: -60), kind: .hard)
  }

  func run(_ call: Call) async throws -> MarkedAddress {
    guard at <= call.now.adding(seconds: 300) else {
      throw InvalidParam(path: "/params/at", rule: "range", message: "is in the future")
    }
    let profiles: [ID<Profile>] = try await call.database.all(
      """
      SELECT i.profile FROM base.identifiers i
      WHERE i.kind = 'email' AND i.value = \(email.text) AND i.retired_at IS NULL ORDER BY i.profile
      """)
    guard !profiles.isEmpty else { throw Failure.notFound.about("address") }
    let marked: [ID<Profile>] = try await call.database.all(
      """
      INSERT INTO channel_integration.bounces (profile, email, at, kind)
      SELECT p.profile, \(email.text), \(at), \(kind.rawValue) FROM unnest(\(profiles)) AS p (profile)
      ON CONFLICT ON CONSTRAINT bounces_pkey DO NOTHING
      RETURNING profile
      """)
    let bounce = Bounce(email: email, at: at, kind: kind)
    call.customerBase.append(
      try marked.sorted().map { try JournalEntry(subject: $0, type: "address.bounced", payload: bounce) })
    call.touch(profiles)
    return MarkedAddress(email: email, profiles: profiles)
  }
}

/// Whether an address that did not take a message may take another.
enum BounceKind: String, Codable, CaseIterable, Sendable {
  /// It takes none any more.
  case hard
  /// It may take one later.
  case soft
}

/// Payload of `address.bounced`.
private struct Bounce: Codable {
  var email: EmailAddress
  var at: Timestamp
  var kind: BounceKind
}

/// An address that did not take a message.
struct MarkedAddress: Codable, Sendable {
  /// The address in its normal form.
  var email: EmailAddress
  /// The profiles that carry it.
  var profiles: [ID<Profile>]
}

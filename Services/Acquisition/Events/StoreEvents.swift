import CustomerBase
import JSON
import Models
import Postgres
import Server

extension Call {
  /// The events whose message ids have not come before; this call holds their ids from here on.
  func unseen(_ events: [ReceivedEvent]) async throws -> [ReceivedEvent] {
    guard !events.isEmpty else { return [] }
    let fresh: [String] = try await database.all(
      """
      INSERT INTO acquisition.event_ids (message_id, received_on)
      SELECT m.message_id, \(now.day)
      FROM unnest(\(events.map(\.messageId))) AS m (message_id)
      ORDER BY m.message_id COLLATE "C"
      ON CONFLICT ON CONSTRAINT event_ids_pkey DO NOTHING
      RETURNING message_id
      """)
    if fresh.count == events.count { return events }
    let kept = Set(fresh)
    return events.filter { kept.contains($0.messageId) }
  }

  /// Places the events under their profiles and writes them.
  func store(_ events: [ReceivedEvent]) async throws {
    let placed = try await customerBase.place(
      events.map(\.event.sighting), beforeWriting: events.flatMap(\.event.toldIdentifiers))
    let rows = zip(events, placed).compactMap { event, profile in profile.map { (event: event, profile: $0) } }
    let entry = try await customerBase.appendBulk(
      try JournalEntry(subject: nil, type: "events.collected", payload: ["events": rows.count]))
    _ = database.send(
      """
      INSERT INTO acquisition.events (profile, received_at, id, message_id, type, name, occurred_at, entry, body)
      SELECT e.profile, \(now), e.id, e.message_id, e.type, e.name, e.occurred_at, \(entry), e.body
      FROM unnest(
        \(rows.map(\.profile)), \(rows.map { _ in ids.make(TrackedEvent.self) }), \(rows.map(\.event.messageId)),
        \(rows.map(\.event.event.type.rawValue)), \(rows.map(\.event.event.name)), \(rows.map(\.event.occurredAt)),
        \(rows.map(\.event.event.body))
      ) AS e (profile, id, message_id, type, name, occurred_at, body)
      """)
    try await learnTraits(rows.map { ($0.event.event, $0.profile) })
    touch(rows.map(\.profile))
  }

  /// Merges what `identify` says of people into the website's own records. A write key is public, so nothing it says is
  /// verified, and records of other sources are out of its reach.
  private func learnTraits(_ events: [(TrackedEvent, ID<Profile>)]) async throws {
    let told = events.filter { $0.0.traits?.kind == .object }
    guard !told.isEmpty else { return }
    let records = try await customerBase.webRecords(among: Array(Set(told.map(\.1))))
    let rows = told.compactMap { event, profile in
      records[profile].map { ProfileRow(reference: $0, traits: event.namedTraits, identifiers: event.toldIdentifiers) }
    }
    _ = try await customerBase.upsert(rows)
  }
}

extension TrackedEvent {
  /// Segment's names for traits that the suite knows by another one.
  private static let standardNames = [
    "firstName": "givenName", "lastName": "familyName", "name": "fullName", "birthday": "dateOfBirth",
  ]

  fileprivate var namedTraits: [String: RawJSON] {
    var named: [String: RawJSON] = [:]
    guard let traits else { return named }
    for (name, value) in traits.members.prefix(100) where (1...100).contains(name.utf8.count) {
      named[Self.standardNames[name] ?? name] = value.raw
    }
    return named
  }

  var toldIdentifiers: [Identifier] {
    [
      traits?["email"]?.string.flatMap { Identifier(kind: .email, value: $0) },
      traits?["phone"]?.string.flatMap { Identifier(kind: .phone, value: $0) },
    ].compactMap(\.self)
  }
}

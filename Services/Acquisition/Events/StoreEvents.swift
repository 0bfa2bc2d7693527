import CustomerBase
import JSON
import Models
import Postgres
import Server

extension Call {
  /// Stores the events whose message ids have not come before, and answers how many they are, which are of erased people,
  /// and what was refused; this call holds their ids from here on.
  func store(_ events: [ReceivedEvent]) async throws -> StoredEvents {
    guard !events.isEmpty else { return StoredEvents() }
    // Asked for all of them and before anything else, so that it is known whose they are when it is known which are new.
    let sightings = events.map(\.event.sighting)
    let known = customerBase.look(for: sightings)
    let unseen = database.send("SELECT acquisition.receive(\(events.map(\.messageId)), \(now.day))")
    let columns = columns(of: events)
    // Mostly all are of visitors who are known, and none has come before. They are written before it is known that all
    // are new, as the database is to have something to do, and only if they are.
    let settled = try await customerBase.settled(sightings, known: known).map { Array(zip(events, $0)) }
    if let settled { try insert(settled, columns, if: "current_setting('acquisition.all_new', true) = 'true'") }
    let fresh = try await fresh(unseen, of: events)
    if let settled, fresh.count == events.count {
      try await learn(settled)
      return StoredEvents(count: events.count)
    }
    guard !fresh.isEmpty else { return StoredEvents() }
    let placed = try await customerBase.place(
      fresh.map(\.event.sighting), known: known, beforeWriting: fresh.map(\.event.toldIdentifiers))
    let rows = zip(fresh, placed.profiles).compactMap { event, profile in profile.map { (event: event, profile: $0) } }
    if !rows.isEmpty {
      try insert(rows, rows.count == events.count ? columns : self.columns(of: rows.map(\.event)))
      try await learn(rows)
    }
    var stored = StoredEvents(count: fresh.count)
    stored.refused = placed.refused.map {
      RefusedIdentification(messageId: fresh[$0.sighting].messageId, reason: $0.reason)
    }
    // What names nobody is never received, so an event without a profile is of somebody who was erased.
    let erased = Set(zip(fresh, placed.profiles).filter { $0.1 == nil }.map(\.0.messageId))
    guard !erased.isEmpty else { return stored }
    stored.count -= erased.count
    stored.erased = events.indices.filter { erased.contains(events[$0].messageId) }
    return stored
  }

  /// What is stored of the events but their profiles, each an array.
  private func columns(of events: [ReceivedEvent]) -> SQL {
    """
    \(events.map { _ in ids.make(TrackedEvent.self) }), \(events.map(\.messageId)), \(events.map(\.event.type.rawValue)),
    \(events.map(\.event.name)), \(events.map(\.occurredAt)), \(events.map(\.event.body))
    """
  }

  private func fresh(_ unseen: Pending, of events: [ReceivedEvent]) async throws -> [ReceivedEvent] {
    guard let kept = try await unseen.rows().first?.decode([String]?.self) else { return events }
    let unseen = Set(kept)
    return events.filter { unseen.contains($0.messageId) }
  }

  /// Writes events under their profiles, where the condition holds. Sent, not waited for.
  private func insert(
    _ rows: [(event: ReceivedEvent, profile: ID<Profile>)], _ columns: SQL, if condition: SQL = "true"
  ) throws {
    let entry = try JournalEntry(subject: nil, type: "events.collected", payload: ["events": rows.count])
    _ = database.send(
      """
      WITH entry AS (\(customerBase.appending(entry)) WHERE \(condition) RETURNING id)
      INSERT INTO acquisition.events (profile, received_at, id, message_id, type, name, occurred_at, entry, body)
      SELECT e.profile, \(now), e.id, e.message_id, e.type, e.name, e.occurred_at, entry.id, e.body
      FROM entry CROSS JOIN unnest(\(rows.map(\.profile)), \(columns))
        AS e (profile, id, message_id, type, name, occurred_at, body)
      """)
  }

  /// Notes whom events that are written are about, and merges what `identify` says of people into the website's own
  /// records. A write key is public, so nothing it says is verified, and records of other sources are out of its reach.
  private func learn(_ rows: [(event: ReceivedEvent, profile: ID<Profile>)]) async throws {
    touch(rows.map(\.profile))
    let told = rows.filter { $0.event.event.traits?.kind == .object }
    guard !told.isEmpty else { return }
    let records = try await customerBase.webRecords(among: Array(Set(told.map(\.profile))))
    let learnt = told.compactMap { row in
      records[row.profile].map {
        ProfileRow(reference: $0, traits: row.event.event.namedTraits, identifiers: row.event.event.toldIdentifiers)
      }
    }
    _ = try await customerBase.upsert(learnt)
  }
}

/// What became of events.
struct StoredEvents: Sendable {
  /// Events that were new.
  var count = 0
  /// Places of the events that are of erased people.
  var erased: [Int] = []
  var refused: [RefusedIdentification] = []
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

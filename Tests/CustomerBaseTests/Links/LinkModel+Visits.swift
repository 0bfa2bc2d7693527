import Models

/// What websites tell, and what is forgotten, in the model of customers.
extension LinkModel {
  /// An event as it was stored.
  struct Visit: Hashable {
    var profile: ID<Profile>
    var name: String
  }

  /// Where an event belongs: a profile that is there, or one that is yet to be made.
  struct Place {
    /// The profile that the event is stored under; nil for a new one.
    var profile: ID<Profile>?
    /// The visitor's profile that the event closes.
    var closes: ID<Profile>?
    /// Whether visitor and account become one.
    var links = false
  }

  func carrier(of kind: IdentifierKind, _ value: String) -> ID<Profile>? {
    let key = Value(kind: kind, value: value)
    return records.filter { $0.value.identifiers[key] != nil }.keys.min()
  }

  /// The accounts that a visitor's customer is known as.
  private func users(of profile: ID<Profile>) -> Set<String> {
    Set(
      component(of: profile).flatMap { member in
        records[member]?.identifiers.keys.filter { $0.kind == .user }.map(\.value) ?? []
      })
  }

  func place(visitor: String?, user: String?, identifies: Bool) -> Place {
    guard let visitor else { return Place(profile: user.flatMap { carrier(of: .user, $0) }) }
    let known = carrier(of: .anonymous, visitor)
    let users = known.map { self.users(of: $0) } ?? []
    guard let user, !users.contains(user) else { return Place(profile: known) }
    guard identifies else { return Place(profile: users.isEmpty ? known : carrier(of: .user, user)) }
    return users.isEmpty
      ? Place(profile: known, links: true) : Place(profile: nil, closes: known, links: true)
  }

  /// A profile that a website made of one of its ids.
  mutating func add(_ profile: ID<Profile>, carrying kind: IdentifierKind, _ value: String, at: Timestamp) {
    var record = Record(
      profile: Profile(profile: profile, source: "web", externalId: "\(kind.rawValue):\(profile)", createdAt: at))
    record.identifiers[Value(kind: kind, value: value)] = (false, at)
    records[profile] = record
  }

  mutating func close(_ profile: ID<Profile>, visitor: String) {
    records[profile]?.identifiers[Value(kind: .anonymous, value: visitor)] = nil
  }

  func isErased(_ profile: ID<Profile>) -> Bool {
    records[profile]?.profile.externalId.hasPrefix("erased:") == true
  }

  /// Forgets what a profile tells; its orders and consents stay, under nobody's name.
  mutating func erase(_ profile: ID<Profile>) {
    guard var record = records[profile] else { return }
    record.profile.externalId = "erased:\(profile)"
    record.traits = [:]
    record.identifiers = [:]
    for place in record.consents.indices { record.consents[place].basis = "erased" }
    records[profile] = record
    visits.removeAll { $0.profile == profile }
    for (number, order) in orders where order.profile == profile && !number.hasPrefix("erased:") {
      orders[number] = nil
      orders["erased:\(number):\(orders.count)"] = order
    }
  }

  /// Whether the customer agreed, by every record of every profile.
  func allows(_ profile: ID<Profile>, _ purpose: String, on channel: String) -> String {
    let told = component(of: profile).flatMap { records[$0]?.consents ?? [] }
      .filter { $0.purpose == purpose && ($0.channel == nil || $0.channel == channel) }
    guard let latest = told.map(\.recordedAt).max() else { return "unrecorded" }
    return told.contains { $0.recordedAt == latest && $0.state == .withdrawn } ? "withdrawn" : "granted"
  }
}

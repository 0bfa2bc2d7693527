import Models

/// What an event of a website says of who caused it.
public struct Sighting: Hashable, Sendable {
  public var anonymousId: String?
  public var userId: String?
  /// Whether the event says that both are one person (Segment's `identify` and `alias`).
  public var identifies: Bool

  public init(anonymousId: String?, userId: String?, identifies: Bool) {
    self.anonymousId = anonymousId
    self.userId = userId
    self.identifies = identifies
  }
}

/// Who carries which ids of a website, as far as a batch of sightings is concerned, and what the sightings change.
///
/// Pure: it is filled from the database, decides event by event in their order, and tells what is to be written.
struct SightingLedger {
  struct Visitor {
    var profile: ID<Profile>
    /// Accounts known of the visitor's customer.
    var users: Set<String>
  }

  private(set) var visitors: [String: Visitor] = [:]
  private(set) var accounts: [String: ID<Profile>] = [:]
  /// Pairs whose `identify` link a person has forbidden, and how; they are not linked again.
  var forbidden: [LinkCandidate: LinkRefusal] = [:]

  private(set) var madeVisitors: [(anonymousId: String, profile: ID<Profile>)] = []
  private(set) var madeAccounts: [(userId: String, profile: ID<Profile>)] = []
  private(set) var closed: [(anonymousId: String, profile: ID<Profile>)] = []
  private(set) var links: [LinkCandidate] = []
  /// Links that were refused, each by the place of its sighting.
  private(set) var refused: [(sighting: Int, profile: ID<Profile>, link: RefusedLink)] = []
  private var placed = 0

  mutating func know(visitor anonymousId: String, profile: ID<Profile>, users: Set<String>) {
    visitors[anonymousId] = Visitor(profile: profile, users: users)
  }

  mutating func know(account userId: String, profile: ID<Profile>) {
    accounts[userId] = profile
  }

  /// Whether there is nothing to write of the sightings that were placed.
  var changesNothing: Bool {
    madeVisitors.isEmpty && madeAccounts.isEmpty && closed.isEmpty && links.isEmpty && refused.isEmpty
  }

  /// Whether the sighting can be placed without making, closing or linking anything.
  func isSettled(_ sighting: Sighting) -> Bool {
    let visitor = sighting.anonymousId.map { visitors[$0] }
    if case .some(.none) = visitor { return false }
    guard let userId = sighting.userId else { return true }
    guard let account = accounts[userId] else { return false }
    guard sighting.identifies, let visitor = visitor ?? nil else { return true }
    return visitor.users.contains(userId) || account == visitor.profile
  }

  /// Leaves a sighting out that is in its place.
  mutating func skip() -> ID<Profile>? {
    placed += 1
    return nil
  }

  /// The profile that the sighting's event is stored under.
  mutating func place(_ sighting: Sighting, make: () -> ID<Profile>) -> ID<Profile>? {
    defer { placed += 1 }
    guard let anonymousId = sighting.anonymousId else {
      return sighting.userId.map { self.account($0, make) }
    }
    let visitor = self.visitor(anonymousId, make)
    guard let userId = sighting.userId, !visitor.users.contains(userId) else { return visitor.profile }
    guard sighting.identifies else {
      // An event that names another user than the visitor's belongs to that user.
      return visitor.users.isEmpty ? visitor.profile : self.account(userId, make)
    }
    let account = self.account(userId, make)
    var identified = visitor
    if !visitor.users.isEmpty {
      // A second person on the same device: the first one's visitor profile is closed, not shared.
      closed.append((anonymousId, visitor.profile))
      refuse(LinkCandidate(a: visitor.profile, b: account, evidence: "identify"), .sharedDevice)
      identified = Visitor(profile: make(), users: [])
      madeVisitors.append((anonymousId, identified.profile))
    }
    let link = LinkCandidate(a: identified.profile, b: account, evidence: "identify")
    if identified.profile != account {
      if let refusal = forbidden[link] {
        refuse(link, refusal)
      } else {
        identified.users.insert(userId)
        links.append(link)
      }
    }
    visitors[anonymousId] = identified
    return identified.profile
  }

  private mutating func refuse(_ link: LinkCandidate, _ reason: LinkRefusal) {
    refused.append((placed, link.a, RefusedLink(evidence: link.evidence, with: link.b, reason: reason)))
  }

  private mutating func visitor(_ anonymousId: String, _ make: () -> ID<Profile>) -> Visitor {
    if let visitor = visitors[anonymousId] { return visitor }
    let visitor = Visitor(profile: make(), users: [])
    visitors[anonymousId] = visitor
    madeVisitors.append((anonymousId, visitor.profile))
    return visitor
  }

  private mutating func account(_ userId: String, _ make: () -> ID<Profile>) -> ID<Profile> {
    if let account = accounts[userId] { return account }
    let account = make()
    accounts[userId] = account
    madeAccounts.append((userId, account))
    return account
  }
}

import Models
import Postgres

extension CustomerBase {
  /// Brings customers and members in line with the active links, for the components that these profiles are in.
  ///
  /// Locks the customers concerned and looks again behind the lock; where that shows others, the call is run once more.
  func regroup(around profiles: [ID<Profile>]) async throws {
    guard !profiles.isEmpty else { return }
    let around = Array(Set(profiles))
    let locked: [ID<Customer>] = try await database.all(
      """
      SELECT c.id FROM base.customers c
      WHERE c.id IN (SELECT m.customer FROM base.members m WHERE m.profile = ANY (\(around)))
      ORDER BY c.id
      FOR UPDATE
      """)
    let members = database.send(
      """
      SELECT m.profile, m.customer FROM base.members m
      WHERE m.customer IN (SELECT n.customer FROM base.members n WHERE n.profile = ANY (\(around)))
      """)
    // Step by step, and which are active is asked last: a planner that has not counted the links yet takes these to be
    // few, and would read all of them.
    let links = database.send(
      """
      SELECT l.a, l.b
      FROM unnest(\(locked)) AS c (customer)
      CROSS JOIN LATERAL (SELECT m.profile FROM base.members m WHERE m.customer = c.customer OFFSET 0) m
      CROSS JOIN LATERAL (SELECT l.a, l.b, l.removed_at FROM base.links l WHERE l.a = m.profile OFFSET 0) l
      WHERE l.removed_at IS NULL
      """)

    var before: [ID<Profile>: ID<Customer>] = [:]
    for row in try await members.rows() {
      let (profile, customer) = try row.decode(ID<Profile>.self, ID<Customer>.self)
      before[profile] = customer
    }
    guard Set(before.values).isSubset(of: Set(locked)) else { throw RerunCall() }
    var components = Components(before.keys)
    for row in try await links.rows() {
      let (a, b) = try row.decode(ID<Profile>.self, ID<Profile>.self)
      components.join(a, b)
    }
    try await write(components, over: before)
  }

  private func write(_ components: Components, over before: [ID<Profile>: ID<Customer>]) async throws {
    let after = before.keys.map { (profile: $0, customer: ID<Customer>(components.earliest($0))) }
    let moved = after.filter { before[$0.profile] != $0.customer }
    guard !moved.isEmpty else { return }
    let old = Set(before.values)
    let new = Set(after.map(\.customer))
    _ = database.send("INSERT INTO base.customers (id) SELECT unnest(\(Array(new.subtracting(old))))")
    _ = database.send("DELETE FROM base.customers WHERE id = ANY (\(Array(old.subtracting(new))))")
    try await database.execute(
      """
      UPDATE base.members m SET customer = n.customer
      FROM unnest(\(moved.map(\.profile)), \(moved.map(\.customer))) AS n (profile, customer)
      WHERE m.profile = n.profile
      """)
  }
}

/// Connected components of profiles, by union and find with path halving; each is named by its smallest id.
struct Components {
  private var parent: [ID<Profile>: ID<Profile>]

  init(_ profiles: some Sequence<ID<Profile>>) {
    parent = Dictionary(uniqueKeysWithValues: profiles.map { ($0, $0) })
  }

  mutating func join(_ a: ID<Profile>, _ b: ID<Profile>) {
    let (a, b) = (root(a), root(b))
    // The smaller id stays on top, so that a component's root is its earliest profile.
    if a != b { parent[max(a, b)] = min(a, b) }
  }

  /// The earliest profile of the component that this one is in.
  func earliest(_ profile: ID<Profile>) -> ID<Profile> {
    var profile = profile
    while let above = parent[profile], above != profile { profile = above }
    return profile
  }

  private mutating func root(_ profile: ID<Profile>) -> ID<Profile> {
    var profile = profile
    while let above = parent[profile], above != profile {
      parent[profile] = parent[above]
      profile = above
    }
    return profile
  }
}

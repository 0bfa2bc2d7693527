import Models

/// A loyalty programme as it should be, told independently of the database.
public struct PointModel: Sendable {
  public struct Lot: Sendable {
    public var id: ID<PointEntry>
    public var profile: ID<Profile>
    public var points: Int
    public var activeAt: Timestamp
    public var expiresAt: Timestamp?

    public init(
      id: ID<PointEntry>, profile: ID<Profile>, points: Int, activeAt: Timestamp, expiresAt: Timestamp?
    ) {
      self.id = id
      self.profile = profile
      self.points = points
      self.activeAt = activeAt
      self.expiresAt = expiresAt
    }

    func isActive(at moment: Timestamp) -> Bool { activeAt <= moment && !isExpired(at: moment) }
    func isExpired(at moment: Timestamp) -> Bool { expiresAt.map { $0 <= moment } ?? false }
  }

  public private(set) var lots: [Lot] = []

  public init() {}

  public mutating func earn(_ lot: Lot) { lots.append(lot) }

  /// Takes point by point; nil, and nothing is taken, where there are not enough.
  public mutating func take(
    _ points: Int, of profiles: [ID<Profile>], at moment: Timestamp, first own: ID<PointEntry>? = nil
  ) -> [ID<PointEntry>: Int]? {
    var left = lots
    var taken: [ID<PointEntry>: Int] = [:]
    for _ in 0..<points {
      let open = left.indices.filter {
        left[$0].points > 0
          && (left[$0].id == own || (profiles.contains(left[$0].profile) && left[$0].isActive(at: moment)))
      }
      let next = open.min { one, other in
        let (one, other) = (left[one], left[other])
        if one.id == own || other.id == own { return one.id == own }
        switch (one.expiresAt, other.expiresAt) {
        case (let end?, let later?) where end != later: return end < later
        case (nil, _?): return false
        case (_?, nil): return true
        default: return one.id < other.id
        }
      }
      guard let next else { return nil }
      left[next].points -= 1
      taken[left[next].id, default: 0] -= 1
    }
    lots = left
    return taken
  }

  public mutating func giveBack(_ taken: [ID<PointEntry>: Int]) {
    for place in lots.indices { lots[place].points -= taken[lots[place].id] ?? 0 }
  }

  public func active(of profiles: [ID<Profile>], at moment: Timestamp) -> Int {
    points(of: profiles) { $0.isActive(at: moment) }
  }

  public func expired(of profiles: [ID<Profile>], at moment: Timestamp) -> Int {
    points(of: profiles) { $0.isExpired(at: moment) }
  }

  public func all(of profiles: [ID<Profile>]) -> Int { points(of: profiles) { _ in true } }

  private func points(of profiles: [ID<Profile>], _ counts: (Lot) -> Bool) -> Int {
    lots.filter { profiles.contains($0.profile) && counts($0) }.reduce(0) { $0 + $1.points }
  }
}

import Models
import Postgres
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Retention
@testable import Server

/// Points earned, spent and taken back in random order, while customers are merged and parted and time passes, against a
/// model: the balance is the sum of its lots, never below zero, and reversals are exact.
struct PointPropertyTests {
  @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
  func `balances and entries are those of the model`(seed: UInt64) async throws {
    try await LoyaltyHouse.with(customers: 4) { house in
      var play = PointPlay(house: house, seed: seed)
      for step in 0..<150 {
        try await play.step()
        if step % 15 == 14 { try await play.compare() }
      }
      #expect(play.refusals > 5 && play.reversals > 5, "\(play.refusals) refusals, \(play.reversals) reversals")
    }
  }
}

private struct PointPlay {
  let house: LoyaltyHouse
  var model = PointModel()
  var random: SeededGenerator
  /// What entries that are not reversed have moved.
  var open: [(entry: ID<PointEntry>, profile: ID<Profile>, moved: [ID<PointEntry>: Int])] = []
  var links: [(link: ID<Link>, pair: Set<Int>)] = []
  var refusals = 0
  var reversals = 0

  init(house: LoyaltyHouse, seed: UInt64) {
    self.house = house
    random = SeededGenerator(seed: seed)
  }

  mutating func step() async throws {
    let place = Int.random(in: house.customers.indices, using: &random)
    switch Int.random(in: 0..<10, using: &random) {
    case 0...2: try await earn(place)
    case 3...5: try await burn(place)
    case 6, 7: try await reverse()
    case 8: try await link()
    default: house.service.clock.advance(seconds: Int64.random(in: 1...3, using: &random) * LoyaltyHouse.day)
    }
  }

  private mutating func earn(_ place: Int) async throws {
    let points = Int.random(in: 1...20, using: &random)
    let active = Bool.random(using: &random) ? nil : Int64.random(in: 0...3, using: &random)
    let expires = Bool.random(using: &random) ? nil : Int64.random(in: 4...12, using: &random)
    let profile = ID<Profile>(house.customers[place])
    let earned = try await house.earn(points, house.customers[place], activeInDays: active, expiringInDays: expires)
    model.earn(
      PointModel.Lot(
        id: earned.entry, profile: profile, points: points,
        activeAt: house.now.adding(seconds: (active ?? 0) * LoyaltyHouse.day),
        expiresAt: expires.map { house.now.adding(seconds: $0 * LoyaltyHouse.day) }))
    open.append((earned.entry, profile, [earned.entry: points]))
  }

  private mutating func burn(_ place: Int) async throws {
    let points = Int.random(in: 1...25, using: &random)
    let burn = BurnPoints(customer: house.customers[place], points: Points(points) ?? .hundred)
    guard let taken = model.take(points, of: customer(place), at: house.now) else {
      refusals += 1
      #expect(try await house.service.refusal(of: burn)?.type == "insufficient_points")
      return
    }
    let burned = try await house.service.call(burn)
    #expect(moved(burned) == taken)
    open.append((burned.entry, ID(house.customers[place]), taken))
  }

  private mutating func reverse() async throws {
    guard !open.isEmpty else { return }
    let place = Int.random(in: open.indices, using: &random)
    let (entry, profile, before) = open[place]
    if let earned = before[entry] {
      let owner = try #require(house.customers.firstIndex(of: ID(profile)))
      guard let taken = model.take(earned, of: customer(owner), at: house.now, first: entry) else {
        refusals += 1
        #expect(try await house.service.refusal(of: house.reversal(of: entry))?.type == "insufficient_points")
        return
      }
      #expect(moved(try await house.service.call(house.reversal(of: entry))) == taken)
    } else {
      model.giveBack(before)
      #expect(moved(try await house.service.call(house.reversal(of: entry))) == before.mapValues { -$0 })
    }
    open.remove(at: place)
    reversals += 1
  }

  private mutating func link() async throws {
    if Bool.random(using: &random), let standing = links.popLast() {
      try await house.channels.unlink(standing.link)
      return
    }
    let a = Int.random(in: house.customers.indices, using: &random)
    let b = Int.random(in: house.customers.indices, using: &random)
    guard a != b, !links.contains(where: { $0.pair == [a, b] }) else { return }
    links.append((try await house.channels.link("\(a)", "\(b)"), [a, b]))
  }

  private func moved(_ posted: PostedPoints) -> [ID<PointEntry>: Int] {
    Dictionary(uniqueKeysWithValues: posted.lots.map { ($0.lot, $0.points) })
  }

  /// The profiles that the links join with this one.
  private func customer(_ place: Int) -> [ID<Profile>] {
    var reached: Set<Int> = [place]
    for _ in house.customers {
      for link in links where !link.pair.isDisjoint(with: reached) { reached.formUnion(link.pair) }
    }
    return reached.sorted().map { ID(house.customers[$0]) }
  }

  func compare() async throws {
    for (place, customer) in house.customers.enumerated() {
      let profiles = self.customer(place)
      let balance = try await house.balance(customer)
      let expired = model.expired(of: profiles, at: house.now)
      let active = model.active(of: profiles, at: house.now)
      #expect((balance.active, balance.expired) == (active, expired))
      #expect(balance.active + balance.pending + balance.expired == model.all(of: profiles))
      let entries = try await house.entries(customer)
      #expect(entries.reduce(0) { $0 + $1.points } == model.all(of: profiles))
      #expect(entries.allSatisfy { entry in entry.points == entry.lots.reduce(0) { $0 + $1.points } })
    }
    for lot in model.lots {
      let remaining: Int = try await house.service.database.shared.one(
        "SELECT remaining FROM retention.point_lots WHERE id = \(lot.id)")
      #expect(remaining == lot.points)
    }
  }
}

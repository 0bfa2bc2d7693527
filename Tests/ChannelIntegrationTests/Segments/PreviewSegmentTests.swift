import Models
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Server

struct PreviewSegmentTests {
  @Test func `a preview counts, shows some with what decides, and writes nothing`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      var first: ID<Customer>?
      for number in 0..<12 {
        let person = try await service.person("\(number)", ["locality": number == 11 ? "Wien" : "Graz"])
        if first == nil { first = person.customer }
      }
      let rule = SegmentRule.all([
        .trait(TraitClause(name: "locality", is: text("Graz"))), .not(.ordered(OrderedClause(withinDays: 30))),
      ])
      let before: Int = try await service.database.shared.one("SELECT count(*) FROM base.journal")
      let preview = try await service.call(PreviewSegment(rule: rule))
      #expect(preview.count == 11 && preview.customers == 12 && preview.sample.count == 10)
      #expect(preview.asOf == service.clock.now && !preview.scansEverything)
      let shown = try #require(preview.sample.first)
      #expect(shown.customer == first && shown.clause.path == "/all" && shown.clause.holds)
      let clauses = try #require(shown.clause.clauses)
      #expect(clauses.map(\.path) == ["/all/0/trait", "/all/1/not"] && clauses.map(\.holds) == [true, true])
      #expect(clauses[0].fact?.value == text("Graz") && clauses[0].fact?.source == "shop")
      #expect(clauses[1].clauses?.map(\.holds) == [false] && clauses[1].clauses?[0].fact == nil)
      let after: Int = try await service.database.shared.one(
        "SELECT (SELECT count(*) FROM base.journal) + (SELECT count(*) FROM base.segments)")
      #expect(after == before)

      let nobody = try await service.call(PreviewSegment(rule: .source(.crm)))
      #expect(nobody.count == 0 && nobody.sample.isEmpty)
      #expect(try await service.call(PreviewSegment(rule: .not(.source(.crm)))).scans.map(\.path) == ["/not"])
    }
  }
}

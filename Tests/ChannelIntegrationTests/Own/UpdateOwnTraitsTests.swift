import JSON
import Models
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import CustomerBase
@testable import Server

struct UpdateOwnTraitsTests {
  private func text(_ plain: String) -> RawJSON { RawJSON(wellFormed: "\"\(plain)\"") }

  /// The values of a trait as everybody sees them, the current one first.
  private func values(of name: String, _ customer: ID<Customer>, _ service: TestService) async throws -> [String] {
    let view = try JSONDocument(parsing: try await service.call(GetCustomer(customer: customer)).json.utf8).root
      .decode(CustomerView.self)
    #expect(view.traits.filter(\.current).count == Set(view.traits.map(\.name)).count)
    return view.traits.filter { $0.name == name }.map { "\($0.source) \($0.value.text)" }
  }

  @Test func `a correction is what everybody sees at once, and null takes it back`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let shop = try await service.person("ada", ["familyName": "Byron"], email: "ada@example.com")
      let ada = Principal.customer(shop.customer)
      service.clock.advance(seconds: 1)
      let told = try await service.call(UpdateOwnTraits(traits: ["familyName": text("Lovelace")]), as: ada)
      #expect(told.traits.map(\.name) == ["familyName"])
      #expect(try await values(of: "familyName", shop.customer, service) == [#"self "Lovelace""#, #"shop "Byron""#])
      let found = try await service.call(SearchCustomers(text: SearchText(fixed: "lovelace"))).items
      #expect(found.map(\.customer) == [shop.customer])
      let back = try await service.call(UpdateOwnTraits(traits: ["familyName": .null]), as: ada)
      #expect(back.traits.isEmpty)
      #expect(try await values(of: "familyName", shop.customer, service) == [#"shop "Byron""#])
      #expect(try await CustomerBase.faults(in: service.database.shared) == [])
    }
  }

  @Test func `what is said again counts from now on`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let customer = try await service.person("ada").customer
      let word = UpdateOwnTraits(traits: ["city": text("London")])
      _ = try await service.call(word, as: .customer(customer))
      service.clock.advance(seconds: 1)
      _ = try await service.person("ada", ["city": "Paris"])
      #expect(try await values(of: "city", customer, service).first == #"shop "Paris""#)
      service.clock.advance(seconds: 1)
      _ = try await service.call(word, as: .customer(customer))
      #expect(try await values(of: "city", customer, service) == [#"self "London""#, #"shop "Paris""#])
    }
  }

  @Test func `many words at once are kept in one record`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let customer = try await service.person("ada").customer
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<12 {
          group.addTask {
            _ = try await service.call(
              UpdateOwnTraits(traits: ["word\(number)": text("x")]), as: .customer(customer))
          }
        }
        try await group.waitForAll()
      }
      let records: Int = try await service.database.shared.one(
        "SELECT count(*) FROM base.profiles WHERE source = 'self'")
      #expect(records == 1)
      let traits: Int = try await service.database.shared.one("SELECT count(*) FROM base.traits")
      #expect(traits == 12)
      #expect(try await CustomerBase.faults(in: service.database.shared) == [])
    }
  }

  @Test func `an old word is taken back in all records of customers who became one`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let (one, other) = (try await service.person("1"), try await service.person("2"))
      for person in [one, other] {
        service.clock.advance(seconds: 1)
        _ = try await service.call(
          UpdateOwnTraits(traits: ["city": text("\(person.profile)")]), as: .customer(person.customer))
      }
      try await service.link("1", "2")
      #expect(try await values(of: "city", one.customer, service).count == 2)
      let told = try await service.call(UpdateOwnTraits(traits: ["city": .null]), as: .customer(other.customer))
      #expect(told.traits.isEmpty)
      #expect(try await values(of: "city", one.customer, service).isEmpty)
    }
  }

  @Test func `a word begins another record where its own was taken from the customer`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let person = try await service.person("ada")
      _ = try await service.call(UpdateOwnTraits(traits: ["city": text("London")]), as: .customer(person.customer))
      let links = try await service.call(ListLinks(customer: person.customer)).items
      #expect(links.map(\.evidence) == ["self"])
      try await service.unlink(links[0].link)
      #expect(try await values(of: "city", person.customer, service).isEmpty)
      service.clock.advance(seconds: 1)
      _ = try await service.call(UpdateOwnTraits(traits: ["city": text("Ockham")]), as: .customer(person.customer))
      #expect(try await values(of: "city", person.customer, service) == [#"self "Ockham""#])
    }
  }

  @Test func `nobody else is told of, and who was erased says nothing`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let customer = try await service.person("ada").customer
      let word = UpdateOwnTraits(traits: ["city": text("London")])
      let refusal = try await service.refusal(of: word)
      #expect(refusal?.type == "forbidden" && refusal?.detail == "is for tokens of the role customer")
      let nobody = Principal.customer(ID(high: 1, low: 1))
      #expect(try await service.refusal(of: word, as: nobody)?.type == "not_found")
      let smuggled = #"{"traits":{},"customer":"\#(customer)"}"#
      #expect(try await service.refusal(of: "self.update", smuggled, as: nobody)?.paths == ["/params/customer"])
      _ = try await service.database.transaction { transaction in
        try await Eraser(schemas: SuiteDatabase(allServices).schemas.map(\.schema), in: transaction)
          .erase([ID(customer)], key: nil)
      }
      #expect(try await service.refusal(of: word, as: .customer(customer))?.type == "not_found")
      #expect(try await service.refusal(of: ViewOwnFacts(), as: .customer(customer))?.type == "not_found")
    }
  }

  @Test func `a customer's record has bounds, over all calls`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let customer = try await service.person("ada").customer
      let half = Dictionary(uniqueKeysWithValues: (0..<150).map { ("a\($0)", text("x")) })
      let more = Dictionary(uniqueKeysWithValues: (0..<60).map { ("b\($0)", text("x")) })
      _ = try await service.call(UpdateOwnTraits(traits: half), as: .customer(customer))
      let refusal = try await service.refusal(of: UpdateOwnTraits(traits: more), as: .customer(customer))
      #expect(refusal?.paths == ["/params/traits"])
      #expect(try await values(of: "b1", customer, service).isEmpty)
      let unnamed = try await service.refusal(of: UpdateOwnTraits(traits: ["": text("x")]), as: .customer(customer))
      #expect(unnamed?.paths == ["/params/traits"])
    }
  }
}

import Datasets
import Models
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Retention
@testable import Server

struct GetLifetimeValueTests {
  private let cdnow = SourceName(normal: CDNOWShop.source)

  @Test func `Single customers of CDNOW are valued as published`() async throws {
    try await CDNOWShop.withService { service in
      for known in ValuedCustomer.all {
        let customer = try await service.customer("\(known.number)", source: CDNOWShop.source)
        let value = try await service.call(GetLifetimeValue(customer: customer, horizonDays: 273, source: cdnow))
        #expect(value.history.frequency == known.history.frequency)
        #expect(abs(value.history.recencyWeeks - known.history.recencyWeeks) < 1e-6)
        #expect(abs(value.history.ageWeeks - known.history.ageWeeks) < 1e-6)
        #expect(abs(value.history.meanRepeatSpend - known.history.meanRepeatSpend) < 1e-3)
        #expect(abs(value.probabilityAlive - known.probabilityAlive) < 1e-4)
        #expect(abs(value.expectedPurchases - known.expectedPurchases) < 1e-4)
        #expect(abs(value.expectedSpend - known.expectedSpend) < 1e-3)
        #expect(value.expectedValue == value.expectedPurchases * value.expectedSpend)
        #expect(value.currency == CDNOWShop.dollars)
        #expect(value.asOf == CDNOWCustomers.calibrationEnd)
        #expect(value.horizonDays == 273)
      }
    }
  }

  @Test(.enabled(if: DatasetFolders.reference != nil))
  func `Every one of CDNOW's customers is answered as by the reference`() async throws {
    let folder = try #require(DatasetFolders.reference)
    let reader = try CSVReader(path: "\(folder)/cdnow/expected_bgnbd_gamma_gamma.csv")
    let places = try reader.columns("customer_id", "p_alive", "exp_39w", "exp_spend")
    var expected: [String: [Double]] = [:]
    while let fields = try reader.next() {
      expected[fields[places[0]]] = places.dropFirst().map { Double(fields[$0]) ?? .infinity }
    }
    #expect(expected.count == 2357)
    try await CDNOWShop.withService { service in
      let customers = try await service.customers(source: CDNOWShop.source)
      for (number, figures) in expected {
        let customer = try #require(customers[number])
        let value = try await service.call(GetLifetimeValue(customer: customer, horizonDays: 273, source: cdnow))
        #expect(abs(value.probabilityAlive - figures[0]) < 1e-4)
        #expect(abs(value.expectedPurchases - figures[1]) < 1e-4)
        #expect(abs(value.expectedSpend - figures[2]) < 1e-4)
      }
    }
  }

  @Test func `A horizon is 1 to 3650 days and a longer one brings more`() async throws {
    try await CDNOWShop.withService { service in
      let customer = try await service.customer("1", source: CDNOWShop.source)
      var values: [Double] = []
      for days in [1, 30, 365, 3650] {
        values.append(
          try await service.call(GetLifetimeValue(customer: customer, horizonDays: days, source: cdnow)).expectedValue)
      }
      #expect(values == values.sorted())
      #expect(values[0] > 0)
      for days in [Int.min, -1, 0, 3651, Int.max] {
        let refusal = try await service.refusal(
          of: GetLifetimeValue(customer: customer, horizonDays: days, source: cdnow))
        #expect(refusal?.type == "invalid_params")
        #expect(refusal?.paths == ["/params/horizonDays"])
      }
    }
  }

  @Test func `Who bought nothing before the calibration ended has no value`() async throws {
    try await CDNOWShop.withService { service in
      let shop = try await service.beside(ChannelIntegrationService.self)
      let dollars = CDNOWShop.dollars
      try await shop.order(
        [
          TestOrder("late", of: "late", at: "1997-10-01", "20", currency: dollars),
          TestOrder("cancelled", of: "cancelled", at: "1997-02-01", "20", currency: dollars, status: .cancelled),
          TestOrder("euros", of: "euros", at: "1997-02-01", "20"),
          TestOrder("last", of: "last", at: "1997-09-30T23:59:59.999999Z", "20", currency: dollars),
        ], source: CDNOWShop.source)
      try await shop.order([TestOrder("elsewhere", of: "elsewhere", at: "1997-02-01", "20", currency: dollars)])
      for name in ["late", "cancelled", "euros"] {
        let customer = try await service.customer(name, source: CDNOWShop.source)
        let refusal = try await service.refusal(
          of: GetLifetimeValue(customer: customer, horizonDays: 30, source: cdnow))
        #expect(refusal?.type == "no_purchases")
        #expect(refusal?.code == 3001)
      }
      let elsewhere = try await service.customer("elsewhere")
      let refusal = try await service.refusal(of: GetLifetimeValue(customer: elsewhere, horizonDays: 30, source: cdnow))
      #expect(refusal?.type == "no_purchases")
      let last = try await service.customer("last", source: CDNOWShop.source)
      let value = try await service.call(GetLifetimeValue(customer: last, horizonDays: 30, source: cdnow))
      #expect(value.history == PurchaseHistory(frequency: 0, recencyWeeks: 0, ageWeeks: 0, meanRepeatSpend: 0))
    }
  }

  @Test func `Profiles of one customer are valued together`() async throws {
    try await CDNOWShop.withService { service in
      let shop = try await service.beside(ChannelIntegrationService.self)
      try await shop.link("1", "2", source: CDNOWShop.source)
      var values: [CustomerLifetimeValue] = []
      for name in ["1", "2"] {
        let customer = try await service.customer(name, source: CDNOWShop.source)
        values.append(try await service.call(GetLifetimeValue(customer: customer, horizonDays: 273, source: cdnow)))
      }
      #expect(values[0].customer == values[1].customer)
      #expect(values[0].history == values[1].history)
      // Customer 1 bought on three days, customer 2 on two, all of them different or the first.
      #expect((3...4).contains(values[0].history.frequency))
    }
  }

  @Test func `Unknown customers and models are not found and reading needs its scope`() async throws {
    try await CDNOWShop.withService { service in
      let customer = try await service.customer("1", source: CDNOWShop.source)
      let unpublished = try await service.refusal(of: GetLifetimeValue(customer: customer, horizonDays: 30))
      #expect(unpublished?.type == "not_found")
      #expect(unpublished?.detail.hasPrefix("model") == true)
      let nobody = ID<Customer>(service.ids.make(Profile.self))
      let unknown = try await service.refusal(of: GetLifetimeValue(customer: nobody, horizonDays: 30, source: cdnow))
      #expect(unknown?.type == "not_found")
      #expect(unknown?.detail == "customer")
      let get = GetLifetimeValue(customer: customer, horizonDays: 30, source: cdnow)
      #expect(try await service.refusal(of: get, as: .service(scopes: ["clv:read"])) == nil)
      for principal in [.service(scopes: ["rfm:read"]), .site, Principal.customer(customer)] {
        #expect(try await service.refusal(of: get, as: principal)?.type == "forbidden")
      }
    }
  }
}

import TestSupport
@testable import Datasets
import Testing

struct DatasetsTests {
  @Test func `CDNOW has 6919 purchases of 2357 customers`() throws {
    let purchases = try CDNOW.purchases(path: "\(DatasetFolders.fetched)/cdnow/CDNOW_sample.txt")
    #expect(purchases.count == 6919)
    #expect(Set(purchases.map(\.customer)) == Set(1...2357))
    #expect(purchases.first == CDNOW.Purchase(customer: 1, day: "1997-01-01", quantity: 2, amount: "29.33"))
    #expect(purchases.map(\.day).max() == "1998-06-30")
  }

  @Test(arguments: [("1", 1000, 500), ("2", 5000, 4000), ("3", 5000, 2000), ("4a", 5000, 5000), ("4b", 5000, 5000)])
  func `FEBRL has its contacts and people`(name: String, records: Int, people: Int) throws {
    let found = try FEBRL.people(path: "\(DatasetFolders.fetched)/febrl/dataset\(name).csv")
    #expect(found.count == records)
    #expect(Set(found.map(\.record)).count == records)
    #expect(Set(found.compactMap(\.entity)).count == people)
  }

  @Test func `A contact of FEBRL has what is known of it`() throws {
    let people = try FEBRL.people(path: "\(DatasetFolders.fetched)/febrl/dataset1.csv")
    let first = try #require(people.first)
    #expect(first.record == "rec-223-org")
    #expect(first.givenName == nil)
    #expect(first.surname == "waller")
    #expect(first.streetNumber == "6")
    #expect(first.addressLine1 == "tullaroop street")
    #expect(first.addressLine2 == "willaroo")
    #expect(first.suburb == "st james")
    #expect(first.postcode == "4011")
    #expect(first.state == "wa")
    #expect(first.dateOfBirth == "19081209")
    #expect(first.socialSecurityID == "6988048")
    #expect(first.entity == 223)
  }

  @Test func `The click-stream has 31106 events of 600 users with 470 purchases`() throws {
    let events = try ClickStream.events(path: "\(DatasetFolders.fetched)/retentioneering/ecom.csv")
    #expect(events.count == 31_106)
    #expect(Set(events.map(\.user)).count == 600)
    #expect(Set(events.map(\.session)).count == 3605)
    #expect(Set(events.filter { $0.name == "purchase" }.map(\.session)).count == 470)
    #expect(
      events.first
        == ClickStream.Event(
          user: "user_0000", session: "sess_000001", name: "home", occurredAt: "2024-03-13T10:21:14Z",
          platform: "desktop", acquisitionChannel: "email", cohort: "2024-01", lifecycle: "returning"))
  }

  @Test(.enabled(if: DatasetFolders.reference != nil))
  func `Online Retail has 541909 lines and 4338 customers who bought`() throws {
    let folder = try #require(DatasetFolders.reference)
    var lines = 0
    var purchases = 0
    var customers: Set<String> = []
    try OnlineRetail.forEachLine(path: "\(folder)/online-retail/online_retail.csv.gz") { line in
      lines += 1
      guard line.isPurchase, let customer = line.customer else { return }
      purchases += 1
      customers.insert(customer)
    }
    #expect(lines == 541_909)
    #expect(purchases == 397_884)
    #expect(customers.count == 4338)
  }

  @Test func `An article is five digits and letters`() {
    for (code, article) in [
      ("85123A", "85123A"), ("15056bl", "15056BL"), ("71053", "71053"), ("POST", nil), ("7105", nil), ("71053-A", nil),
    ] as [(String, String?)] {
      let line = OnlineRetail.Line(
        invoice: "536365", stockCode: code, description: "", quantity: 1, invoicedAt: "2010-12-01T08:26:00Z",
        unitPrice: "2.55", customer: "17850", country: "United Kingdom")
      #expect(line.article == article)
      #expect(line.isPurchase)
    }
  }
}

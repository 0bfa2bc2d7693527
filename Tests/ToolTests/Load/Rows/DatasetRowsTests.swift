import JSON
import TestSupport
import Testing

@testable import Datasets
@testable import Tool

struct DatasetRowsTests {
  private func rows(_ phase: LoadPhase) throws -> [JSONNode] {
    var rows: [JSONNode] = []
    while let row = try phase.next() { rows.append(try JSONDocument(parsing: row).root) }
    return rows
  }

  @Test func `every purchase of CDNOW is an order with an id of its own`() throws {
    let phase = try #require(try CDNOW.phases("\(DatasetFolders.fetched)/cdnow/CDNOW_sample.txt").first)
    let orders = try rows(phase)
    #expect(orders.count == phase.count)
    #expect(Set(orders.compactMap { $0["externalId"]?.string }).count == 6919)
    #expect(
      orders.first?.raw.text
        == #"{"externalId":"1-1997-01-01-1","customer":{"source":"cdnow","externalId":"1"},"#
        + #""orderedAt":"1997-01-01T12:00:00Z","currency":"USD","#
        + #""lines":[{"sku":"CD","quantity":1,"unitPrice":"29.33"}]}"#)
  }

  @Test func `a contact of FEBRL has the suite's names for what is known and nothing for the rest`() throws {
    let person = FEBRL.Person(
      record: "rec-1-org", givenName: "ada", surname: "waller", streetNumber: "6", addressLine1: "tullaroop street",
      suburb: "st james", postcode: "4011", state: "wa", dateOfBirth: "19081209", socialSecurityID: "6988048")
    #expect(
      person.traits == [
        "givenName": "ada", "familyName": "waller", "streetNumber": "6", "street": "tullaroop street",
        "locality": "st james", "postalCode": "4011", "region": "wa", "dateOfBirth": "19081209",
        "nationalId": "6988048",
      ])
    let folder = "\(DatasetFolders.fetched)/febrl"
    let phases = try FEBRL.phases("\(folder)/dataset4a.csv", "\(folder)/dataset4b.csv")
    #expect(phases.map(\.source) == ["febrl-a", "febrl-b"])
    #expect(phases.map(\.count) == [5000, 5000])
  }

  @Test func `a visitor of the click-stream signs in before the first purchase`() throws {
    let phase = try #require(try ClickStream.phases("\(DatasetFolders.fetched)/retentioneering/ecom.csv").first)
    let events = try rows(phase)
    #expect(Set(events.compactMap { $0["messageId"]?.string }).count == events.count)
    var known: Set<String> = []
    var visitors: Set<String> = []
    for event in events {
      let visitor = try #require(event["anonymousId"]?.string)
      visitors.insert(visitor)
      if event["type"]?.string == "identify" {
        #expect(event["userId"]?.string == visitor)
        #expect(known.insert(visitor).inserted)
      } else if event["event"]?.string == "purchase" {
        #expect(known.contains(visitor))
      }
    }
    #expect(visitors.count == 600)
    #expect(events.count == 31_106 + known.count)
  }
}

import Testing

@testable import Server

@Suite struct ClientAllowListTests {
  private func admits(_ list: String, _ names: [String], _ method: String, serial: String = "7") throws -> Bool {
    let certificate = ClientCertificate(names: names, serial: ClientCertificate.serialDigits(serial))
    return try ClientAllowList(parsing: list)
      .objection(to: certificate, calling: method, of: "channel-integration") == nil
  }

  private let erp = "spiffe://ecrm/erp"

  @Test func `a listed name may call what its line says and nothing else`() throws {
    let list = """
      # The ERP system.
      spiffe://ecrm/erp  orders.import profiles.*
      Shop.Example       *
      """
    #expect(try admits(list, [erp], "orders.import"))
    #expect(try admits(list, [erp], "profiles.upsert"))
    #expect(try !admits(list, [erp], "orders.get"))
    #expect(try !admits(list, [erp], "profilesets.get"))
    #expect(try admits(list, ["shop.example"], "orders.get"))
    #expect(try admits(list, ["other.example", erp], "orders.import"))
    #expect(try !admits(list, ["spiffe://ecrm/ERP"], "orders.import"))
    #expect(try !admits(list, ["erp"], "orders.import"))
    #expect(try !admits(list, [], "orders.import"))
  }

  @Test func `several lines of a name add up, and a service's name limits a pattern to it`() throws {
    let list = "\(erp) orders.import\n\(erp) channel-integration/jobs.* retention/segments.get\n"
    #expect(try admits(list, [erp], "orders.import"))
    #expect(try admits(list, [erp], "jobs.get"))
    #expect(try !admits(list, [erp], "segments.get"))
    #expect(try admits("\(erp) channel-integration/*", [erp], "orders.get"))
    #expect(try !admits("\(erp) retention/*", [erp], "orders.get"))
  }

  @Test(arguments: ["", "\n\n", "# spiffe://ecrm/erp *", "spiffe://ecrm/erp"])
  func `an empty list admits nobody`(list: String) throws {
    #expect(try !admits(list, [erp], "orders.import"))
  }

  @Test func `a revoked serial number is refused however tools print it`() throws {
    let list = "\(erp) *\n! 0a:BC:01\n!0ABC02"
    #expect(throws: WrongFile.self) { try admits(list, [erp], "orders.get") }
    let revoking = "\(erp) *\n!00:0a:BC:01\n!0ABC02"
    #expect(try !admits(revoking, [erp], "orders.get", serial: "abc01"))
    #expect(try !admits(revoking, [erp], "orders.get", serial: "a:bc:02"))
    #expect(try admits(revoking, [erp], "orders.get", serial: "abc03"))
  }

  @Test(arguments: [
    "orders", "orders.", ".import", "orders.imp*", "*.import", "a/b/orders.get", "/orders.get", "a.b.c",
  ])
  func `a pattern that names no method is told with its line`(pattern: String) throws {
    let refused = #expect(throws: WrongFile.self) { try ClientAllowList(parsing: "# first\n\(erp) \(pattern)") }
    #expect(refused?.description.hasPrefix("Line 2 has \(pattern),") == true)
  }
}

import JSON
import Models
import Postgres
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct StartExportTests {
  private func export(
    _ service: TestService, _ kind: ImportKind, _ format: ImportFormat, source: SourceName? = nil
  ) async throws -> (result: ExportResult, text: String) {
    let job = try await service.call(StartExport(kind: kind, format: format, source: source)).job
    let result: ExportResult = try await service.result(of: job)
    #expect(result.file == "/exports/\(job)")
    let text = try await service.fetch("/exports/{job}", job: job)
    #expect(text.utf8.count == result.bytes)
    return (result, text)
  }

  @Test func `people are written with what they carry, and no formula among it`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.person("ada", ["givenName": "=Ada", "note": "a, b"], email: "ada@example.com")
      let bob = try await service.person("bob", source: .crm)
      let (result, text) = try await export(service, .profiles, .csv)
      #expect(result.rows == 2)
      let at = service.clock.now
      #expect(
        text == """
          profile,customer,source,externalId,createdAt,email,phone,user,anonymous,loyaltyCard,social,erp,traits.givenName,traits.note\r
          \(ada.profile),\(ada.customer),shop,ada,\(at),ada@example.com,,,,,,,"'=Ada","a, b"\r
          \(bob.profile),\(bob.customer),crm,bob,\(at),,,,,,,,,\r\n
          """)
      let lines = try await export(service, .profiles, .jsonl, source: .shop).text.split(separator: "\n")
      #expect(lines.count == 1)
      let object = try JSONDocument(parsing: String(lines[0])).root
      #expect(object["traits"]?["note"]?.string == "a, b")
      #expect(object["identifiers"]?.elements.first { _ in true }?["value"]?.string == "ada@example.com")
    }
  }

  @Test(arguments: ImportFormat.allCases)
  func `more than a page is written once, all of it`(format: ImportFormat) async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let rows = (1...1000).compactMap { ExternalID("C-\($0)") }.map { ImportedProfile(externalId: $0) }
      _ = try await service.call(ImportProfiles(source: .crm, rows: Rows(rows)))
      _ = try await service.call(ImportProfiles(source: .shop, rows: Rows(rows)))
      _ = try await service.person("ada")
      let (result, text) = try await export(service, .profiles, format)
      #expect(result.rows == 2001)
      #expect(Set(text.split(whereSeparator: \.isNewline)).count == (format == .csv ? 2002 : 2001))
    }
  }

  @Test func `orders have a line a row, products and consents their own`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      _ = try await service.order("1", of: "ada")
      let ada = try await service.person("ada")
      _ = try await service.call(
        RecordConsent(
          customer: ada.customer, purpose: "marketing", state: .granted, basis: Reason(fixed: "consent")))
      let orders = try await export(service, .orders, .csv).text
      #expect(orders.hasSuffix(",placed,EUR,TEA,1,10.00\r\n"))
      let order = try JSONDocument(parsing: String(try await export(service, .orders, .jsonl).text.dropLast())).root
      #expect(order["lines"]?.count == 1)
      #expect(
        try await export(service, .products, .csv).text
          == "sku,name,category,price,currency,attributes\r\nTEA,TEA,,,,\r\n")
      #expect(try await export(service, .products, .jsonl).text == #"{"sku":"TEA","name":"TEA"}"# + "\n")
      #expect(try await export(service, .consents, .csv).result.rows == 1)
      #expect(try await export(service, .consents, .jsonl, source: .crm).result.rows == 0)
    }
  }

  @Test func `a file is for who made it and for staff, and goes with the erased`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.person("ada")
      let owner = Principal.service(scopes: ["exports:write", "profiles:read"])
      let scopeless = try await service.refusal(
        "exports.start", #"{"kind": "orders", "format": "csv"}"#, as: owner)
      #expect(scopeless.code.rawValue == -32003)
      let job = try await service.call(StartExport(kind: .profiles, format: .csv), as: owner).job
      _ = try await service.result(of: job, as: ExportResult.self)
      _ = try await service.fetch("/exports/{job}", job: job)
      _ = try await service.fetch("/exports/{job}", job: job, as: owner)
      let other = Principal(issuer: "ecrm", subject: "other", role: .service, scopes: ["exports:write"])
      await #expect(throws: Refusal.self) { try await service.fetch("/exports/{job}", job: job, as: other) }
      await #expect(throws: Refusal.self) {
        try await service.fetch("/exports/{job}", job: job, as: .service(scopes: []))
      }
      try await service.database.transaction { transaction in
        try await transaction.execute("SELECT channel_integration.erase(ARRAY[\(ada.profile)]::uuid[])")
      }
      await #expect(throws: Refusal.self) { try await service.fetch("/exports/{job}", job: job) }
    }
  }
}

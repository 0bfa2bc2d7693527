import CustomerBase
import Models
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct VerifyCertificateTests {
  @Test func `a certificate is genuine until a letter of it changes`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.person("ada", ["givenName": "Ada"], email: "ada@example.com")
      let erased = try await service.call(EraseCustomer(customer: ada.customer))
      var certificate = try #require(erased.certificate)
      func isGenuine(_ tables: [ErasedTable]) async throws -> Bool {
        try await service.call(VerifyCertificate(certificate: certificate, tables: tables)).isGenuine
      }
      #expect(try await isGenuine(erased.tables))
      #expect(try await !isGenuine(erased.tables.dropLast()))
      certificate.profiles += 1
      #expect(try await !isGenuine(erased.tables))
      certificate.key = "audit-0000000000000000"
      #expect(
        try await service.refusal(of: VerifyCertificate(certificate: certificate, tables: []))?.type == "not_found")
    }
  }
}

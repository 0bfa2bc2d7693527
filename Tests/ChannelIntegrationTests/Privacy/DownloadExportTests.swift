import Foundation
import Models
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct DownloadExportTests {
  @Test func `a part that is there is given, another is not, and only to those who may export`() async throws {
    let house = try await ExampleHouse.shared()
    try await withService(ChannelIntegrationService.self, template: house.template) { service in
      let data = house.data(for: ChannelIntegrationService.self)
      let part = try await service.call(DownloadExport(export: ID(data.export), part: 0))
      let bytes = try #require(Data(base64Encoded: part.content))
      // What a ZIP file begins with.
      #expect(part.parts == 1 && bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]))
      for wrong in [DownloadExport(export: ID(data.export), part: 1), DownloadExport(export: ID(high: 1, low: 1))] {
        #expect(try await service.refusal(of: wrong)?.type == "not_found")
      }
      let first = DownloadExport(export: ID(data.export))
      for principal in [Principal.customer(data.ada), .site, .service(scopes: ["profiles:read"])] {
        #expect(try await service.refusal(of: first, as: principal)?.type == "forbidden")
      }
    }
  }
}

import CustomerBase
import Foundation
import JSON
import Models
import Postgres
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct ExportCustomerTests {
  /// The archive of a customer, as a caller puts it together, and its export.
  private func archive(of customer: ID<Customer>, _ service: TestService) async throws -> (FinishedExport, [UInt8]) {
    let job = try await service.call(ExportCustomer(customer: customer)).job
    try await service.running.settle()
    let done = try await service.call("jobs.get", "{\"job\": \"\(job)\"}")
    let export = try #require(done["result"]).decode(FinishedExport.self)
    var bytes: [UInt8] = []
    for part in 0..<export.parts {
      let answer = try await service.call(DownloadExport(export: export.export, part: part))
      bytes += [UInt8](try #require(Data(base64Encoded: answer.content)))
    }
    return (export, bytes)
  }

  /// The archive's files by name, as Python reads them.
  private func files(_ bytes: [UInt8]) async throws -> [String: String] {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(bytes).write(to: folder.appendingPathComponent("export.zip"))
    let python = Process()
    python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    python.arguments = [
      "python3", "-c",
      "import zipfile, sys; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; z.extractall(sys.argv[2])",
      folder.appendingPathComponent("export.zip").path, folder.path,
    ]
    try python.run()
    python.waitUntilExit()
    #expect(python.terminationStatus == 0)
    var files: [String: String] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name != "export.zip" {
      files[name] = try String(contentsOfFile: folder.appendingPathComponent(name).path, encoding: .utf8)
    }
    return files
  }

  @Test func `everything that names the customer is in the archive, and nothing of anybody else`() async throws {
    let house = try await ExampleHouse.shared()
    try await withService(ChannelIntegrationService.self, template: house.template) { service in
      let data = house.data(for: ChannelIntegrationService.self)
      try await service.database.execute(
        "UPDATE base.traits SET value = to_jsonb('stranger'::text) WHERE profile = \(data.grace)")
      let (export, bytes) = try await archive(of: data.ada, service)
      #expect(export.bytes == bytes.count)
      let files = try await files(bytes)
      for table in [
        "base.profiles", "base.traits", "base.identifiers", "base.links", "base.orders", "base.order_lines",
        "base.consents", "base.journal", "base.match_decisions", "retention.lifetime_values", "base.jobs",
      ] {
        #expect(files["\(table).jsonl"]?.isEmpty == false, "\(table)")
      }
      #expect(files["base.traits.jsonl"]?.contains("Lovelace") == true)
      #expect(files["base.identifiers.jsonl"]?.contains("ada@example.com") == true)
      #expect(files["base.consents.jsonl"]?.contains("newsletter") == true)
      #expect(files.values.allSatisfy { !$0.contains("stranger") })
      let text = try #require(files["manifest.json"])
      let manifest = try JSONDocument(parsing: Array(text.utf8)).root.decode(ExportManifest.self)
      #expect(Set(manifest.files.map(\.name)) == Set(files.keys).subtracting(["manifest.json"]))
      for file in manifest.files {
        let lines = try #require(files[file.name]).split(separator: "\n")
        #expect(lines.count == file.rows)
        for line in lines { _ = try JSONDocument(parsing: Array(line.utf8)) }
      }
    }
  }

  @Test func `an archive goes with its customer, or after seven days`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.person("ada", ["note": String(repeating: "long ", count: 20_000)])
      for number in 0..<8 {
        _ = try await service.person("ada", ["note-\(number)": String(repeating: "long ", count: 20_000)])
      }
      let (export, _) = try await archive(of: ada.customer, service)
      #expect(export.parts > 1)
      let download = DownloadExport(export: export.export)
      let grace = try await service.person("grace")
      let (kept, _) = try await archive(of: grace.customer, service)
      _ = try await service.call(EraseCustomer(customer: ada.customer))
      #expect(try await service.refusal(of: download)?.type == "not_found")
      #expect(try await service.refusal(of: ExportCustomer(customer: ada.customer))?.type == "erased")
      _ = try await service.call(DownloadExport(export: kept.export))
      #expect(try await service.refusal(of: DownloadExport(export: kept.export), as: .site)?.type == "forbidden")
      service.clock.advance(seconds: 7 * 86_400)
      #expect(try await service.refusal(of: DownloadExport(export: kept.export))?.type == "not_found")
      try await service.running.carryOut(ForgetExports.self)
      let left: Int = try await service.database.shared.one("SELECT count(*) FROM channel_integration.archive_parts")
      #expect(left == 0)
    }
  }
}

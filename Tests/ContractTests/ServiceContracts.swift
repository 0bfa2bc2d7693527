import Foundation
import JSON
import JSONRPC
import Models
import Server
import TestSupport

/// Where the package and the doc comments of its modules lie.
enum Package {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appendingPathComponent(path)))
  }

  /// The doc comments, from `ECRM_SYMBOL_GRAPHS` or where `swift package dump-symbol-graph` leaves them.
  static func documentation() throws -> Documentation {
    let files = try FileManager.default.contentsOfDirectory(atPath: try symbolGraphs())
      .filter { $0.hasSuffix(".symbols.json") }.sorted()
    let folder = URL(fileURLWithPath: try symbolGraphs())
    return try Documentation(symbolGraphs: files.map { Array(try Data(contentsOf: folder.appendingPathComponent($0))) })
  }

  private static func symbolGraphs() throws -> String {
    if let named = ProcessInfo.processInfo.environment["ECRM_SYMBOL_GRAPHS"], !named.isEmpty { return named }
    let build = folder.appendingPathComponent(".build")
    let candidates = try FileManager.default.contentsOfDirectory(atPath: build.path)
      .map { build.appendingPathComponent($0).appendingPathComponent("symbolgraph").path }
    guard let found = candidates.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
      throw MissingSymbolGraphs()
    }
    return found
  }
}

/// There are no doc comments to make contracts of.
struct MissingSymbolGraphs: Error, CustomStringConvertible {
  let description = """
    There are no symbol graphs: run `swift package dump-symbol-graph --minimum-access-level internal` first, as \
    `make test` does, or name their folder with ECRM_SYMBOL_GRAPHS.
    """
}

/// The contracts as the code makes them now, each made once.
enum ServiceContracts {
  /// A service's place in the order of the ports.
  private static let ports = [
    "acquisition": 7101, "retention": 7102, "expansion": 7103, "channel-integration": 7104,
    "performance-measurement": 7105,
  ]

  /// A service's folder under Services.
  static func folder(of service: any SuiteService.Type) -> String {
    service.name.split(separator: "-").map(\.capitalized).joined()
  }

  static func path(of service: any SuiteService.Type) -> String { "Services/\(folder(of: service))/openrpc.json" }

  static func document(_ service: any SuiteService.Type) async throws -> [UInt8] {
    try await documents.value[service.name] ?? []
  }

  static func answers(_ service: any SuiteService.Type) async throws -> [String: RawJSON] {
    try await executed.value[service.name] ?? [:]
  }

  private static let executed = Task {
    let house = try await ExampleHouse.shared()
    var answers: [String: [String: RawJSON]] = [:]
    for service in allServices { answers[service.name] = try await house.answers(of: service) }
    return answers
  }

  private static let documents = Task {
    let house = try await ExampleHouse.shared()
    let documentation = try Package.documentation()
    var documents: [String: [UInt8]] = [:]
    for service in allServices {
      documents[service.name] = try ServiceContract(service, examplesIn: house.data(for: service)).document(
        url: "https://localhost:\(ports[service.name] ?? 0)/rpc", answers: try await answers(service),
        documentation: documentation)
    }
    return documents
  }
}

extension JSONNode? {
  /// The elements, none where there is no array.
  var list: [JSONNode] { self.map { Array($0.elements) } ?? [] }

  /// The members, none where there is no object.
  var named: [(name: String, value: JSONNode)] { self.map { Array($0.members) } ?? [] }
}

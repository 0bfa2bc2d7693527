import Foundation
import JSON
import Server
import TestSupport
import Testing

/// The rules of the house that a machine can check, over the whole package.
struct HouseRulesTests {
  private static let sources = SourceFile.all(in: ["Clients", "Services", "Shared"], ending: ".swift")

  @Test(arguments: allServices.indices)
  func `a service lists its methods by name`(_ place: Int) {
    let names = allServices[place].methods.map { $0.name }
    #expect(names == names.sorted())
  }

  @Test(arguments: allServices.indices)
  func `each method is a file, and has its tests at the mirrored path`(_ place: Int) {
    let service = allServices[place]
    let folder = ServiceContracts.folder(of: service)
    #expect(Self.missing(service.methods, in: "Services/\(folder)/", tests: "Tests/\(folder)Tests/") == [])
  }

  @Test func `so is each method that every service has`() throws {
    let service = try #require(allServices.first)
    let common = service.allMethods.filter { method in !service.methods.contains { $0 == method } }
    #expect(Self.missing(common, in: "Shared/Server/", tests: "Tests/ServerTests/") == [])
  }

  /// The files of methods and of their tests that are not there.
  private static func missing(_ methods: [any Method.Type], in folder: String, tests: String) -> [String] {
    methods.compactMap { method in
      guard let file = sources.first(where: { $0.path.hasPrefix(folder) && $0.name == "\(method).swift" }) else {
        return "\(folder)…/\(method).swift"
      }
      let test = tests + file.path.dropFirst(folder.count).dropLast(".swift".count) + "Tests.swift"
      let isThere = FileManager.default.fileExists(atPath: Package.folder.appendingPathComponent(test).path)
      return isThere ? nil : test
    }
  }

  @Test(arguments: allServices.indices)
  func `everything on the wire has a doc comment`(_ place: Int) async throws {
    let contract = try JSONDocument(parsing: try await ServiceContracts.document(allServices[place])).root
    var missing: [String] = []
    for method in contract["methods"].list {
      let name = method["name"]?.string ?? ""
      if method["summary"] == nil { missing.append(name) }
      for param in method["params"].list where param["summary"] == nil {
        missing.append("\(name) \(param["name"]?.string ?? "")")
      }
    }
    let schemas = contract["components"]?["schemas"]
    for (name, schema) in schemas.named {
      if schema["description"] == nil { missing.append(name) }
      for (property, schema) in schema["properties"].named
      where schema["description"] == nil {
        missing.append("\(name).\(property)")
      }
      let told = schema["description"]?.string ?? ""
      for value in schema["enum"].list.compactMap(\.string)
      where !told.contains("- `\(value)`:") {
        missing.append("\(name).\(value)")
      }
    }
    #expect(missing == [])
  }

  @Test func `nothing ends the process, goes unchecked or waits to be done`() {
    let isTool = { (file: SourceFile) in file.path.hasPrefix("Services/Tool/") }
    for file in Self.sources {
      for word in ["try!", "fatalError", "preconditionFailure", "SELECT *", "TODO", "FIXME", "XXX"] {
        #expect(!file.text.contains(word), "\(file.path) says \(word)")
      }
      #expect(isTool(file) || !file.text.contains(/\bprint\(/), "\(file.path) prints")
      #expect(
        file.path.hasPrefix("Shared/Postgres/") || !file.text.contains("@unchecked Sendable"),
        "\(file.path) goes unchecked")
    }
  }

  @Test func `no file is over 400 lines long, and no folder a drawer`() {
    let drawers: Set<Substring> = ["Utils", "Helpers", "Common", "Core", "Extensions", "Managers"]
    let files = SourceFile.all(in: ["Bench", "Clients", "Plugins", "Services", "Shared", "Tests"], ending: ".swift")
    for file in files {
      let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
      #expect(lines <= 400, "\(file.path) has \(lines) lines")
      #expect(drawers.isDisjoint(with: file.path.split(separator: "/").dropLast()), "\(file.path) lies in a drawer")
    }
  }

  /// The modules of the package that each folder may import; a service imports no other service.
  private static let layers: [(folder: String, imports: Set<String>)] = {
    let libraries: Set<String> = [
      "Models", "JSON", "JSONRPC", "Matching", "Tables", "Postgres", "CustomerBase", "Server",
    ]
    let services = allServices.map { ServiceContracts.folder(of: $0) }
    return [
      ("Shared/Models/", []), ("Shared/JSON/", ["Models"]), ("Shared/JSONRPC/", ["JSON", "Models"]),
      ("Shared/Postgres/", ["CLibpq", "Models"]), ("Shared/Matching/", ["Models"]), ("Shared/Tables/", []),
      ("Shared/CustomerBase/", ["JSON", "Matching", "Models", "Postgres"]),
      ("Shared/Server/", libraries.subtracting(["Server"])),
    ] + services.map { ("Services/\($0)/", libraries.union([$0])) }
  }()

  @Test func `each layer imports those below it only`() {
    let own = Self.layers.reduce(into: ["CLibpq", "Datasets", "Tool"] as Set<String>) { own, layer in
      own.insert(String(layer.folder.split(separator: "/")[1]))
    }
    for (folder, allowed) in Self.layers {
      for file in Self.sources where file.path.hasPrefix(folder) {
        let wrong = file.imports.intersection(own).subtracting(allowed)
        #expect(wrong.isEmpty, "\(file.path) imports \(wrong.sorted().joined(separator: ", "))")
      }
    }
  }

  @Test func `models rest on next to nothing`() {
    for file in Self.sources where file.path.hasPrefix("Shared/Models/") {
      #expect(file.imports.isSubset(of: ["FoundationEssentials", "Synchronization"]), "\(file.path)")
    }
  }
}

/// A file of the package with its text.
struct SourceFile: Sendable {
  /// From the package's folder on.
  let path: String
  let text: String

  var name: String { String(path.split(separator: "/").last ?? "") }

  /// The modules that it imports.
  var imports: Set<String> {
    Set(
      text.matches(of: /(?m)^\s*(?:@\w+ |public |internal )*import (?:struct |class |enum |func )?(\w+)/).map {
        String($0.1)
      })
  }

  /// The files of these folders, in the order of their paths.
  static func all(in folders: [String], ending: String) -> [SourceFile] {
    folders.flatMap { folder -> [SourceFile] in
      let names = FileManager.default.enumerator(atPath: Package.folder.appendingPathComponent(folder).path)
      let paths = (names?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(ending) }.sorted()
      return paths.compactMap { path -> SourceFile? in
        guard let bytes = try? Package.bytes("\(folder)/\(path)") else { return nil }
        return SourceFile(path: "\(folder)/\(path)", text: String(decoding: bytes, as: UTF8.self))
      }
    }
  }
}

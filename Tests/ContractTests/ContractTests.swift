import Foundation
import JSON
import JSONRPC
import Models
import Server
import TestSupport
import Testing

/// The committed contracts against the code. `ECRM_RECORD_CONTRACT=1` writes them anew instead.
@Suite(.serialized) struct ContractTests {
  private static let isRecording = ProcessInfo.processInfo.environment["ECRM_RECORD_CONTRACT"] == "1"

  private static func committed(_ service: any SuiteService.Type) throws -> JSONNode {
    try JSONDocument(parsing: try Package.bytes(ServiceContracts.path(of: service))).root
  }

  private static func methods(_ contract: JSONNode) -> [JSONNode] {
    contract["methods"].list
  }

  @Test(arguments: allServices.indices)
  func `each contract is what the code says`(_ place: Int) async throws {
    let service = allServices[place]
    let document = try await ServiceContracts.document(service)
    if Self.isRecording {
      try Data(document).write(to: Package.folder.appendingPathComponent(ServiceContracts.path(of: service)))
      return
    }
    let fresh = try JSONDocument(parsing: document).root
    let difference = firstDifference(try Self.committed(service), fresh)
    #expect(difference == nil, "\(service.name) is stale at this place: run `make contract`")
  }

  @Test(.enabled(if: !isRecording), arguments: allServices.indices)
  func `every example answers what the contract shows`(_ place: Int) async throws {
    let service = allServices[place]
    let answers = try await ServiceContracts.answers(service)
    for method in Self.methods(try Self.committed(service)) {
      let name = try #require(method["name"]?.string)
      let example = try #require(method["examples"]?.elements.first { _ in true }, "\(name) has no example")
      let shown = example["result"]?["value"]
      let answer = try answers[name].map { try JSONDocument(parsing: $0.utf8).root }
      switch (shown, answer) {
      case (nil, nil): #expect(name == "rpc.discover" || name == "jobs.get" || name == "jobs.cancel")
      case (let shown?, let answer?): #expect(firstDifference(shown, answer) == nil, "\(name): run `make contract`")
      default: Issue.record("\(name): run `make contract`")
      }
    }
  }

  @Test(.enabled(if: !isRecording), arguments: allServices.indices)
  func `the binary carries the committed contract`(_ place: Int) throws {
    let service = allServices[place]
    let carried = try JSONDocument(parsing: service.contract).root
    #expect(firstDifference(carried, try Self.committed(service)) == nil)
  }

  @Test(arguments: allServices.indices)
  func `each contract is valid OpenRPC`(_ place: Int) async throws {
    let metaSchema = try JSONDocument(
      parsing: try Package.bytes("Tests/ContractTests/meta-schema-1.3.2.json"),
      limits: .init(depth: 64, members: 10_000, numberLength: 40))
    let validator = SchemaValidator(metaSchema.root)
    let document = try JSONDocument(parsing: try await ServiceContracts.document(allServices[place])).root
    #expect(validator.faults(of: document) == [])
  }

  @Test(arguments: allServices.indices)
  func `every example fits its own schemas`(_ place: Int) async throws {
    let document = try JSONDocument(parsing: try await ServiceContracts.document(allServices[place])).root
    let validator = SchemaValidator(document)
    for method in Self.methods(document) {
      let name = method["name"]?.string ?? ""
      for example in method["examples"].list {
        for param in example["params"].list {
          let described = method["params"]?.elements.first { $0["name"]?.string == param["name"]?.string }
          let schema = try #require(described?["schema"])
          let value = try #require(param["value"])
          #expect(validator.faults(of: value, under: schema) == [], "\(name)")
        }
        guard let result = example["result"]?["value"] else { continue }
        let schema = try #require(method["result"]?["schema"])
        #expect(validator.faults(of: result, under: schema) == [], "\(name)")
      }
    }
  }

  @Test func `the contracts hold every method there is, and no name twice`() async throws {
    var names: [String] = []
    for service in allServices {
      let document = try JSONDocument(parsing: try await ServiceContracts.document(service)).root
      let documented = Self.methods(document).compactMap { $0["name"]?.string }
      let registered = service.allMethods.map { $0.name }
      #expect(documented == registered)
      names += documented.filter { !$0.hasPrefix("rpc.") && !$0.hasPrefix("jobs.") }
      #expect(document["info"]?["version"]?.string == ServiceProcess.version)
    }
    #expect(Set(names).count == names.count)
  }

  @Test func `each method tells who may call it, and one error for each code`() async throws {
    for service in allServices {
      let document = try JSONDocument(parsing: try await ServiceContracts.document(service)).root
      for method in Self.methods(document) {
        let codes = method["errors"].list.compactMap { $0["code"]?.integer }
        #expect(Set(codes).count == codes.count && codes.contains(-32602) && codes.contains(-32603))
        #expect(method["x-access"]?["roles"]?.kind == .array && method["x-access"]?["effect"]?.string != nil)
      }
    }
  }

  @Test func `an answer that differs is told by its place`() throws {
    let shown = try JSONDocument(parsing: #"{"a":[1,{"b":0.5}],"c":"x"}"#).root
    let same = try JSONDocument(parsing: #"{"a":[1,{"b":0.50000000001}],"c":"x"}"#).root
    let other = try JSONDocument(parsing: #"{"a":[1,{"b":0.6}],"c":"x"}"#).root
    #expect(firstDifference(shown, same) == nil)
    #expect(firstDifference(shown, other) == "/a/1/b: 0.5 is 0.6 now")
  }
}

/// Where two JSON values differ, with what is there; nil where they are the same.
///
/// Fractions may differ by what the mathematical functions of two machines do.
func firstDifference(_ old: JSONNode, _ new: JSONNode, at path: String = "") -> String? {
  func told(_ node: JSONNode?) -> String { node.map { String($0.raw.text.prefix(200)) } ?? "nothing" }
  let children: [(name: String, old: JSONNode?, new: JSONNode?)]
  switch (old.kind, new.kind) {
  case (.object, .object):
    let names = old.members.map(\.name) + new.members.map(\.name).filter { old[$0] == nil }
    children = names.map { ($0, old[$0], new[$0]) }
  case (.array, .array):
    let (left, right) = (Array(old.elements), Array(new.elements))
    children = (0..<max(left.count, right.count)).map { index in
      ("\(index)", index < left.count ? left[index] : nil, index < right.count ? right[index] : nil)
    }
  case (.number, .number):
    if old.raw == new.raw { return nil }
    guard let left = old.double, let right = new.double, left != left.rounded(),
      abs(left - right) <= 1e-6 * max(abs(left), abs(right))
    else { return "\(path): \(told(old)) is \(told(new)) now" }
    return nil
  default:
    return old.raw == new.raw ? nil : "\(path): \(told(old)) is \(told(new)) now"
  }
  for child in children {
    guard let left = child.old, let right = child.new else {
      return "\(path)/\(child.name): \(told(child.old)) is \(told(child.new)) now"
    }
    if let difference = firstDifference(left, right, at: "\(path)/\(child.name)") { return difference }
  }
  return nil
}

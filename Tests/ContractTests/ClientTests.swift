import ClientGenerator
import Foundation
import JSON
import TestSupport
import Testing

/// The committed client against the contracts. `ECRM_RECORD_CONTRACT=1` writes it anew instead.
struct ClientTests {
  private static let isRecording = ProcessInfo.processInfo.environment["ECRM_RECORD_CONTRACT"] == "1"

  private static func text(_ path: String) throws -> String {
    String(decoding: try Package.bytes("Clients/\(path)"), as: UTF8.self)
  }

  private static func client() async throws -> GeneratedClient {
    var contracts: [JSONNode] = []
    for service in allServices {
      contracts.append(try JSONDocument(parsing: try await ServiceContracts.document(service)).root)
    }
    return try GeneratedClient(contracts: contracts)
  }

  /// Compares a file of the client with what it should be, or writes it.
  private static func settle(_ fresh: String, _ path: String) throws {
    if isRecording {
      try Data(fresh.utf8).write(to: Package.folder.appendingPathComponent("Clients/\(path)"))
      return
    }
    let (committed, expected) = (try text(path).split(separator: "\n"), fresh.split(separator: "\n"))
    let place = zip(committed, expected).enumerated().first { $1.0 != $1.1 }?.offset
    #expect(
      committed == expected, "\(path) is stale at line \(place ?? min(committed.count, expected.count)): make contract")
  }

  @Test func `the module is what its template and the contracts say`() async throws {
    let template = try Self.text("Generator/Templates/ecrm.js")
    try Self.settle(try await Self.client().module(template: template), "TypeScript/ecrm.js")
  }

  @Test func `the types are what their template and the contracts say`() async throws {
    let template = try Self.text("Generator/Templates/ecrm.d.ts")
    try Self.settle(try await Self.client().declarations(template: template), "TypeScript/ecrm.d.ts")
  }

  @Test func `a table tells what the client has to know of each method`() throws {
    let module = try GeneratedClient(contracts: [Self.contract("a"), Self.contract("b")]).module(
      template: "// by hand\n")
    #expect(
      module == """
        // by hand

        /** The services with their methods. */
        const contracts = {
          "a": {
            "as.fit": { writes: true, startsJob: true },
            "as.list": { pages: true },
            "jobs.get": {},
          },
          "b": {
            "bs.fit": { writes: true, startsJob: true },
            "bs.list": { pages: true },
            "jobs.get": {},
          },
        };

        """)
  }

  @Test func `what may be given and what is answered are two types where they differ`() throws {
    let types = try GeneratedClient(contracts: [Self.contract("a"), Self.contract("b")]).declarations(template: "")
    #expect(types.contains("export interface Price {\n  /** How much. */\n  amount: Decimal;\n}\n"))
    #expect(types.contains("export interface PriceInput {\n  /** How much. */\n  amount: Decimal | number;\n}\n"))
    #expect(
      types.contains("list(params?: AsListParams, options?: CallOptions): ListCall<PageOfPrice, CommonErrorType>;"))
    #expect(types.contains("fit(params: AsFitParams, options?: CallOptions): JobCall<WriteErrorType | \"odd\">;"))
    #expect(types.contains("  price: PriceInput;\n"))
    // What every service has is not told apart, and is called on a service.
    #expect(types.contains("export interface Nouns {\n  as: AsMethods;\n  bs: BsMethods;\n}\n"))
    #expect(types.contains("export interface ANouns {\n  as: AsMethods;\n  jobs: JobsMethods;\n}\n"))
  }

  @Test func `a name that means two things makes no client`() throws {
    let other = try JSONDocument(
      parsing: #"{"info":{"title":"c"},"methods":[],"components":{"schemas":{"Price":{"type":"string"}}}}"#)
    #expect(throws: ContradictoryContracts.self) {
      try GeneratedClient(contracts: [Self.contract("a"), other.root])
    }
  }

  /// A contract of three methods, two of them with the service's own noun.
  private static func contract(_ service: String) throws -> JSONNode {
    let failures = [#"{"code":-32603,"message":"Internal error","data":{"type":"internal_error"}}"#]
    let odd = #"{"code":1,"message":"Odd.","data":{"type":"odd"}}"#
    let writes = [#"{"code":-32008,"message":"Waits.","data":{"type":"in_progress"}}"#]
    func method(_ name: String, _ effect: String, _ params: String, _ result: String, _ errors: [String]) -> String {
      """
      {"name":"\(name)","description":"Does it.","params":[\(params)],"result":{"schema":{"$ref":"#/c/s/\(result)"}},
       "errors":[\(errors.joined(separator: ","))],
       "x-access":{"scope":"x:read","roles":["staff"],"effect":"\(effect)"}}
      """
    }
    let price = ##"{"name":"price","description":"P.","required":true,"schema":{"$ref":"#/c/s/Price"}}"##
    let cursor = #"{"name":"cursor","description":"C.","required":false,"schema":{"type":"string"}}"#
    let methods = [
      method("\(service)s.fit", "write", price, "Reference", failures + writes + (service == "a" ? [odd] : [])),
      method("\(service)s.list", "read", cursor, "PageOfPrice", failures),
      method("jobs.get", "read", "", "Reference", failures),
    ]
    return try JSONDocument(
      parsing: """
        {"info":{"title":"\(service)"},"methods":[\(methods.joined(separator: ","))],"components":{"schemas":{
          "Price":{"description":"Money.","type":"object","required":["amount"],"properties":{"amount":
            {"description":"How much.","anyOf":[{"type":"string"},{"type":"integer"}]}}},
          "Reference":{"description":"Job.","type":"object","properties":{"job":{"type":"string"}}},
          "PageOfPrice":{"description":"Page.","type":"object","properties":{
            "items":{"type":"array","items":{"$ref":"#/c/s/Price"}},"nextCursor":{"type":"string"}}}}}}
        """
    ).root
  }
}

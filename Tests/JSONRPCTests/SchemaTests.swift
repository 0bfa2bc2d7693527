import FoundationEssentials
import JSON
import JSONRPC
import Models
import Testing

/// A person who may buy.
struct Prospect: Codable, Sendable {
  /// How far the prospect has come.
  enum State: String, Codable, CaseIterable {
    /// Nobody has talked to them.
    case fresh
    case won
  }

  typealias ID = Models.ID<Prospect>

  var id: ID
  /// Share of
  /// the deal. From 0 to 1.
  var share: Double
  var state: State
  var tags: [String]
  var scores: [String: Int]?
  var bornOn: Day?
  var createdAt: Timestamp
  var price: Decimal
  var notes: RawJSON?
  var referred: [Prospect]
  var states: [State]?
  var isActive: Bool
  var email: EmailAddress?
  var identifiers: [Identifier]
}

struct CaptureProspect: RPCMethod {
  static let name = "prospects.capture"

  var email: EmailAddress
  var filter: Filter?
  var limit: Int?

  struct Filter: Codable, Sendable {
    var states: [Prospect.State]
  }

  func run(_ notes: Notes) async throws -> Page<Prospect> { Page(items: []) }
}

struct SchemaTests {
  private func text(_ value: some Encodable) throws -> String { try encodeJSONText(value) }

  @Test func `a struct is its properties`() throws {
    let probe = SchemaProbe()
    #expect(try text(probe.schema(of: Prospect.self)) == ##"{"$ref":"#/components/schemas/Prospect"}"##)
    #expect(probe.components.map(\.name) == ["Prospect", "ProspectState", "Identifier", "IdentifierKind"])
    #expect(
      try text(probe.components[0].schema)
        == ##"{"type":"object","properties":{"id":{"type":"string","format":"uuid"},"##
        + ##""share":{"type":"number"},"state":{"$ref":"#/components/schemas/ProspectState"},"##
        + ##""tags":{"type":"array","items":{"type":"string"}},"##
        + ##""scores":{"type":"object","additionalProperties":{"type":"integer"}},"##
        + ##""bornOn":{"type":"string","format":"date"},"createdAt":{"type":"string","format":"date-time"},"##
        + ##""price":{"anyOf":[{"type":"number"},{"type":"string","pattern":"^-?[0-9]+(\\.[0-9]+)?$"}]},"notes":{},"##
        + ##""referred":{"type":"array","items":{"$ref":"#/components/schemas/Prospect"}},"##
        + ##""states":{"type":"array","items":{"$ref":"#/components/schemas/ProspectState"}},"##
        + ##""isActive":{"type":"boolean"},"email":{"type":"string","format":"email"},"##
        + ##""identifiers":{"type":"array","items":{"$ref":"#/components/schemas/Identifier"}}},"##
        + ##""required":["id","share","state","tags","createdAt","price","referred","isActive","identifiers"]}"##)
    #expect(try text(probe.components[1].schema) == #"{"type":"string","enum":["fresh","won"]}"#)
  }

  @Test func `params are closed, and what is within them`() throws {
    let probe = SchemaProbe()
    #expect(
      try text(probe.object(of: CaptureProspect.self))
        == ##"{"type":"object","properties":{"email":{"type":"string","format":"email"},"##
        + ##""filter":{"$ref":"#/components/schemas/CaptureProspectFilter"},"limit":{"type":"integer"}},"##
        + ##""required":["email"],"additionalProperties":false}"##)
    #expect(probe.components.first { $0.name == "CaptureProspectFilter" }?.schema.isClosed == true)
    #expect(try text(probe.schema(of: Page<Prospect>.self)) == ##"{"$ref":"#/components/schemas/PageOfProspect"}"##)
    #expect(probe.components.first { $0.name == "PageOfProspect" }?.schema.isClosed == false)
    let encoded = try text(SchemaProbe().schema(of: Page<Encoded<Prospect>>.self))
    #expect(encoded == ##"{"$ref":"#/components/schemas/PageOfProspect"}"##)
    #expect(try text(probe.object(of: GetData.self)) == #"{"type":"object","additionalProperties":false}"#)
  }

  @Test func `a stand-in has the schema of its original`() throws {
    let probe = SchemaProbe()
    #expect(try text(probe.schema(of: Encoded<[Int]>.self)) == #"{"type":"array","items":{"type":"integer"}}"#)
    #expect(
      try text(probe.schema(of: Encoded<Prospect.State>.self)) == ##"{"$ref":"#/components/schemas/ProspectState"}"##)
  }

  @Test func `a type that says too little about itself is named`() throws {
    struct Picky: Decodable {
      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard try container.decode(Int.self) > 5 else {
          throw DecodingError.dataCorruptedError(in: container, debugDescription: "must be over 5")
        }
      }
    }
    let error = #expect(throws: SchemaProbe.Failure.self) { try SchemaProbe().schema(of: [Picky].self) }
    #expect(error?.description.contains("Picky") == true)
  }

  static let graph = #"""
    {"module":{"name":"JSONRPCTests"},"symbols":[
     {"pathComponents":["CaptureProspect"],"docComment":{"lines":[{"text":"Captures a prospect, e.g. from 1.5 forms."},
      {"text":"Twice is once."},{"text":""},{"text":"- first"},{"text":"- second"},{"text":""}]}},
     {"pathComponents":["CaptureProspect","email"],"docComment":{"lines":[{"text":"Where to write to."}]}},
     {"pathComponents":["Prospect"],"docComment":{"lines":[{"text":"A person who may buy."}]}},
     {"pathComponents":["Prospect","share"],"docComment":{"lines":[{"text":"Share of"},{"text":"the deal."}]}},
     {"pathComponents":["Prospect","State"],"docComment":{"lines":[{"text":"How far it is."}]}},
     {"pathComponents":["Prospect","State","fresh"],"docComment":{"lines":[{"text":"Nobody has talked to them."}]}},
     {"pathComponents":["Undocumented"]}]}
    """#

  @Test func `comments are joined to paragraphs`() throws {
    let documentation = try Documentation(symbolGraphs: [Array(Self.graph.utf8)])
    let comment = try #require(documentation.comment(of: "JSONRPCTests.CaptureProspect"))
    #expect(comment == "Captures a prospect, e.g. from 1.5 forms. Twice is once.\n\n- first\n- second")
    #expect(documentation.comment(of: "JSONRPCTests.Prospect", member: "share") == "Share of the deal.")
    #expect(Documentation.summary("One. Two.") == "One." && Documentation.summary("1.5 is\nmore") == "1.5 is")
  }

  static func document() throws -> [UInt8] {
    let failure = OpenRPCMethodDescription.Failure(code: .notFound, message: "Not found.", type: "not_found")
    let example = OpenRPCMethodDescription.Example(
      name: "capture", params: RawJSON(wellFormed: #"{"email":"ada@example.com"}"#),
      result: RawJSON(wellFormed: #"{"items":[]}"#))
    return try OpenRPCDocument.make(
      title: "Acquisition", version: "1.0.0", description: "Wins customers.",
      servers: [.init(name: "edge", url: "https://localhost:7443/acquisition/rpc")],
      methods: [
        OpenRPCMethodDescription(
          type: CaptureProspect.self, failures: [failure], examples: [example],
          extensions: [("x-access", RawJSON(wellFormed: #"{"scope":"prospects:write"}"#))]),
        OpenRPCMethodDescription(type: GetData.self),
      ], documentation: Documentation(symbolGraphs: [Array(graph.utf8)]))
  }

  @Test func `the contract tells all of it, the same each time`() throws {
    let bytes = try Self.document()
    #expect(try Self.document() == bytes && bytes.last == UInt8(ascii: "\n"))
    let root = try JSONDocument(parsing: bytes).root
    #expect(root["openrpc"]?.string == "1.3.2")
    let method = try #require(root["methods"]?.elements.first { _ in true })
    #expect(method["summary"]?.string == "Captures a prospect, e.g. from 1.5 forms.")
    #expect(method["params"]?.elements.map { $0["name"]?.string } == ["email", "filter", "limit"])
    #expect(method["params"]?.elements.map { $0["required"]?.bool } == [true, false, false])
    #expect(method["x-access"]?["scope"]?.string == "prospects:write")
    #expect(method["errors"]?.elements.map { $0["data"]?["type"]?.string } == ["not_found"])
    let schemas = try #require(root["components"]?["schemas"])
    #expect(
      schemas["ProspectState"]?["description"]?.string == "How far it is.\n\n- `fresh`: Nobody has talked to them.")
    #expect(schemas["Prospect"]?["properties"]?["share"]?["description"]?.string == "Share of the deal.")
    #expect(schemas.members.map(\.name) == schemas.members.map(\.name).sorted())
  }
}

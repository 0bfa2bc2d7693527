import JSON
import Models

/// A method, as its contract describes it. What it does and what its params mean comes from its doc comments.
public struct OpenRPCMethodDescription: Sendable {
  /// A failure that the method may answer.
  public struct Failure: Hashable, Sendable {
    /// The code on the wire.
    public var code: RPCErrorCode
    /// One stable sentence.
    public var message: String
    /// What clients find in `data.type`.
    public var type: String

    public init(code: RPCErrorCode, message: String, type: String) {
      self.code = code
      self.message = message
      self.type = type
    }
  }

  /// A call and its answer.
  public struct Example: Hashable, Sendable {
    /// What it is called.
    public var name: String
    /// An object by the names of the params.
    public var params: RawJSON
    /// The answer; nil where it says nothing.
    public var result: RawJSON?

    public init(name: String, params: RawJSON, result: RawJSON?) {
      self.name = name
      self.params = params
      self.result = result
    }
  }

  /// The method itself.
  public var type: any RPCMethod.Type
  /// What it may answer instead of its result, one for each code.
  public var failures: [Failure]
  /// Calls with their answers.
  public var examples: [Example]
  /// Members beyond OpenRPC's own, whose names begin with `x-`.
  public var extensions: [(name: String, value: RawJSON)]

  public init(
    type: any RPCMethod.Type, failures: [Failure] = [], examples: [Example] = [],
    extensions: [(name: String, value: RawJSON)] = []
  ) {
    self.type = type
    self.failures = failures
    self.examples = examples
    self.extensions = extensions
  }
}

/// The contract of a service: OpenRPC 1.3.2 with schemas of JSON Schema draft-07.
public enum OpenRPCDocument {
  /// Where the service answers.
  public struct Server: Encodable, Sendable {
    /// What it is called.
    public var name: String
    /// Where calls are posted to.
    public var url: String

    public init(name: String, url: String) {
      self.name = name
      self.url = url
    }
  }

  /// Writes the document: pretty-printed, the same bytes for the same methods, with a newline at its end.
  ///
  /// Methods come in the order given. Throws `SchemaProbe.Failure` for a type that says too little about itself.
  public static func make(
    title: String, version: String, description: String, servers: [Server], methods: [OpenRPCMethodDescription],
    documentation: Documentation
  ) throws -> [UInt8] {
    let probe = SchemaProbe()
    let methods = try methods.map { try method($0, probe, documentation) }
    let schemas = probe.components
      .sorted { $0.name < $1.name }
      .map { ($0.name, described($0, documentation) as any Encodable) }
    let document = OrderedMembers([
      ("openrpc", "1.3.2"),
      ("info", OrderedMembers([("title", title), ("version", version), ("description", description)])),
      ("servers", servers),
      ("methods", methods),
      ("components", OrderedMembers([("schemas", OrderedMembers(schemas))])),
    ])
    return try JSONDocument(parsing: encodeJSON(document)).root.prettyPrinted
  }

  private static func method(
    _ method: OpenRPCMethodDescription, _ probe: SchemaProbe, _ documentation: Documentation
  ) throws -> OrderedMembers {
    let typeName = String(reflecting: method.type)
    let schema = try probe.object(of: method.type)
    let params = schema.properties.map { property in
      descriptor(
        property.name, property.schema, isRequired: schema.required.contains(property.name),
        comment: documentation.comment(of: typeName, member: property.name))
    }
    let result = try probe.schema(of: output(of: method.type))
    var members: [(String, any Encodable)] = [("name", method.type.name)]
    if let comment = documentation.comment(of: typeName) {
      members.append(("summary", Documentation.summary(comment)))
      members.append(("description", comment))
    }
    members += [
      ("paramStructure", "by-name"),
      ("params", params),
      ("result", descriptor("result", result, isRequired: true, comment: nil)),
    ]
    if !method.failures.isEmpty { members.append(("errors", method.failures.map(error))) }
    if !method.examples.isEmpty { members.append(("examples", try method.examples.map(pairing))) }
    members += method.extensions.map { ($0.name, $0.value) }
    return OrderedMembers(members)
  }

  private static func output<M: RPCMethod>(of _: M.Type) -> any Decodable.Type { M.Output.self }

  private static func descriptor(_ name: String, _ schema: JSONSchema, isRequired: Bool, comment: String?)
    -> OrderedMembers
  {
    var members: [(String, any Encodable)] = [("name", name)]
    if let comment {
      members.append(("summary", Documentation.summary(comment)))
      members.append(("description", comment))
    }
    return OrderedMembers(members + [("required", isRequired), ("schema", schema)])
  }

  private static func error(_ failure: OpenRPCMethodDescription.Failure) -> OrderedMembers {
    OrderedMembers([
      ("code", failure.code.rawValue), ("message", failure.message), ("data", ["type": failure.type]),
    ])
  }

  private static func pairing(_ example: OpenRPCMethodDescription.Example) throws -> OrderedMembers {
    func value(_ name: String, _ value: RawJSON) -> OrderedMembers {
      OrderedMembers([("name", name), ("value", value)])
    }
    let params = try JSONDocument(parsing: example.params.utf8).root.members.map { value($0.name, $0.value.raw) }
    var members: [(String, any Encodable)] = [("name", example.name), ("params", params)]
    if let result = example.result { members.append(("result", value("result", result))) }
    return OrderedMembers(members)
  }

  /// A component with the doc comments of its type and of its properties or cases.
  private static func described(_ component: SchemaProbe.Component, _ documentation: Documentation) -> JSONSchema {
    var schema = component.schema
    schema.description = documentation.comment(of: component.typeName)
    for position in schema.properties.indices {
      let name = schema.properties[position].name
      guard let comment = documentation.comment(of: component.typeName, member: name) else { continue }
      schema.properties[position].schema.description = comment
    }
    let cases = schema.values.compactMap { value in
      documentation.comment(of: component.typeName, member: value).map { "- `\(value)`: \($0)" }
    }
    if !cases.isEmpty {
      schema.description = ([schema.description, cases.joined(separator: "\n")] as [String?]).compactMap(\.self)
        .joined(separator: "\n\n")
    }
    return schema
  }
}

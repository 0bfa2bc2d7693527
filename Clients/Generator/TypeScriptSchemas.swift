import JSON

/// The named schemas of the contracts as types of TypeScript.
struct TypeScriptSchemas {
  /// Whether a value is given to a method or answered by one.
  enum Direction: Hashable {
    case given, answered
  }

  private let schemas: [String: JSONNode]
  private let given: Set<String>
  private let answered: Set<String>

  init(_ contract: SuiteContract) {
    let schemas = Dictionary(uniqueKeysWithValues: contract.schemas.map { ($0.name, $0.schema) })
    let methods = contract.services.flatMap(\.methods)
    self.schemas = schemas
    given = Self.reached(from: methods.flatMap { $0.params.map(\.schema) }, schemas)
    answered = Self.reached(from: methods.map(\.result), schemas)
  }

  /// The declarations of all named schemas.
  var declarations: [String] {
    schemas.keys.sorted().flatMap { name -> [String] in
      let isTwo = given.contains(name) && answered.contains(name) && differs(name)
      let single: Direction = answered.contains(name) ? .answered : .given
      return (isTwo ? [.answered, .given] : [single]).compactMap { direction in
        schemas[name].map { declaration(self.name(name, direction), $0, direction) }
      }
    }
  }

  /// The type of a value.
  func type(_ schema: JSONNode, _ direction: Direction, indentation: Int = 0) -> String {
    if let target = Self.target(of: schema) { return name(target, direction) }
    if let values = schema["enum"] { return values.elements.map { $0.raw.text }.joined(separator: " | ") }
    if Self.isDecimal(schema) { return direction == .given ? "Decimal | number" : "Decimal" }
    if let alternatives = schema["anyOf"] {
      return alternatives.elements.map { type($0, direction, indentation: indentation) }.joined(separator: " | ")
    }
    switch schema["type"]?.string {
    case "string":
      return switch schema["format"]?.string {
      case "uuid": "UUID"
      case "date-time": "Instant"
      case "date": "Day"
      default: "string"
      }
    case "integer", "number": return "number"
    case "boolean": return "boolean"
    case "null": return "null"
    case "array":
      let element = schema["items"].map { type($0, direction, indentation: indentation) } ?? "JSONValue"
      let list = element.contains(" ") ? "(\(element))[]" : "\(element)[]"
      return direction == .given ? "readonly \(list)" : list
    case "object":
      if schema["properties"] != nil { return object(schema, direction, indentation: indentation) }
      let others = schema["additionalProperties"].flatMap { $0.kind == .object ? $0 : nil }
      let value = others.map { type($0, direction, indentation: indentation) } ?? "JSONValue"
      return "{ [name: string]: \(value) }"
    default: return "JSONValue"
    }
  }

  /// A property of an interface, with its doc comment.
  func property(
    _ name: String, _ schema: JSONNode, isRequired: Bool, description: String?, _ direction: Direction, indentation: Int
  ) -> String {
    let comment = description.map { docComment($0, indentation: indentation) } ?? ""
    let type = type(schema, direction, indentation: indentation)
    return "\(comment)\(spaces(indentation))\(name)\(isRequired ? "" : "?"): \(type);\n"
  }

  private func object(_ schema: JSONNode, _ direction: Direction, indentation: Int) -> String {
    let required = Set(schema["required"].elements.compactMap(\.string))
    let properties = schema["properties"].members.map { name, schema in
      property(
        name, schema, isRequired: required.contains(name), description: schema["description"]?.string, direction,
        indentation: indentation + 2)
    }
    return "{\n\(properties.joined())\(spaces(indentation))}"
  }

  private func declaration(_ name: String, _ schema: JSONNode, _ direction: Direction) -> String {
    let comment = docComment(schema["description"]?.string ?? "", indentation: 0)
    if schema["properties"] != nil { return "\(comment)export interface \(name) \(type(schema, direction))\n" }
    let values = schema["enum"].elements.map { "\n  | \($0.raw.text)" }.joined()
    return "\(comment)export type \(name) =\(values.isEmpty ? " \(type(schema, direction))" : values);\n"
  }

  /// What a named schema is called: two names where what may be given is more than what is answered.
  private func name(_ name: String, _ direction: Direction) -> String {
    direction == .given && answered.contains(name) && differs(name) ? name + "Input" : name
  }

  /// Whether its types differ by direction, in itself or in what it is made of.
  private func differs(_ name: String) -> Bool {
    Self.reached(from: schemas[name].map { [$0] } ?? [], schemas).union([name]).contains { name in
      schemas[name].map { Self.parts(of: $0) }?.contains { Self.isDecimal($0) || $0["type"]?.string == "array" }
        ?? false
    }
  }

  /// An exact number is answered in digits; an integer may be given as a number too.
  private static func isDecimal(_ schema: JSONNode) -> Bool {
    schema["anyOf"].elements.compactMap { $0["type"]?.string } == ["string", "integer"]
  }

  private static func target(of schema: JSONNode) -> String? {
    schema["$ref"]?.string?.split(separator: "/").last.map(String.init)
  }

  /// The names of the schemas that these are made of.
  private static func reached(from roots: [JSONNode], _ schemas: [String: JSONNode]) -> Set<String> {
    var found: Set<String> = []
    var open = roots
    while let schema = open.popLast() {
      for name in parts(of: schema).compactMap(target) where found.insert(name).inserted {
        if let next = schemas[name] { open.append(next) }
      }
    }
    return found
  }

  /// The schema and those that stand within it.
  private static func parts(of schema: JSONNode) -> [JSONNode] {
    let within =
      schema["properties"].members.map(\.value) + schema["anyOf"].elements
      + [schema["items"], schema["additionalProperties"]].compactMap { $0 }
    return [schema] + within.flatMap(parts)
  }
}

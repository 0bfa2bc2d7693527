import Foundation
import JSON

/// Validates JSON by the words of JSON Schema draft-07 that the meta-schema of OpenRPC and the contracts use.
///
/// A word it does not know is a fault of its own, so that nothing passes unread.
struct SchemaValidator {
  /// The document in which `#/…` is looked up.
  let root: JSONNode
  private let ownWords: JSONNode?

  init(_ root: JSONNode) {
    self.root = root
    ownWords = try? JSONDocument(parsing: Self.schemaOfSchemas).root
  }

  /// What is wrong with a value under the document's own schema.
  func faults(of value: JSONNode) -> [String] { faults(of: value, under: root) }

  /// What is wrong with a value under a schema.
  func faults(of value: JSONNode, under schema: JSONNode, at path: String = "") -> [String] {
    if let reference = schema["$ref"]?.string {
      guard let target = target(reference) else { return ["\(path): \(reference) leads nowhere"] }
      return faults(of: value, under: target, at: path)
    }
    return schema.members.flatMap { word, rule in faults(of: value, word, rule, schema, path) }
  }

  private func faults(
    of value: JSONNode, _ word: String, _ rule: JSONNode, _ schema: JSONNode, _ path: String
  ) -> [String] {
    switch word {
    case "$schema", "$id", "title", "description", "default", "definitions":
      return []
    case "type": return isOf(rule.string ?? "", value) ? [] : ["\(path): is no \(rule.string ?? "")"]
    case "enum": return rule.elements.contains { $0.raw == value.raw } ? [] : ["\(path): is none of the values"]
    case "required":
      guard value.kind == .object else { return [] }
      return rule.elements.compactMap(\.string).filter { value[$0] == nil }.map { "\(path): has no \($0)" }
    case "properties":
      return rule.members.flatMap { name, rule in
        value[name].map { faults(of: $0, under: rule, at: "\(path)/\(name)") } ?? []
      }
    case "patternProperties":
      return rule.members.flatMap { pattern, rule in
        value.members.filter { matches($0.name, pattern) }.flatMap { name, value in
          faults(of: value, under: rule, at: "\(path)/\(name)")
        }
      }
    case "additionalProperties":
      return others(value, schema).flatMap { name, value in
        rule.bool == false
          ? ["\(path): \(name) is not known"] : faults(of: value, under: rule, at: "\(path)/\(name)")
      }
    case "items":
      return value.elements.enumerated().flatMap { faults(of: $1, under: rule, at: "\(path)/\($0)") }
    // It says nothing beside `items` that is one schema.
    case "additionalItems": return []
    case "oneOf", "anyOf":
      let tried = rule.elements.map { faults(of: value, under: $0, at: path) }
      let fitting = tried.filter(\.isEmpty).count
      if fitting == 1 || (fitting > 1 && word == "anyOf") { return [] }
      return fitting == 0 ? tried.first ?? [] : ["\(path): fits more than one schema"]
    default: return faults(ofPlain: value, word, rule, path)
    }
  }

  private func faults(ofPlain value: JSONNode, _ word: String, _ rule: JSONNode, _ path: String) -> [String] {
    let bound = rule.double ?? 0
    let length = value.string.map { Double($0.unicodeScalars.count) }
    let isRight: Bool? =
      switch word {
      case "minLength": length.map { $0 >= bound } ?? true
      case "maxLength": length.map { $0 <= bound } ?? true
      case "minItems": value.kind != .array || Double(value.count) >= bound
      case "maxItems": value.kind != .array || Double(value.count) <= bound
      case "minimum": value.double.map { $0 >= bound } ?? true
      case "maximum": value.double.map { $0 <= bound } ?? true
      case "pattern": value.string.map { matches($0, rule.string ?? "") } ?? true
      case "format": value.string.map { isOf(format: rule.string ?? "", $0) } ?? true
      default: nil
      }
    guard let isRight else { return ["\(path): the schema has the word \(word), which is not known"] }
    return isRight ? [] : ["\(path): \(value.raw.text.prefix(80)) is against \(word) \(rule.raw.text)"]
  }

  private func target(_ reference: String) -> JSONNode? {
    // A schema of the contract is held to the words that the contract may use, which is less than draft-07.
    if reference.hasPrefix("http://json-schema.org/draft-07/schema") || reference == "schema" { return ownWords }
    return reference.split(separator: "/").dropFirst().reduce(root as JSONNode?) { node, name in node?[String(name)] }
  }

  private func others(_ value: JSONNode, _ schema: JSONNode) -> [(name: String, value: JSONNode)] {
    let patterns = schema["patternProperties"]?.members.map(\.name) ?? []
    return value.members.filter { name, _ in
      schema["properties"]?[name] == nil && !patterns.contains { matches(name, $0) }
    }
  }

  private func isOf(_ type: String, _ value: JSONNode) -> Bool {
    switch type {
    case "integer": value.integer != nil
    case "boolean": value.kind == .bool
    default: value.kind.rawValue == type
    }
  }

  private func isOf(format: String, _ text: String) -> Bool {
    switch format {
    case "uri": URL(string: text)?.scheme != nil
    case "uuid": UUID(uuidString: text) != nil
    case "date": matches(text, "^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
    case "date-time": matches(text, "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?Z$")
    case "email": text.contains("@")
    default: false
    }
  }

  private func matches(_ text: String, _ pattern: String) -> Bool {
    text.range(of: pattern, options: .regularExpression) != nil
  }

  /// What a schema of the contract may say.
  private static let schemaOfSchemas = #"""
    {"type":"object","additionalProperties":false,"properties":{
      "$ref":{"type":"string","pattern":"^#/components/schemas/"},"description":{"type":"string","minLength":1},
      "type":{"enum":["object","array","string","number","integer","boolean","null"]},
      "format":{"enum":["uuid","date","date-time","email"]},"pattern":{"type":"string"},
      "minimum":{"type":"integer"},"maximum":{"type":"integer"},
      "minLength":{"type":"integer","minimum":0},"maxLength":{"type":"integer","minimum":0},
      "minItems":{"type":"integer","minimum":0},"maxItems":{"type":"integer","minimum":0},
      "enum":{"type":"array","minItems":1,"items":{"type":"string"}},
      "anyOf":{"type":"array","minItems":1,"items":{"$ref":"schema"}},"items":{"$ref":"schema"},
      "properties":{"type":"object","additionalProperties":{"$ref":"schema"}},
      "required":{"type":"array","minItems":1,"items":{"type":"string"}},
      "additionalProperties":{"anyOf":[{"type":"boolean"},{"$ref":"schema"}]}}}
    """#
}

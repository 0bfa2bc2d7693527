import JSON
import Models

/// Reads the schemas of types from their own `init(from:)`, run by a decoder that gives each member a plain value
/// and notes what it was asked for.
///
/// Structs are noted once under their names, as components; a type within itself is a reference to its component.
public struct SchemaProbe {
  /// A type that cannot be read so.
  public struct Failure: Error, CustomStringConvertible {
    /// Which type it is and why.
    public let description: String
  }

  /// A struct or an enumeration that has a name in the document.
  public struct Component {
    /// The name among the components: that of the type without its module.
    public let name: String
    /// The type, as its documentation names it.
    public let typeName: String
    /// Its schema, without the prose of doc comments.
    public var schema: JSONSchema
  }

  /// The components in the order in which they were met.
  public var components: [Component] { pass.components }

  private let pass = ProbePass()

  public init() {}

  /// The schema of a type: for a struct or an enumeration a reference to its component.
  public func schema(of type: any Decodable.Type) throws -> JSONSchema { try pass.schema(of: type) }

  /// The schema of an object by its properties, without a component: the params of a method. It and all components
  /// within are closed, for unknown members are refused.
  public func object(of type: any Decodable.Type) throws -> JSONSchema {
    pass.isClosing = true
    defer { pass.isClosing = false }
    var schema = try pass.shape(of: type)
    schema.kind = .object
    schema.isClosed = true
    return schema
  }

  /// The names of a type's properties in the order in which it decodes them.
  static func properties(of type: any Decodable.Type) throws -> [String] {
    try ProbePass().shape(of: type).properties.map(\.name)
  }
}

/// What all decoders of one probe share.
final class ProbePass {
  private(set) var components: [SchemaProbe.Component] = []
  /// Whether the components that are met are those of params.
  var isClosing = false
  private var names: [ObjectIdentifier: String] = [:]
  private var open: Set<ObjectIdentifier> = []

  /// Thrown through the initializers of a type that is met within itself.
  struct Recursion: Error {}

  func schema(of type: any Decodable.Type) throws -> JSONSchema {
    func opened<T: Decodable>(_: T.Type) throws -> JSONSchema {
      let note = ProbeNote()
      do {
        _ = try value(T.self, note)
      } catch is Recursion {}
      return note.schema
    }
    return try opened(type)
  }

  /// The schema of a type without regard to its name.
  func shape(of type: any Decodable.Type) throws -> JSONSchema {
    func opened<T: Decodable>(_: T.Type) throws -> JSONSchema {
      open.insert(ObjectIdentifier(T.self))
      defer { open.remove(ObjectIdentifier(T.self)) }
      let note = ProbeNote()
      _ = try initialized(T.self, note)
      return note.schema
    }
    return try opened(type)
  }

  /// Makes a value of the type and notes its schema.
  func value<T: Decodable>(_: T.Type, _ note: ProbeNote) throws -> T {
    if let type = T.self as? any SchemaDescribing.Type, let example = type.example as? T {
      note.schema = type.schema
      return example
    }
    if let type = T.self as? any SchemaStandIn.Type, let example = type.example as? T {
      note.schema = type.narrowed(try schema(of: type.original))
      return example
    }
    let identity = ObjectIdentifier(T.self)
    if open.contains(identity) {
      guard let name = names[identity] else {
        throw SchemaProbe.Failure(description: "\(T.self) is within itself and has no name")
      }
      note.schema = .component(name)
      throw Recursion()
    }
    if let type = T.self as? any CaseIterable.Type, let (values, first) = Self.cases(of: type), let first = first as? T
    {
      note.schema = try name(T.self, as: .string(values))
      return first
    }
    guard Self.hasName(T.self) else { return try initialized(T.self, note) }
    let isNamed = names[identity] != nil
    if !isNamed { _ = try name(T.self, as: .anything) }
    open.insert(identity)
    defer { open.remove(identity) }
    let value = try initialized(T.self, note)
    if note.isObject, let name = names[identity] {
      if !isNamed || isClosing {
        note.schema.isClosed = isClosing
        replace(name, by: note.schema)
      }
      note.schema = .component(name)
    } else if !isNamed {
      forget(identity)
    }
    return value
  }

  private func initialized<T: Decodable>(_: T.Type, _ note: ProbeNote) throws -> T {
    do {
      return try T(from: Probe(pass: self, note: note))
    } catch is Recursion {
      // Once more with arrays and dictionaries empty: what they are of is known by now.
      note.isEmptied = true
      return try T(from: Probe(pass: self, note: note))
    } catch let error as DecodingError {
      if note.isObject, let type = T.self as? any SchemaExemplified.Type, let example = type.example as? T {
        return example
      }
      throw SchemaProbe.Failure(description: "\(T.self) refuses the probe's values, it must describe itself (\(error))")
    }
  }

  /// The strings of an enumeration's cases and the first of them.
  private static func cases<T: CaseIterable>(of _: T.Type) -> ([String], Any)? {
    let values = T.allCases.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
    guard values.count == T.allCases.count, let first = T.allCases.first else { return nil }
    return (values, first)
  }

  // MARK: Names

  /// Arrays, sets, dictionaries and optionals have no component of their own.
  private static func hasName(_ type: Any.Type) -> Bool { !String(reflecting: type).hasPrefix("Swift.") }

  private func name(_ type: Any.Type, as schema: JSONSchema) throws -> JSONSchema {
    let typeName = String(reflecting: type)
    let name = Self.componentName(typeName)
    if names[ObjectIdentifier(type)] == nil {
      if let other = components.first(where: { $0.name == name }) {
        throw SchemaProbe.Failure(description: "\(typeName) and \(other.typeName) would both be called \(name)")
      }
      names[ObjectIdentifier(type)] = name
      components.append(SchemaProbe.Component(name: name, typeName: typeName, schema: schema))
    }
    return .component(name)
  }

  private func replace(_ name: String, by schema: JSONSchema) {
    guard let position = components.firstIndex(where: { $0.name == name }) else { return }
    components[position].schema = schema
  }

  /// A type that turned out to be a single value or an array needs no component.
  private func forget(_ identity: ObjectIdentifier) {
    guard let name = names.removeValue(forKey: identity) else { return }
    components.removeAll { $0.name == name }
  }

  /// `Module.Lead.Status` is `LeadStatus`, `Models.Page<Acquisition.Lead>` is `PageOfLead`, and so is
  /// `Models.Page<Models.Encoded<Acquisition.Lead>>`: what is encoded is told by its name alone.
  static func componentName(_ typeName: String) -> String {
    var name = ""
    var path: [Substring] = []
    var word = typeName.startIndex
    func flush(_ end: String.Index) {
      let parts = typeName[word..<end].split(separator: ".")
      path = parts.count > 1 ? Array(parts.dropFirst()) : parts
      name += path.joined()
    }
    var depth = 0
    for index in typeName.indices {
      switch typeName[index] {
      // A private type's context: `(unknown context at $…)`.
      case "(":
        flush(index)
        depth += 1
      case ")":
        depth -= 1
        word = typeName.index(after: index)
      case "<", ",", ">", " ":
        guard depth == 0 else { continue }
        flush(index)
        if typeName[index] == "<" { name += "Of" }
        if typeName[index] == "," { name += "And" }
        word = typeName.index(after: index)
      default: continue
      }
    }
    if word < typeName.endIndex { flush(typeName.endIndex) }
    return name.replacing("EncodedOf", with: "")
  }
}

/// What one value was asked for.
final class ProbeNote {
  var schema = JSONSchema.anything
  var isObject = false
  /// Members that were asked whether they are there.
  var optional: Set<String> = []
  /// Whether arrays and dictionaries pretend to be empty.
  var isEmptied = false
}

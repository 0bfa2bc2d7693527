import JSON
import Models

/// A schema in the words of JSON Schema draft-07 that the contract needs.
public struct JSONSchema: Hashable, Sendable {
  /// The types of JSON values.
  public enum Kind: String, Codable, Sendable {
    case object, array, string, number, integer, boolean, null
  }

  /// A member of an object.
  public struct Property: Hashable, Sendable {
    /// The member's name.
    public var name: String
    /// What its value must fit.
    public var schema: JSONSchema

    public init(name: String, schema: JSONSchema) {
      self.name = name
      self.schema = schema
    }
  }

  /// A `$ref` to another schema, as `component` makes it.
  public var reference: String?
  /// What the value means, in the words of its doc comment.
  public var description: String?
  /// The type of the value; nil for any.
  public var kind: Kind?
  /// A format of draft-07, as `uuid`.
  public var format: String?
  /// A regular expression that a string must match.
  public var pattern: String?
  /// The least number allowed.
  public var minimum: Int?
  /// The greatest number allowed.
  public var maximum: Int?
  /// The least characters of a string.
  public var minimumLength: Int?
  /// The most characters of a string.
  public var maximumLength: Int?
  /// The least elements of an array.
  public var minimumItems: Int?
  /// The most elements of an array.
  public var maximumItems: Int?
  /// The only strings allowed.
  public var values: [String] = []
  /// Schemas of which the value must fit one.
  public var anyOf: [JSONSchema] = []
  /// The schema of all elements, as the only one here.
  public private(set) var items: [JSONSchema] = []
  /// The members of an object in their order.
  public var properties: [Property] = []
  /// The names of the members that must be there.
  public var required: [String] = []
  /// The schema of all members without a name of their own, as the only one here.
  private var others: [JSONSchema] = []
  /// Whether members without a schema are refused.
  public var isClosed = false

  /// With no words at all, a schema that every value fits.
  public init(_ kind: Kind? = nil, format: String? = nil, pattern: String? = nil) {
    self.kind = kind
    self.format = format
    self.pattern = pattern
  }

  /// Any value.
  public static let anything = JSONSchema()

  /// One of these strings.
  public static func string(_ values: [String]) -> JSONSchema {
    var schema = JSONSchema(.string)
    schema.values = values
    return schema
  }

  /// An array whose elements all fit the schema.
  public static func array(of items: JSONSchema) -> JSONSchema {
    var schema = JSONSchema(.array)
    schema.items = [items]
    return schema
  }

  /// An object with any names whose members have that schema.
  public static func dictionary(of values: JSONSchema) -> JSONSchema {
    var schema = JSONSchema(.object)
    schema.others = [values]
    return schema
  }

  /// The schema of that name among the document's components.
  public static func component(_ name: String) -> JSONSchema {
    var schema = JSONSchema()
    schema.reference = "#/components/schemas/\(name)"
    return schema
  }
}

extension JSONSchema: Encodable {
  private enum CodingKeys: String, CodingKey {
    case reference = "$ref"
    case description, type, format, pattern, minimum, maximum
    case minimumLength = "minLength"
    case maximumLength = "maxLength"
    case minimumItems = "minItems"
    case maximumItems = "maxItems"
    case values = "enum"
    case anyOf, items, properties, required, additionalProperties
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(reference, forKey: .reference)
    try container.encodeIfPresent(description, forKey: .description)
    try container.encodeIfPresent(kind, forKey: .type)
    try container.encodeIfPresent(format, forKey: .format)
    try container.encodeIfPresent(pattern, forKey: .pattern)
    try container.encodeIfPresent(minimum, forKey: .minimum)
    try container.encodeIfPresent(maximum, forKey: .maximum)
    try container.encodeIfPresent(minimumLength, forKey: .minimumLength)
    try container.encodeIfPresent(maximumLength, forKey: .maximumLength)
    try container.encodeIfPresent(minimumItems, forKey: .minimumItems)
    try container.encodeIfPresent(maximumItems, forKey: .maximumItems)
    if !values.isEmpty { try container.encode(values, forKey: .values) }
    if !anyOf.isEmpty { try container.encode(anyOf, forKey: .anyOf) }
    try container.encodeIfPresent(items.first, forKey: .items)
    if !properties.isEmpty {
      let members = properties.map { ($0.name, $0.schema as any Encodable) }
      try container.encode(OrderedMembers(members), forKey: .properties)
    }
    if !required.isEmpty { try container.encode(required, forKey: .required) }
    if isClosed {
      try container.encode(false, forKey: .additionalProperties)
    } else {
      try container.encodeIfPresent(others.first, forKey: .additionalProperties)
    }
  }
}

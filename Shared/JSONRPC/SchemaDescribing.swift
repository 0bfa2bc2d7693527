import FoundationEssentials
import Models

/// A type that says its schema itself, because reading it from a probe would not tell it all.
///
/// Types whose `init(from:)` refuses some values must conform: the probe's values would be refused.
public protocol SchemaDescribing: Decodable {
  static var schema: JSONSchema { get }
  /// A value of the type, which the probe hands to what it is a part of.
  static var example: Self { get }
}

/// A type whose properties a probe can read although its `init(from:)` refuses the probe's values together.
public protocol SchemaExemplified: Decodable {
  /// A value that the probe uses instead of the one that was refused.
  static var example: Self? { get }
}

/// A type that is written like another one.
public protocol SchemaStandIn: Decodable {
  /// The type whose schema is this one's too.
  static var original: any Decodable.Type { get }
  static var example: Self { get }
  /// The schema of the original, with what this type asks for beyond it.
  static func narrowed(_ schema: JSONSchema) -> JSONSchema
}

extension SchemaStandIn {
  public static func narrowed(_ schema: JSONSchema) -> JSONSchema { schema }
}

extension ID: SchemaDescribing {
  public static var schema: JSONSchema { JSONSchema(.string, format: "uuid") }
  public static var example: ID { ID(high: 0x0193_a1f2_7c4e_7000, low: 0x8000_0000_0000_0001) }
}

extension Timestamp: SchemaDescribing {
  public static var schema: JSONSchema { JSONSchema(.string, format: "date-time") }
  public static var example: Timestamp { Timestamp(secondsSinceEpoch: 1_767_225_600) }
}

extension Day: SchemaDescribing {
  public static var schema: JSONSchema { JSONSchema(.string, format: "date") }
  public static var example: Day { Day(daysSinceEpoch: 20_454) }
}

extension RawJSON: SchemaDescribing {
  public static var schema: JSONSchema { .anything }
  public static var example: RawJSON { .emptyObject }
}

extension Decimal: SchemaDescribing {
  /// Written as a number, read as a number or as a string of its digits.
  public static var schema: JSONSchema {
    var schema = JSONSchema()
    schema.anyOf = [JSONSchema(.number), JSONSchema(.string, pattern: #"^-?[0-9]+(\.[0-9]+)?$"#)]
    return schema
  }
  public static var example: Decimal { 1 }
}

extension Amount: SchemaDescribing {
  public static var schema: JSONSchema {
    var schema = JSONSchema()
    schema.anyOf = [JSONSchema(.string, pattern: #"^-?[0-9]+(\.[0-9]+)?$"#), JSONSchema(.integer)]
    return schema
  }
  public static var example: Amount { Amount(1) }
}

extension Identifier: SchemaExemplified {
  public static var example: Identifier? { Identifier(kind: .user, value: "ada") }
}

extension Encoded: SchemaStandIn {
  public static var original: any Decodable.Type { Value.self }
  public static var example: Encoded { Encoded(.null) }
}

extension SchemaDescribing where Self: TextValue {
  /// A text that nobody reads.
  public static var example: Self { Self(normal: "") }
}

extension Channel: SchemaDescribing {
  public static var schema: JSONSchema { JSONSchema(.string, pattern: "^[A-Za-z0-9._-]{1,50}$") }
}

extension Currency: SchemaDescribing {
  public static var schema: JSONSchema { JSONSchema(.string, pattern: "^[A-Z]{3}$") }
}

extension EmailAddress: SchemaDescribing {
  public static var schema: JSONSchema { JSONSchema(.string, format: "email") }
}

extension ExternalID: SchemaDescribing {
  public static var schema: JSONSchema { .text(1...200) }
}

extension LocaleTag: SchemaDescribing {
  public static var schema: JSONSchema { JSONSchema(.string, pattern: "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$") }
}

extension PurposeKey: SchemaDescribing {
  public static var schema: JSONSchema { JSONSchema(.string, pattern: "^[A-Za-z][A-Za-z0-9_-]{0,49}$") }
}

extension PhoneNumber: SchemaDescribing {
  public static var schema: JSONSchema { JSONSchema(.string) }
}

extension Reason: SchemaDescribing {
  public static var schema: JSONSchema { .text(1...1000) }
}

extension SKU: SchemaDescribing {
  public static var schema: JSONSchema { .text(1...100) }
}

extension SearchText: SchemaDescribing {
  public static var schema: JSONSchema { .text(2...200) }
}

extension SourceName: SchemaDescribing {
  public static var schema: JSONSchema { .text(1...100) }
}

extension TraitName: SchemaDescribing {
  public static var schema: JSONSchema { .text(1...100) }
}

extension JSONSchema {
  /// A text of so many bytes, of which characters are the nearest that a schema can tell.
  fileprivate static func text(_ bytes: ClosedRange<Int>) -> JSONSchema {
    var schema = JSONSchema(.string)
    schema.minimumLength = bytes.lowerBound
    schema.maximumLength = bytes.upperBound
    return schema
  }
}

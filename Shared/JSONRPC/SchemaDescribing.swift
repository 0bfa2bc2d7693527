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

extension TextValue {
  /// Every such type is a string; the probe takes one whose text nobody reads.
  static var unchecked: Self { Self(normal: "") }
}

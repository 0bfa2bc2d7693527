import Models

/// How much a JSON document may ask of its reader.
public struct JSONLimits: Hashable, Sendable {
  /// Levels of arrays and objects.
  public var depth: Int
  /// Members in one object.
  public var members: Int
  /// Characters in one number.
  public var numberLength: Int

  public init(depth: Int, members: Int, numberLength: Int) {
    self.depth = depth
    self.members = members
    self.numberLength = numberLength
  }

  /// What the wire allows: 64 levels, 10,000 members in an object, 40 characters in a number.
  public static let standard = JSONLimits(depth: 64, members: 10_000, numberLength: 40)
}

/// A JSON document that was read strictly: RFC 8259 without its tolerances.
///
/// Refused are, beside faults of syntax: duplicate keys (also those that differ by escapes only), a byte order mark,
/// invalid UTF-8, lone surrogates, `\u0000`, and whatever exceeds the limits. The document is read once, into a flat
/// tape; values are made from its bytes when they are asked for.
public struct JSONDocument: Sendable {
  /// The outermost value.
  public let root: JSONNode

  public init(parsing bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONSyntaxError) {
    // The tape counts with 28 bits.
    guard bytes.count < 1 << 28 else { throw JSONSyntaxError(reason: .tooLarge, offset: 1 << 28) }
    let tape = try bytes.withUnsafeBufferPointer { (buffer) throws(JSONSyntaxError) in
      var parser = JSONParser(bytes: buffer, limits: limits)
      try parser.parse()
      return parser.tape
    }
    root = JSONNode(storage: JSONStorage(bytes: bytes, tape: tape), index: 0)
  }

  public init(parsing text: String, limits: JSONLimits = .standard) throws(JSONSyntaxError) {
    try self.init(parsing: Array(text.utf8), limits: limits)
  }
}

/// Where and why a text is not strict JSON.
public struct JSONSyntaxError: Error, Hashable, Sendable {
  /// What was found.
  public enum Reason: String, Hashable, Sendable {
    case unexpectedEnd, unexpectedByte, trailingBytes, byteOrderMark, invalidUTF8, controlCharacter, invalidEscape
    case loneSurrogate, nulCharacter, invalidNumber, numberTooLong, tooDeep, tooManyMembers, duplicateKey, tooLarge
  }

  /// What was found.
  public let reason: Reason
  /// Bytes before the fault.
  public let offset: Int

  public init(reason: Reason, offset: Int) {
    self.reason = reason
    self.offset = offset
  }
}

/// The bytes of a document and the tape over them.
///
/// The tape has one entry a value, in the order of the text. An object's entry is followed by its members, each a
/// key's entry and then those of its value.
final class JSONStorage: Sendable {
  let bytes: [UInt8]
  let tape: [JSONEntry]

  init(bytes: [UInt8], tape: [JSONEntry]) {
    self.bytes = bytes
    self.tape = tape
  }

  @inline(__always)
  func read<Result>(_ body: (JSONView) throws -> Result) rethrows -> Result {
    try bytes.withUnsafeBufferPointer { bytes in
      try tape.withUnsafeBufferPointer { tape in try body(JSONView(bytes: bytes, tape: tape)) }
    }
  }
}

struct JSONEntry: Sendable {
  enum Tag {
    static let null: UInt32 = 0
    static let no: UInt32 = 1
    static let yes: UInt32 = 2
    /// A number without fraction and exponent.
    static let integer: UInt32 = 3
    static let number: UInt32 = 4
    static let string: UInt32 = 5
    static let escapedString: UInt32 = 6
    static let array: UInt32 = 7
    static let object: UInt32 = 8
  }

  /// Offset of the first byte, a string's quotation mark included.
  var start: UInt32
  /// Offset after the last byte.
  var end: UInt32
  /// Index after the last entry of this value; of an open array or object, its parent's index.
  var next: UInt32
  /// The tag in the lower four bits. Above them an array's or object's count.
  var bits: UInt32

  var tag: UInt32 { bits & 15 }
  var count: Int { Int(bits >> 4) }
  var isString: Bool { tag == Tag.string || tag == Tag.escapedString }
  var isNumber: Bool { tag == Tag.integer || tag == Tag.number }
}

import Models

/// An encoder of one open value. Three words: it needs no allocation as an existential.
struct FrameEncoder: Encoder, RawJSONEncoder {
  let pass: EncodingPass
  let depth: Int
  let serial: Int

  /// An encoder of no value: all that it is given throws.
  static func ended(_ pass: EncodingPass) -> FrameEncoder { FrameEncoder(pass: pass, depth: 0, serial: -1) }

  var codingPath: [any CodingKey] { pass.codingPath }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy _: Key.Type) -> KeyedEncodingContainer<Key> {
    let object = pass.container(.object, of: self, keys: ObjectIdentifier(Key.self))
    return KeyedEncodingContainer(KeyedMembers(object: object))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    UnkeyedElements(array: pass.container(.array, of: self))
  }

  func singleValueContainer() -> any SingleValueEncodingContainer {
    SingleValue(frame: pass.container(.scalar, of: self))
  }

  func encode(rawJSON: RawJSON) throws {
    var container = singleValueContainer()
    try container.encode(rawJSON)
  }
}

struct KeyedMembers<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let object: FrameEncoder

  var codingPath: [any CodingKey] { object.codingPath }

  @inline(__always)
  private func member(_ key: any CodingKey, _ write: (EncodingPass) throws -> Void) throws {
    try object.pass.member(key, of: object)
    try write(object.pass)
  }

  private func nested(_ key: any CodingKey) -> FrameEncoder {
    (try? object.pass.member(key, of: object)) == nil ? .ended(object.pass) : object.pass.open()
  }

  mutating func encodeNil(forKey key: Key) throws { try member(key) { $0.null() } }
  mutating func encode(_ value: Bool, forKey key: Key) throws { try member(key) { $0.bool(value) } }
  mutating func encode(_ value: String, forKey key: Key) throws { try member(key) { $0.string(value) } }
  mutating func encode(_ value: Double, forKey key: Key) throws { try member(key) { try $0.number(value) } }
  mutating func encode(_ value: Float, forKey key: Key) throws { try member(key) { try $0.number(value) } }
  mutating func encode(_ value: Int, forKey key: Key) throws { try member(key) { $0.integer(value) } }
  mutating func encode(_ value: Int8, forKey key: Key) throws { try member(key) { $0.integer(value) } }
  mutating func encode(_ value: Int16, forKey key: Key) throws { try member(key) { $0.integer(value) } }
  mutating func encode(_ value: Int32, forKey key: Key) throws { try member(key) { $0.integer(value) } }
  mutating func encode(_ value: Int64, forKey key: Key) throws { try member(key) { $0.integer(value) } }
  mutating func encode(_ value: UInt, forKey key: Key) throws { try member(key) { $0.integer(value) } }
  mutating func encode(_ value: UInt8, forKey key: Key) throws { try member(key) { $0.integer(value) } }
  mutating func encode(_ value: UInt16, forKey key: Key) throws { try member(key) { $0.integer(value) } }
  mutating func encode(_ value: UInt32, forKey key: Key) throws { try member(key) { $0.integer(value) } }
  mutating func encode(_ value: UInt64, forKey key: Key) throws { try member(key) { $0.integer(value) } }
  mutating func encode<T: Encodable>(_ value: T, forKey key: Key) throws { try member(key) { try $0.value(value) } }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key)
    -> KeyedEncodingContainer<Nested>
  { nested(key).container(keyedBy: type) }

  mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    nested(key).unkeyedContainer()
  }

  mutating func superEncoder() -> any Encoder { nested(JSONKey(stringValue: "super")) }
  mutating func superEncoder(forKey key: Key) -> any Encoder { nested(key) }
}

struct UnkeyedElements: UnkeyedEncodingContainer {
  let array: FrameEncoder
  private(set) var count = 0

  init(array: FrameEncoder) {
    self.array = array
  }

  var codingPath: [any CodingKey] { array.codingPath }

  @inline(__always)
  private mutating func element(_ write: (EncodingPass) throws -> Void) throws {
    try array.pass.element(of: array)
    count += 1
    try write(array.pass)
  }

  private mutating func nested() -> FrameEncoder {
    guard (try? array.pass.element(of: array)) != nil else { return .ended(array.pass) }
    count += 1
    return array.pass.open()
  }

  mutating func encodeNil() throws { try element { $0.null() } }
  mutating func encode(_ value: Bool) throws { try element { $0.bool(value) } }
  mutating func encode(_ value: String) throws { try element { $0.string(value) } }
  mutating func encode(_ value: Double) throws { try element { try $0.number(value) } }
  mutating func encode(_ value: Float) throws { try element { try $0.number(value) } }
  mutating func encode(_ value: Int) throws { try element { $0.integer(value) } }
  mutating func encode(_ value: Int8) throws { try element { $0.integer(value) } }
  mutating func encode(_ value: Int16) throws { try element { $0.integer(value) } }
  mutating func encode(_ value: Int32) throws { try element { $0.integer(value) } }
  mutating func encode(_ value: Int64) throws { try element { $0.integer(value) } }
  mutating func encode(_ value: UInt) throws { try element { $0.integer(value) } }
  mutating func encode(_ value: UInt8) throws { try element { $0.integer(value) } }
  mutating func encode(_ value: UInt16) throws { try element { $0.integer(value) } }
  mutating func encode(_ value: UInt32) throws { try element { $0.integer(value) } }
  mutating func encode(_ value: UInt64) throws { try element { $0.integer(value) } }
  mutating func encode<T: Encodable>(_ value: T) throws { try element { try $0.value(value) } }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
    nested().container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { nested().unkeyedContainer() }
  mutating func superEncoder() -> any Encoder { nested() }
}

struct SingleValue: SingleValueEncodingContainer {
  let frame: FrameEncoder

  var codingPath: [any CodingKey] { frame.codingPath }

  @inline(__always)
  private func scalar(_ write: (EncodingPass) throws -> Void) throws {
    try frame.pass.scalar(of: frame)
    try write(frame.pass)
  }

  mutating func encodeNil() throws { try scalar { $0.null() } }
  mutating func encode(_ value: Bool) throws { try scalar { $0.bool(value) } }
  mutating func encode(_ value: String) throws { try scalar { $0.string(value) } }
  mutating func encode(_ value: Double) throws { try scalar { try $0.number(value) } }
  mutating func encode(_ value: Float) throws { try scalar { try $0.number(value) } }
  mutating func encode(_ value: Int) throws { try scalar { $0.integer(value) } }
  mutating func encode(_ value: Int8) throws { try scalar { $0.integer(value) } }
  mutating func encode(_ value: Int16) throws { try scalar { $0.integer(value) } }
  mutating func encode(_ value: Int32) throws { try scalar { $0.integer(value) } }
  mutating func encode(_ value: Int64) throws { try scalar { $0.integer(value) } }
  mutating func encode(_ value: UInt) throws { try scalar { $0.integer(value) } }
  mutating func encode(_ value: UInt8) throws { try scalar { $0.integer(value) } }
  mutating func encode(_ value: UInt16) throws { try scalar { $0.integer(value) } }
  mutating func encode(_ value: UInt32) throws { try scalar { $0.integer(value) } }
  mutating func encode(_ value: UInt64) throws { try scalar { $0.integer(value) } }
  mutating func encode<T: Encodable>(_ value: T) throws { try scalar { try $0.value(value) } }
}

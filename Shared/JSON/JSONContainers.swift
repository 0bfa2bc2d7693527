import Models

/// A decoder that stands at one value of a document. Two words: it needs no allocation as an existential.
struct NodeDecoder: Decoder, SingleValueDecodingContainer, RawJSONDecoder {
  let pass: DecodingPass
  let index: Int

  var codingPath: [any CodingKey] { pass.codingPath(to: index) }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy _: Key.Type) throws -> KeyedDecodingContainer<Key> {
    try pass.openObject(at: index)
    return KeyedDecodingContainer(KeyedNodes(pass: pass, object: index))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try pass.openArray(at: index)
    return UnkeyedNodes(pass: pass, array: index)
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer {
    pass.takeWhole(index)
    return self
  }

  func rawJSON() throws -> RawJSON {
    pass.takeWhole(index)
    return pass.raw(at: index)
  }

  func node() -> JSONNode {
    pass.takeWhole(index)
    return pass.node(at: index)
  }

  func decodeNil() -> Bool { pass.isNull(at: index) }
  func decode(_: Bool.Type) throws -> Bool { try pass.bool(at: index) }
  func decode(_: String.Type) throws -> String { try pass.string(at: index) }
  func decode(_: Double.Type) throws -> Double { try pass.double(at: index) }
  func decode(_: Float.Type) throws -> Float { try pass.float(at: index) }
  func decode(_: Int.Type) throws -> Int { try pass.integer(at: index) }
  func decode(_: Int8.Type) throws -> Int8 { try pass.integer(at: index) }
  func decode(_: Int16.Type) throws -> Int16 { try pass.integer(at: index) }
  func decode(_: Int32.Type) throws -> Int32 { try pass.integer(at: index) }
  func decode(_: Int64.Type) throws -> Int64 { try pass.integer(at: index) }
  func decode(_: UInt.Type) throws -> UInt { try pass.integer(at: index) }
  func decode(_: UInt8.Type) throws -> UInt8 { try pass.integer(at: index) }
  func decode(_: UInt16.Type) throws -> UInt16 { try pass.integer(at: index) }
  func decode(_: UInt32.Type) throws -> UInt32 { try pass.integer(at: index) }
  func decode(_: UInt64.Type) throws -> UInt64 { try pass.integer(at: index) }
  func decode<T: Decodable>(_: T.Type) throws -> T { try pass.value(at: index) }
}

struct KeyedNodes<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let pass: DecodingPass
  let object: Int

  var codingPath: [any CodingKey] { pass.codingPath(to: object) }
  var allKeys: [Key] { pass.names(of: object).compactMap(Key.init(stringValue:)) }

  func contains(_ key: Key) -> Bool { pass.find(key.stringValue, in: object) != nil }

  @inline(__always)
  private func find(_ key: Key) throws -> Int {
    guard let index = pass.find(key.stringValue, in: object) else { throw pass.missing(key, in: object) }
    return index
  }

  /// The value of a key, nil when it is absent or null.
  @inline(__always)
  private func present(_ key: Key) -> Int? {
    guard let index = pass.find(key.stringValue, in: object), !pass.isNull(at: index) else { return nil }
    return index
  }

  func decodeNil(forKey key: Key) throws -> Bool { try pass.isNull(at: find(key)) }
  func decode(_: Bool.Type, forKey key: Key) throws -> Bool { try pass.bool(at: find(key)) }
  func decode(_: String.Type, forKey key: Key) throws -> String { try pass.string(at: find(key)) }
  func decode(_: Double.Type, forKey key: Key) throws -> Double { try pass.double(at: find(key)) }
  func decode(_: Float.Type, forKey key: Key) throws -> Float { try pass.float(at: find(key)) }
  func decode(_: Int.Type, forKey key: Key) throws -> Int { try pass.integer(at: find(key)) }
  func decode(_: Int8.Type, forKey key: Key) throws -> Int8 { try pass.integer(at: find(key)) }
  func decode(_: Int16.Type, forKey key: Key) throws -> Int16 { try pass.integer(at: find(key)) }
  func decode(_: Int32.Type, forKey key: Key) throws -> Int32 { try pass.integer(at: find(key)) }
  func decode(_: Int64.Type, forKey key: Key) throws -> Int64 { try pass.integer(at: find(key)) }
  func decode(_: UInt.Type, forKey key: Key) throws -> UInt { try pass.integer(at: find(key)) }
  func decode(_: UInt8.Type, forKey key: Key) throws -> UInt8 { try pass.integer(at: find(key)) }
  func decode(_: UInt16.Type, forKey key: Key) throws -> UInt16 { try pass.integer(at: find(key)) }
  func decode(_: UInt32.Type, forKey key: Key) throws -> UInt32 { try pass.integer(at: find(key)) }
  func decode(_: UInt64.Type, forKey key: Key) throws -> UInt64 { try pass.integer(at: find(key)) }
  func decode<T: Decodable>(_: T.Type, forKey key: Key) throws -> T { try pass.member(of: object, at: find(key)) }

  func decodeIfPresent(_: Bool.Type, forKey key: Key) throws -> Bool? { try present(key).map { try pass.bool(at: $0) } }
  func decodeIfPresent(_: String.Type, forKey key: Key) throws -> String? {
    guard let index = present(key) else { return nil }
    return try pass.string(at: index)
  }
  func decodeIfPresent(_: Int.Type, forKey key: Key) throws -> Int? {
    try present(key).map { try pass.integer(at: $0) }
  }
  func decodeIfPresent(_: Double.Type, forKey key: Key) throws -> Double? {
    try present(key).map { try pass.double(at: $0) }
  }
  func decodeIfPresent<T: Decodable>(_: T.Type, forKey key: Key) throws -> T? {
    guard let index = present(key) else { return nil }
    return try pass.member(of: object, at: index) as T
  }

  func nestedContainer<Nested: CodingKey>(keyedBy _: Nested.Type, forKey key: Key) throws
    -> KeyedDecodingContainer<Nested>
  { try NodeDecoder(pass: pass, index: find(key)).container(keyedBy: Nested.self) }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try NodeDecoder(pass: pass, index: find(key)).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder {
    guard let index = pass.find("super", in: object) else {
      throw pass.missing(JSONKey(stringValue: "super"), in: object)
    }
    return NodeDecoder(pass: pass, index: index)
  }

  func superDecoder(forKey key: Key) throws -> any Decoder { NodeDecoder(pass: pass, index: try find(key)) }
}

struct UnkeyedNodes: UnkeyedDecodingContainer {
  let pass: DecodingPass
  let array: Int
  private(set) var currentIndex = 0
  private var position: Int

  init(pass: DecodingPass, array: Int) {
    self.pass = pass
    self.array = array
    position = array + 1
  }

  var codingPath: [any CodingKey] { pass.codingPath(to: array) }
  var count: Int? { pass.view.tape[array].count }
  var isAtEnd: Bool { position >= Int(pass.view.tape[array].next) }

  /// Reads the value at the position, and only when that succeeds goes on to the next.
  private mutating func next<T>(_ read: (DecodingPass, Int) throws -> T) throws -> T {
    guard !isAtEnd else {
      let path = codingPath + [JSONKey(intValue: currentIndex)]
      throw DecodingError.valueNotFound(T.self, .init(codingPath: path, debugDescription: "is required"))
    }
    let value = try read(pass, position)
    position = Int(pass.view.tape[position].next)
    currentIndex += 1
    return value
  }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, pass.isNull(at: position) else { return false }
    return try next { _, _ in true }
  }

  mutating func decode(_: Bool.Type) throws -> Bool { try next { try $0.bool(at: $1) } }
  mutating func decode(_: String.Type) throws -> String { try next { try $0.string(at: $1) } }
  mutating func decode(_: Double.Type) throws -> Double { try next { try $0.double(at: $1) } }
  mutating func decode(_: Float.Type) throws -> Float { try next { try $0.float(at: $1) } }
  mutating func decode(_: Int.Type) throws -> Int { try next { try $0.integer(at: $1) } }
  mutating func decode(_: Int8.Type) throws -> Int8 { try next { try $0.integer(at: $1) } }
  mutating func decode(_: Int16.Type) throws -> Int16 { try next { try $0.integer(at: $1) } }
  mutating func decode(_: Int32.Type) throws -> Int32 { try next { try $0.integer(at: $1) } }
  mutating func decode(_: Int64.Type) throws -> Int64 { try next { try $0.integer(at: $1) } }
  mutating func decode(_: UInt.Type) throws -> UInt { try next { try $0.integer(at: $1) } }
  mutating func decode(_: UInt8.Type) throws -> UInt8 { try next { try $0.integer(at: $1) } }
  mutating func decode(_: UInt16.Type) throws -> UInt16 { try next { try $0.integer(at: $1) } }
  mutating func decode(_: UInt32.Type) throws -> UInt32 { try next { try $0.integer(at: $1) } }
  mutating func decode(_: UInt64.Type) throws -> UInt64 { try next { try $0.integer(at: $1) } }
  mutating func decode<T: Decodable>(_: T.Type) throws -> T { try next { try $0.value(at: $1) } }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy _: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
    try next { try NodeDecoder(pass: $0, index: $1).container(keyedBy: Nested.self) }
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try next { try NodeDecoder(pass: $0, index: $1).unkeyedContainer() }
  }

  mutating func superDecoder() throws -> any Decoder { try next { NodeDecoder(pass: $0, index: $1) } }
}

import JSON
import Models

/// A decoder that has every member it is asked for.
struct Probe: Decoder, SingleValueDecodingContainer {
  let pass: ProbePass
  let note: ProbeNote

  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy _: Key.Type) -> KeyedDecodingContainer<Key> {
    if !note.isObject { note.schema = JSONSchema(.object) }
    note.isObject = true
    return KeyedDecodingContainer(KeyedProbe(pass: pass, note: note))
  }

  func unkeyedContainer() -> any UnkeyedDecodingContainer {
    if !note.isEmptied { note.schema = JSONSchema(.array) }
    return UnkeyedProbe(pass: pass, note: note)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { self }

  private func record<T>(_ kind: JSONSchema.Kind, _ value: T) -> T {
    note.schema = JSONSchema(kind)
    return value
  }

  func decodeNil() -> Bool { note.isEmptied }
  func decode(_: Bool.Type) throws -> Bool { record(.boolean, false) }
  func decode(_: String.Type) throws -> String { record(.string, "") }
  func decode(_: Double.Type) throws -> Double { record(.number, 0) }
  func decode(_: Float.Type) throws -> Float { record(.number, 0) }
  func decode(_: Int.Type) throws -> Int { record(.integer, 0) }
  func decode(_: Int8.Type) throws -> Int8 { record(.integer, 0) }
  func decode(_: Int16.Type) throws -> Int16 { record(.integer, 0) }
  func decode(_: Int32.Type) throws -> Int32 { record(.integer, 0) }
  func decode(_: Int64.Type) throws -> Int64 { record(.integer, 0) }
  func decode(_: UInt.Type) throws -> UInt { record(.integer, 0) }
  func decode(_: UInt8.Type) throws -> UInt8 { record(.integer, 0) }
  func decode(_: UInt16.Type) throws -> UInt16 { record(.integer, 0) }
  func decode(_: UInt32.Type) throws -> UInt32 { record(.integer, 0) }
  func decode(_: UInt64.Type) throws -> UInt64 { record(.integer, 0) }
  func decode<T: Decodable>(_: T.Type) throws -> T { try pass.value(T.self, note) }
}

struct KeyedProbe<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let pass: ProbePass
  let note: ProbeNote

  var codingPath: [any CodingKey] { [] }

  /// Who asks for all keys is a dictionary, and gets one.
  var allKeys: [Key] {
    note.isObject = false
    return note.isEmptied ? [] : [Key(stringValue: "key")].compactMap(\.self)
  }

  private func record(_ key: Key, _ schema: JSONSchema, isOptional: Bool) {
    guard note.isObject else {
      note.schema = .dictionary(of: schema)
      return
    }
    guard !note.schema.properties.contains(where: { $0.name == key.stringValue }) else { return }
    note.schema.properties.append(JSONSchema.Property(name: key.stringValue, schema: schema))
    if !isOptional && !note.optional.contains(key.stringValue) { note.schema.required.append(key.stringValue) }
  }

  private func record<T>(_ key: Key, _ kind: JSONSchema.Kind, _ value: T, isOptional: Bool = false) -> T {
    record(key, JSONSchema(kind), isOptional: isOptional)
    return value
  }

  /// A member is optional when it was asked whether it is there.
  func contains(_ key: Key) -> Bool {
    note.optional.insert(key.stringValue)
    return !note.isEmptied
  }

  func decodeNil(forKey _: Key) throws -> Bool { false }
  func decode(_: Bool.Type, forKey key: Key) throws -> Bool { record(key, .boolean, false) }
  func decode(_: String.Type, forKey key: Key) throws -> String { record(key, .string, "") }
  func decode(_: Double.Type, forKey key: Key) throws -> Double { record(key, .number, 0) }
  func decode(_: Float.Type, forKey key: Key) throws -> Float { record(key, .number, 0) }
  func decode(_: Int.Type, forKey key: Key) throws -> Int { record(key, .integer, 0) }
  func decode(_: Int8.Type, forKey key: Key) throws -> Int8 { record(key, .integer, 0) }
  func decode(_: Int16.Type, forKey key: Key) throws -> Int16 { record(key, .integer, 0) }
  func decode(_: Int32.Type, forKey key: Key) throws -> Int32 { record(key, .integer, 0) }
  func decode(_: Int64.Type, forKey key: Key) throws -> Int64 { record(key, .integer, 0) }
  func decode(_: UInt.Type, forKey key: Key) throws -> UInt { record(key, .integer, 0) }
  func decode(_: UInt8.Type, forKey key: Key) throws -> UInt8 { record(key, .integer, 0) }
  func decode(_: UInt16.Type, forKey key: Key) throws -> UInt16 { record(key, .integer, 0) }
  func decode(_: UInt32.Type, forKey key: Key) throws -> UInt32 { record(key, .integer, 0) }
  func decode(_: UInt64.Type, forKey key: Key) throws -> UInt64 { record(key, .integer, 0) }
  func decode<T: Decodable>(_: T.Type, forKey key: Key) throws -> T {
    let inner = ProbeNote()
    defer { record(key, inner.schema, isOptional: false) }
    return try pass.value(T.self, inner)
  }

  func decodeIfPresent(_: Bool.Type, forKey key: Key) throws -> Bool? { record(key, .boolean, false, isOptional: true) }
  func decodeIfPresent(_: String.Type, forKey key: Key) throws -> String? { record(key, .string, "", isOptional: true) }
  func decodeIfPresent(_: Double.Type, forKey key: Key) throws -> Double? { record(key, .number, 0, isOptional: true) }
  func decodeIfPresent(_: Float.Type, forKey key: Key) throws -> Float? { record(key, .number, 0, isOptional: true) }
  func decodeIfPresent(_: Int.Type, forKey key: Key) throws -> Int? { record(key, .integer, 0, isOptional: true) }
  func decodeIfPresent(_: Int8.Type, forKey key: Key) throws -> Int8? { record(key, .integer, 0, isOptional: true) }
  func decodeIfPresent(_: Int16.Type, forKey key: Key) throws -> Int16? { record(key, .integer, 0, isOptional: true) }
  func decodeIfPresent(_: Int32.Type, forKey key: Key) throws -> Int32? { record(key, .integer, 0, isOptional: true) }
  func decodeIfPresent(_: Int64.Type, forKey key: Key) throws -> Int64? { record(key, .integer, 0, isOptional: true) }
  func decodeIfPresent(_: UInt.Type, forKey key: Key) throws -> UInt? { record(key, .integer, 0, isOptional: true) }
  func decodeIfPresent(_: UInt8.Type, forKey key: Key) throws -> UInt8? { record(key, .integer, 0, isOptional: true) }
  func decodeIfPresent(_: UInt16.Type, forKey key: Key) throws -> UInt16? { record(key, .integer, 0, isOptional: true) }
  func decodeIfPresent(_: UInt32.Type, forKey key: Key) throws -> UInt32? { record(key, .integer, 0, isOptional: true) }
  func decodeIfPresent(_: UInt64.Type, forKey key: Key) throws -> UInt64? { record(key, .integer, 0, isOptional: true) }
  func decodeIfPresent<T: Decodable>(_: T.Type, forKey key: Key) throws -> T? {
    let inner = ProbeNote()
    defer { record(key, inner.schema, isOptional: true) }
    do {
      return try pass.value(T.self, inner)
    } catch is ProbePass.Recursion {
      return nil
    }
  }

  func nestedContainer<Nested: CodingKey>(keyedBy _: Nested.Type, forKey key: Key) throws
    -> KeyedDecodingContainer<Nested>
  { throw SchemaProbe.Failure(description: "\(key.stringValue): a nested container has no type to name") }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    throw SchemaProbe.Failure(description: "\(key.stringValue): a nested container has no type to name")
  }

  func superDecoder() throws -> any Decoder { Probe(pass: pass, note: ProbeNote()) }
  func superDecoder(forKey _: Key) throws -> any Decoder { Probe(pass: pass, note: ProbeNote()) }
}

/// An array of one element.
struct UnkeyedProbe: UnkeyedDecodingContainer {
  let pass: ProbePass
  let note: ProbeNote
  private(set) var currentIndex = 0

  init(pass: ProbePass, note: ProbeNote) {
    self.pass = pass
    self.note = note
  }

  var codingPath: [any CodingKey] { [] }
  var count: Int? { note.isEmptied ? 0 : 1 }
  var isAtEnd: Bool { note.isEmptied || currentIndex > 0 }

  private mutating func element<T>(_ kind: JSONSchema.Kind, _ value: T) -> T {
    currentIndex += 1
    note.schema = .array(of: JSONSchema(kind))
    return value
  }

  mutating func decodeNil() throws -> Bool { false }
  mutating func decode(_: Bool.Type) throws -> Bool { element(.boolean, false) }
  mutating func decode(_: String.Type) throws -> String { element(.string, "") }
  mutating func decode(_: Double.Type) throws -> Double { element(.number, 0) }
  mutating func decode(_: Float.Type) throws -> Float { element(.number, 0) }
  mutating func decode(_: Int.Type) throws -> Int { element(.integer, 0) }
  mutating func decode(_: Int8.Type) throws -> Int8 { element(.integer, 0) }
  mutating func decode(_: Int16.Type) throws -> Int16 { element(.integer, 0) }
  mutating func decode(_: Int32.Type) throws -> Int32 { element(.integer, 0) }
  mutating func decode(_: Int64.Type) throws -> Int64 { element(.integer, 0) }
  mutating func decode(_: UInt.Type) throws -> UInt { element(.integer, 0) }
  mutating func decode(_: UInt8.Type) throws -> UInt8 { element(.integer, 0) }
  mutating func decode(_: UInt16.Type) throws -> UInt16 { element(.integer, 0) }
  mutating func decode(_: UInt32.Type) throws -> UInt32 { element(.integer, 0) }
  mutating func decode(_: UInt64.Type) throws -> UInt64 { element(.integer, 0) }
  mutating func decode<T: Decodable>(_: T.Type) throws -> T {
    currentIndex += 1
    let inner = ProbeNote()
    defer { note.schema = .array(of: inner.schema) }
    return try pass.value(T.self, inner)
  }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy _: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
    throw SchemaProbe.Failure(description: "a nested container has no type to name")
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    throw SchemaProbe.Failure(description: "a nested container has no type to name")
  }

  mutating func superDecoder() throws -> any Decoder { Probe(pass: pass, note: ProbeNote()) }
}

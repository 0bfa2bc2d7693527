import FoundationEssentials
import Models

/// Writes a value as JSON, UTF-8 without white space.
///
/// Members come in the order in which they are encoded, or with `sortedKeys` by their UTF-8 bytes; dictionaries are
/// always sorted, so that the same value is always the same text. `Decimal` is written in plain notation, `RawJSON` as it is.
/// A number that is not finite, and a decimal of over 40 characters, is an `EncodingError`.
///
/// The text is written as the value is walked: a container cannot be written to any more once its parent went on.
public func encodeJSON<T: Encodable>(_ value: T, sortedKeys: Bool = false) throws -> [UInt8] {
  let pass = EncodingPass(sortsKeys: sortedKeys)
  try pass.value(value)
  return pass.bytes
}

/// The same as a string.
public func encodeJSONText<T: Encodable>(_ value: T, sortedKeys: Bool = false) throws -> String {
  String(decoding: try encodeJSON(value, sortedKeys: sortedKeys), as: UTF8.self)
}

/// One encoding: the text so far, and the values that are still open in it.
final class EncodingPass {
  /// A value that writes itself.
  struct Frame {
    enum Shape { case none, scalar, object, array }

    /// Tells this frame from others that were as deep before.
    let serial: Int
    /// Where its text begins.
    let start: Int
    var shape = Shape.none
    var count = 0
    var isSorted = false
    /// Each member's name and where it begins, when they are to be sorted.
    var members: [(name: String, start: Int)] = []
    /// The member or element that is being written.
    var key: (any CodingKey)?
  }

  /// Checks of exclusive access would cost as much as the writing.
  @exclusivity(unchecked) private(set) var bytes: [UInt8] = []
  @exclusivity(unchecked) private(set) var frames: [Frame] = []
  @exclusivity(unchecked) private var serial = 0
  private let sortsKeys: Bool
  /// The type of the keys asked for last.
  private(set) var keyType: ObjectIdentifier?

  /// The standard library's type for the keys of dictionaries, which has no public name.
  private static let dictionaryKeyType: ObjectIdentifier? = {
    let pass = EncodingPass(sortsKeys: true)
    try? [String: Bool]().encode(to: pass.open())
    return pass.keyType
  }()

  init(sortsKeys: Bool) {
    self.sortsKeys = sortsKeys
    bytes.reserveCapacity(256)
    frames.reserveCapacity(8)
  }

  var codingPath: [any CodingKey] { frames.compactMap(\.key) }

  // MARK: Values

  func value<T: Encodable>(_ value: T) throws {
    if T.self == String.self || T.self == RawJSON.self || T.self == Decimal.self, try special(value) { return }
    if T.self == [String: RawJSON].self, let value = value as? [String: RawJSON] { return members(value) }
    let frame = open()
    try value.encode(to: frame)
    try close(to: frame)
    close()
  }

  /// Writes what does not go past `encode(to:)`.
  @inline(never)
  private func special(_ value: Any) throws -> Bool {
    switch value {
    case let value as String: string(value)
    case let value as RawJSON: bytes.append(contentsOf: value.utf8)
    case let value as Decimal: try decimal(value)
    default: return false
    }
    return true
  }

  /// Members whose values are text.
  private func members(_ values: [String: RawJSON]) {
    bytes.append(UInt8(ascii: "{"))
    var isFirst = true
    for (name, value) in values.sorted(by: { $0.key.precedesByBytes($1.key) }) {
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      isFirst = false
      string(name)
      bytes.append(UInt8(ascii: ":"))
      bytes.append(contentsOf: value.utf8)
    }
    bytes.append(UInt8(ascii: "}"))
  }

  func string(_ value: String) {
    var value = value
    value.withUTF8 { utf8 in
      bytes.append(UInt8(ascii: "\""))
      var written = 0
      for position in utf8.indices {
        let byte = utf8[position]
        guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
        bytes.append(contentsOf: utf8[written..<position])
        written = position + 1
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0a: bytes.append(UInt8(ascii: "n"))
        case 0x0c: bytes.append(UInt8(ascii: "f"))
        case 0x0d: bytes.append(UInt8(ascii: "r"))
        case ..<0x20:
          let digits = Array("0123456789abcdef".utf8)
          bytes.append(contentsOf: "u00".utf8)
          bytes.append(digits[Int(byte >> 4)])
          bytes.append(digits[Int(byte & 15)])
        default: bytes.append(byte)
        }
      }
      bytes.append(contentsOf: utf8[written...])
      bytes.append(UInt8(ascii: "\""))
    }
  }

  func integer(_ value: some FixedWidthInteger) { bytes.append(contentsOf: String(value).utf8) }

  func bool(_ value: Bool) { bytes.append(contentsOf: (value ? "true" : "false").utf8) }

  func null() { bytes.append(contentsOf: "null".utf8) }

  func number<Number: BinaryFloatingPoint & LosslessStringConvertible>(_ value: Number) throws {
    guard value.isFinite else { throw refused(value, "JSON has no number that is not finite") }
    var text = value.description[...]
    if text.hasSuffix(".0") { text = text.dropLast(2) }
    bytes.append(contentsOf: text.utf8)
  }

  func decimal(_ value: Decimal) throws {
    guard value.isFinite else { throw refused(value, "JSON has no number that is not finite") }
    let text = value.description
    guard text.utf8.count <= JSONLimits.standard.numberLength else { throw refused(value, "over 40 characters") }
    bytes.append(contentsOf: text.utf8)
  }

  func refused(_ value: Any, _ description: String) -> EncodingError {
    .invalidValue(value, .init(codingPath: codingPath, debugDescription: description))
  }

  // MARK: Frames

  /// Opens a value within those that are open.
  func open() -> FrameEncoder {
    serial += 1
    frames.append(Frame(serial: serial, start: bytes.count))
    return FrameEncoder(pass: self, depth: frames.count - 1, serial: serial)
  }

  /// Gives a value its shape, which it may be given again: a value may ask for several containers.
  ///
  /// Containers cannot throw when they are made. One that cannot be, because the value has ended or has another
  /// shape, has no serial, so that writing to it throws.
  func container(_ shape: Frame.Shape, of value: FrameEncoder, keys: ObjectIdentifier? = nil) -> FrameEncoder {
    keyType = keys
    let depth = value.depth
    guard (try? close(to: value)) != nil, [.none, shape].contains(frames[depth].shape) else { return .ended(self) }
    if frames[depth].shape == .none {
      frames[depth].shape = shape
      if shape == .object { bytes.append(UInt8(ascii: "{")) }
      if shape == .array { bytes.append(UInt8(ascii: "[")) }
      frames[depth].isSorted = sortsKeys || (keys != nil && keys == Self.dictionaryKeyType)
    }
    return value
  }

  /// Ends the innermost value.
  private func close() {
    guard let frame = frames.popLast() else { return }
    switch frame.shape {
    // What encodes nothing has no members.
    case .none: bytes.append(contentsOf: "{}".utf8)
    case .scalar: break
    case .array: bytes.append(UInt8(ascii: "]"))
    case .object:
      if frame.isSorted && frame.count > 1 { sortMembers(of: frame) }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  /// Ends all values within this one.
  func close(to value: FrameEncoder) throws {
    guard frames.indices.contains(value.depth), frames[value.depth].serial == value.serial else {
      throw refused(value.codingPath, "this container has ended")
    }
    while frames.count > value.depth + 1 { close() }
  }

  /// Begins a member of an object.
  func member(_ key: any CodingKey, of object: FrameEncoder) throws {
    try close(to: object)
    let depth = object.depth
    if frames[depth].count > 0 { bytes.append(UInt8(ascii: ",")) }
    frames[depth].count += 1
    frames[depth].key = key
    if frames[depth].isSorted { frames[depth].members.append((key.stringValue, bytes.count)) }
    string(key.stringValue)
    bytes.append(UInt8(ascii: ":"))
  }

  /// Begins an element of an array.
  func element(of array: FrameEncoder) throws {
    try close(to: array)
    let depth = array.depth
    if frames[depth].count > 0 { bytes.append(UInt8(ascii: ",")) }
    frames[depth].key = JSONKey(intValue: frames[depth].count)
    frames[depth].count += 1
  }

  /// Begins the one value of a single value container.
  func scalar(of value: FrameEncoder) throws {
    try close(to: value)
    guard frames[value.depth].count == 0 else { throw refused(value.codingPath, "this container has its value") }
    frames[value.depth].count = 1
  }

  private func sortMembers(of frame: Frame) {
    let ends = frame.members.dropFirst().map { $0.start - 1 } + [bytes.count]
    let members = zip(frame.members, ends).sorted { $0.0.name.precedesByBytes($1.0.name) }
    var sorted: [UInt8] = []
    sorted.reserveCapacity(bytes.count - frame.start)
    for (member, end) in members {
      if !sorted.isEmpty { sorted.append(UInt8(ascii: ",")) }
      sorted.append(contentsOf: bytes[member.start..<end])
    }
    bytes.replaceSubrange((frame.start + 1)..., with: sorted)
  }
}

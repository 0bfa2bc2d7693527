import FoundationEssentials
import Models

/// Members of a document that nobody asked for when it was decoded.
public struct JSONUnknownMembers: Error, Hashable, Sendable {
  /// JSON pointers to the members, in the order of the text; only the first 20 are listed.
  public let paths: [String]

  public init(paths: [String]) {
    self.paths = paths
  }
}

extension JSONNode {
  /// Makes a value from this node. Errors are `DecodingError`, their paths begin with `path`.
  public func decode<T: Decodable>(_ type: T.Type, at path: [any CodingKey] = []) throws -> T {
    try decode(type, rejectingUnknownMembers: false, at: path)
  }

  /// Makes a value from this node, and throws `JSONUnknownMembers` when an object that was read by its keys has
  /// members that were not asked for.
  ///
  /// `reserved` names a member of this object, not of those within, that is to be taken as absent.
  public func decode<T: Decodable>(
    _ type: T.Type, rejectingUnknownMembers isRejecting: Bool, reserved: String? = nil,
    at path: [any CodingKey] = []
  ) throws -> T {
    try storage.read { view in
      let pass = DecodingPass(self, view, path: path, isRecording: isRejecting, reserved: reserved)
      let value: T = try pass.value(at: index)
      let unknown = isRejecting ? pass.unknownMembers() : []
      guard unknown.isEmpty else { throw JSONUnknownMembers(paths: unknown) }
      return value
    }
  }
}

/// A key of a path in a JSON document: a member's name or an element's index.
public struct JSONKey: CodingKey, Hashable, Sendable {
  /// The member's name, or the index in digits.
  public let stringValue: String
  /// The index of an element, nil for a member.
  public let intValue: Int?

  public init(stringValue: String) {
    self.stringValue = stringValue
    intValue = nil
  }

  public init(intValue: Int) {
    stringValue = String(intValue)
    self.intValue = intValue
  }
}

/// One decoding of one node: what all of its containers share.
///
/// Paths are not kept: they are found again from the tape when an error needs one.
final class DecodingPass {
  let view: JSONView
  /// Keeps alive what the view sees, even for a container that outlives the decoding.
  private let storage: JSONStorage
  private let root: Int
  private let path: [any CodingKey]
  /// The key that is taken as absent, or -1.
  private let hidden: Int
  /// Whether unknown members are to be found afterwards.
  private let isRecording: Bool
  /// The object in which a key was found last, and the key after it, for members mostly come in the order in which
  /// they are asked for. Checks of exclusive access would cost as much as the search.
  @exclusivity(unchecked) private var lastObject = -1
  @exclusivity(unchecked) private var nextKey = 0
  /// When recording a bit for each entry from the root on: keys that were asked for, objects that were read by their keys.
  @exclusivity(unchecked) private var marks: [UInt64]

  init(_ node: JSONNode, _ view: JSONView, path: [any CodingKey], isRecording: Bool, reserved: String?) {
    storage = node.storage
    self.view = view
    root = node.index
    self.path = path
    self.isRecording = isRecording
    marks = isRecording ? [UInt64](repeating: 0, count: (Int(view.tape[root].next) - root) / 64 + 1) : []
    let key = reserved.flatMap { node.kind == .object ? view.key($0, in: node.index, from: node.index + 1) : nil }
    hidden = key ?? -1
  }

  /// Makes the value at the index. What is not generic in its nature goes past `init(from:)`, and so do objects whose
  /// members are kept as text: rows by the thousand have one.
  @inline(__always)
  func value<T: Decodable>(at index: Int) throws -> T {
    if T.self == RawJSON.self || T.self == Decimal.self || T.self == [String: RawJSON].self {
      return try special(at: index)
    }
    // A type without properties asks for nothing, and knows no members either.
    if isRecording { mark(index) }
    return try T(from: NodeDecoder(pass: self, index: index))
  }

  @inline(never)
  private func special<T: Decodable>(at index: Int) throws -> T {
    let value =
      T.self == RawJSON.self
      ? raw(at: index) as? T
      : T.self == Decimal.self ? try decimal(at: index) as? T : try members(of: index) as? T
    return try value ?? T(from: NodeDecoder(pass: self, index: index))
  }

  /// The same, and goes on with the search for keys after it.
  @inline(__always)
  func member<T: Decodable>(of object: Int, at index: Int) throws -> T {
    let value: T = try value(at: index)
    lastObject = object
    nextKey = Int(view.tape[index].next)
    return value
  }

  /// The index of the value of that key; nil when the object has none.
  @inline(__always)
  func find(_ name: String, in object: Int) -> Int? {
    let start = lastObject == object ? nextKey : object + 1
    guard let key = view.key(name, in: object, from: start), key != hidden else { return nil }
    if isRecording { mark(key) }
    lastObject = object
    nextKey = Int(view.tape[key + 1].next)
    return key + 1
  }

  func openObject(at index: Int) throws {
    guard view.tape[index].tag == JSONEntry.Tag.object else { throw mismatch([String: Any].self, index, "an object") }
    if isRecording { mark(index) }
  }

  func openArray(at index: Int) throws {
    guard view.tape[index].tag == JSONEntry.Tag.array else { throw mismatch([Any].self, index, "an array") }
  }

  /// The names of all keys, which counts as asking for all of them.
  func names(of object: Int) -> [String] {
    var names: [String] = []
    names.reserveCapacity(view.tape[object].count)
    forEachMember(of: object) { name, key in
      if isRecording { mark(key) }
      names.append(name)
    }
    return names
  }

  /// All members, each value as text.
  private func members(of object: Int) throws -> [String: RawJSON] {
    try openObject(at: object)
    takeWhole(object)
    var members: [String: RawJSON] = [:]
    members.reserveCapacity(view.tape[object].count)
    forEachMember(of: object) { name, key in members[name] = raw(at: key + 1) }
    return members
  }

  /// Passes the name and the place of each key that is not hidden.
  @inline(__always)
  private func forEachMember(of object: Int, _ body: (_ name: String, _ key: Int) -> Void) {
    var key = object + 1
    while key < Int(view.tape[object].next) {
      if key != hidden, let name = view.string(at: key) { body(name, key) }
      key = Int(view.tape[key + 1].next)
    }
  }

  // MARK: Scalars

  @inline(__always)
  func string(at index: Int) throws -> String {
    guard let value = view.string(at: index) else { throw mismatch(String.self, index, "a string") }
    return value
  }

  @inline(__always)
  func bool(at index: Int) throws -> Bool {
    switch view.tape[index].tag {
    case JSONEntry.Tag.yes: return true
    case JSONEntry.Tag.no: return false
    default: throw mismatch(Bool.self, index, "true or false")
    }
  }

  func integer<Integer: FixedWidthInteger>(at index: Int) throws -> Integer {
    if let value = view.integer(at: index, Integer.self) { return value }
    guard view.tape[index].isNumber else { throw mismatch(Integer.self, index, "an integer") }
    throw corrupted(index, "must be an integer from \(Integer.min) to \(Integer.max)")
  }

  func double(at index: Int) throws -> Double {
    if let value = view.double(at: index) { return value }
    guard view.tape[index].isNumber else { throw mismatch(Double.self, index, "a number") }
    throw corrupted(index, "must be a number within the range of binary64")
  }

  func float(at index: Int) throws -> Float {
    let value = Float(try double(at: index))
    guard value.isFinite else { throw corrupted(index, "must be a number within the range of binary32") }
    return value
  }

  func decimal(at index: Int) throws -> Decimal {
    let entry = view.tape[index]
    guard entry.isNumber || entry.isString else { throw mismatch(Decimal.self, index, "a decimal number") }
    let text = view.bytes[Int(entry.start)..<Int(entry.end)]
    // A string is plain notation only; an exponent is for numbers.
    let number = entry.isNumber ? JSONNumber(text) : JSONNumber(plain: try string(at: index).utf8)
    guard let value = number?.decimal else {
      throw corrupted(index, "must be a decimal number of at most 38 digits")
    }
    return value
  }

  /// Notes that the value is read as a whole, not by its keys.
  @inline(__always)
  func takeWhole(_ index: Int) { if isRecording { unmark(index) } }

  func raw(at index: Int) -> RawJSON { node(at: index).raw }

  func node(at index: Int) -> JSONNode { JSONNode(storage: storage, index: index) }

  func isNull(at index: Int) -> Bool { view.tape[index].tag == JSONEntry.Tag.null }

  // MARK: Faults

  func codingPath(to index: Int) -> [any CodingKey] { path + view.path(from: root, to: index) }

  @inline(never)
  func mismatch(_ type: Any.Type, _ index: Int, _ expected: String) -> DecodingError {
    let context = DecodingError.Context(codingPath: codingPath(to: index), debugDescription: "must be \(expected)")
    return isNull(at: index) ? .valueNotFound(type, context) : .typeMismatch(type, context)
  }

  @inline(never)
  func corrupted(_ index: Int, _ description: String) -> DecodingError {
    .dataCorrupted(.init(codingPath: codingPath(to: index), debugDescription: description))
  }

  @inline(never)
  func missing(_ key: any CodingKey, in object: Int) -> DecodingError {
    .keyNotFound(key, .init(codingPath: codingPath(to: object), debugDescription: "is required"))
  }

  // MARK: Unknown members

  @inline(__always)
  private func mark(_ index: Int) { marks[(index - root) >> 6] |= 1 << UInt64((index - root) & 63) }

  private func unmark(_ index: Int) { marks[(index - root) >> 6] &= ~(1 << UInt64((index - root) & 63)) }

  private func isMarked(_ index: Int) -> Bool { marks[(index - root) >> 6] >> UInt64((index - root) & 63) & 1 == 1 }

  func unknownMembers() -> [String] {
    var paths: [String] = []
    for object in root..<Int(view.tape[root].next)
    where view.tape[object].tag == JSONEntry.Tag.object && isMarked(object) {
      var key = object + 1
      while key < Int(view.tape[object].next), paths.count < 20 {
        if !isMarked(key), key != hidden { paths.append(jsonPointer(codingPath(to: key))) }
        key = Int(view.tape[key + 1].next)
      }
    }
    return paths
  }
}

/// The JSON pointer (RFC 6901) of a path.
public func jsonPointer(_ path: [any CodingKey]) -> String {
  path.map { key in
    var token = "/"
    for scalar in key.stringValue.unicodeScalars {
      switch scalar {
      case "~": token += "~0"
      case "/": token += "~1"
      default: token.unicodeScalars.append(scalar)
      }
    }
    return token
  }.joined()
}

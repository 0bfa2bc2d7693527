import FoundationEssentials
import Models

/// What a JSON value is.
public enum JSONKind: String, Hashable, Sendable {
  case null, bool, number, string, array, object
}

/// A value of a JSON document.
public struct JSONNode: Sendable {
  let storage: JSONStorage
  let index: Int

  /// What the value is.
  public var kind: JSONKind {
    switch entry.tag {
    case JSONEntry.Tag.null: .null
    case JSONEntry.Tag.no, JSONEntry.Tag.yes: .bool
    case JSONEntry.Tag.integer, JSONEntry.Tag.number: .number
    case JSONEntry.Tag.array: .array
    case JSONEntry.Tag.object: .object
    default: .string
    }
  }

  /// Whether the value is `null`.
  public var isNull: Bool { entry.tag == JSONEntry.Tag.null }

  /// The truth value, nil when this is none.
  public var bool: Bool? {
    switch entry.tag {
    case JSONEntry.Tag.yes: true
    case JSONEntry.Tag.no: false
    default: nil
    }
  }

  /// The string with its escapes resolved, nil when this is none.
  public var string: String? { storage.read { $0.string(at: index) } }

  /// The number as an integer: `1.0` and `1e3` are integers too. Nil when it has a fraction or does not fit.
  public var integer: Int? { storage.read { $0.integer(at: index, Int.self) } }

  /// The nearest binary number, nil when it is out of range.
  public var double: Double? { storage.read { $0.double(at: index) } }

  /// The exact number, nil when it has over 38 significant digits or plainly written over 40 characters.
  public var decimal: Decimal? { entry.isNumber ? JSONNumber(rawBytes)?.decimal : nil }

  /// How many members or elements there are; 0 for other values.
  public var count: Int { kind == .object || kind == .array ? entry.count : 0 }

  /// The text of this value, as it came.
  public var rawBytes: ArraySlice<UInt8> { storage.bytes[Int(entry.start)..<Int(entry.end)] }

  /// The text of this value, as it came.
  public var raw: RawJSON { RawJSON(wellFormed: Array(rawBytes)) }

  /// The member of that name, nil when there is none or this is no object.
  public subscript(key: String) -> JSONNode? {
    guard entry.tag == JSONEntry.Tag.object else { return nil }
    return storage.read { $0.key(key, in: index, from: index + 1) }.map { JSONNode(storage: storage, index: $0 + 1) }
  }

  /// The members in the order of the text; none when this is no object.
  public var members: some Sequence<(name: String, value: JSONNode)> & Sendable {
    JSONChildren(storage: storage, start: index + 1, end: end(of: JSONEntry.Tag.object), step: 1).named
  }

  /// The elements; none when this is no array.
  public var elements: some Sequence<JSONNode> & Sendable {
    JSONChildren(storage: storage, start: index + 1, end: end(of: JSONEntry.Tag.array), step: 0)
  }

  private var entry: JSONEntry { storage.tape[index] }

  private func end(of tag: UInt32) -> Int {
    entry.tag == tag ? Int(entry.next) : index + 1
  }
}

/// The values of an array, or with a step of one those of an object.
struct JSONChildren: Sequence, Sendable {
  let storage: JSONStorage
  let start: Int
  let end: Int
  let step: Int

  struct Iterator: IteratorProtocol {
    let children: JSONChildren
    var position: Int

    mutating func next() -> JSONNode? {
      guard position < children.end else { return nil }
      let index = position + children.step
      position = Int(children.storage.tape[index].next)
      return JSONNode(storage: children.storage, index: index)
    }
  }

  func makeIterator() -> Iterator { Iterator(children: self, position: start) }

  var named: JSONMembers { JSONMembers(values: self) }
}

struct JSONMembers: Sequence, Sendable {
  let values: JSONChildren

  struct Iterator: IteratorProtocol {
    var values: JSONChildren.Iterator

    mutating func next() -> (name: String, value: JSONNode)? {
      guard let value = values.next() else { return nil }
      return (value.storage.read { $0.string(at: value.index - 1) } ?? "", value)
    }
  }

  func makeIterator() -> Iterator { Iterator(values: values.makeIterator()) }
}

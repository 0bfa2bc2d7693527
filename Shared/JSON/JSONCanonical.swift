extension JSONNode {
  /// Appends the value in a form that is the same whatever the order of members, the white space and the escapes of its text.
  ///
  /// Names and strings end with a zero byte, which none of them holds. Numbers are as they are written.
  public func appendCanonically(to output: inout [UInt8]) {
    storage.read { $0.appendCanonically(index, to: &output) }
  }
}

extension JSONView {
  fileprivate func appendCanonically(_ index: Int, to output: inout [UInt8]) {
    let entry = tape[index]
    switch entry.tag {
    case JSONEntry.Tag.object:
      output.append(UInt8(ascii: "{"))
      for key in sortedKeys(of: index) {
        appendText(of: tape[key], to: &output)
        appendCanonically(key + 1, to: &output)
        output.append(UInt8(ascii: ","))
      }
      output.append(UInt8(ascii: "}"))
    case JSONEntry.Tag.array:
      output.append(UInt8(ascii: "["))
      var element = index + 1
      while element < Int(entry.next) {
        appendCanonically(element, to: &output)
        output.append(UInt8(ascii: ","))
        element = Int(tape[element].next)
      }
      output.append(UInt8(ascii: "]"))
    case JSONEntry.Tag.string, JSONEntry.Tag.escapedString:
      output.append(UInt8(ascii: "\""))
      appendText(of: entry, to: &output)
    default:
      output.append(contentsOf: bytes[Int(entry.start)..<Int(entry.end)])
    }
  }

  /// The keys of an object in the order of their names' bytes.
  private func sortedKeys(of object: Int) -> [Int] {
    let end = Int(tape[object].next)
    var keys: [Int] = []
    keys.reserveCapacity(tape[object].count)
    var key = object + 1
    while key < end {
      keys.append(key)
      key = Int(tape[key + 1].next)
    }
    keys.sort { precedes(tape[$0], tape[$1]) }
    return keys
  }

  private func precedes(_ one: JSONEntry, _ other: JSONEntry) -> Bool {
    if one.tag == JSONEntry.Tag.string, other.tag == JSONEntry.Tag.string {
      return plain(one).lexicographicallyPrecedes(plain(other))
    }
    return text(one).lexicographicallyPrecedes(text(other))
  }

  private func appendText(of entry: JSONEntry, to output: inout [UInt8]) {
    if entry.tag == JSONEntry.Tag.string {
      output.append(contentsOf: plain(entry))
    } else {
      output.append(contentsOf: text(entry))
    }
    output.append(0)
  }

  /// What stands between the quotation marks.
  private func plain(_ entry: JSONEntry) -> Slice<UnsafeBufferPointer<UInt8>> {
    bytes[Int(entry.start) + 1..<Int(entry.end) - 1]
  }

  private func text(_ entry: JSONEntry) -> [UInt8] {
    entry.tag == JSONEntry.Tag.string
      ? Array(plain(entry)) : Array(JSONText.unescaped(bytes, Int(entry.start), Int(entry.end)))
  }
}

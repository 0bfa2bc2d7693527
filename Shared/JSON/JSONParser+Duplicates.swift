extension JSONParser {
  /// Up to so many members each key is compared with those before it; beyond that a table is made.
  private static let pairwise = 12

  /// Refuses an object that has a key twice, however it is written.
  @inline(__always)
  func refuseDuplicates(in object: Int) throws(JSONSyntaxError) {
    let count = tape[object].count
    if count < 2 { return }
    let duplicate = count <= Self.pairwise ? pairwiseDuplicate(in: object) : tableDuplicate(in: object, count)
    if let duplicate { throw fault(.duplicateKey, at: Int(tape[duplicate].start)) }
  }

  @inline(__always)
  private func pairwiseDuplicate(in object: Int) -> Int? {
    tape.withUnsafeBufferPointer { tape in
      let end = Int(tape[object].next)
      // Each key sets one bit of 64 by its length and its first and last byte: while its bit is free, it differs from
      // those before it without a look at them. Escapes may hide any byte, so they leave no bit free.
      var seen: UInt64 = 0
      var key = object + 1
      while key < end {
        let entry = tape[key]
        let mixed =
          (entry.end &- entry.start) &* 7 ^ UInt32(bytes[Int(entry.start) + 1]) &* 5
          ^ UInt32(bytes[Int(entry.end) - 2]) &* 3
        let bit = entry.tag == JSONEntry.Tag.string ? 1 << UInt64(mixed & 63) : UInt64.max
        if seen & bit != 0 {
          var other = object + 1
          while other < key {
            if isSameKey(tape[other], entry) { return key }
            other = Int(tape[other + 1].next)
          }
        }
        seen |= bit
        key = Int(tape[key + 1].next)
      }
      return nil
    }
  }

  /// Keys are hashed with a seed that callers cannot know, so that nobody can make them collide.
  private static let seed = UInt64.random(in: 0 ... .max)

  private func tableDuplicate(in object: Int, _ count: Int) -> Int? {
    var size = 32
    while size < count * 2 { size *= 2 }
    // Zero stands for none: it is the root, never a key.
    var slots = [(key: UInt32, hash: UInt32)](repeating: (0, 0), count: size)
    let end = Int(tape[object].next)
    var key = object + 1
    while key < end {
      let hash = hash(of: tape[key])
      var slot = Int(hash) & (size - 1)
      while slots[slot].key != 0 {
        if slots[slot].hash == hash, isSameKey(tape[Int(slots[slot].key)], tape[key]) { return key }
        slot = (slot + 1) & (size - 1)
      }
      slots[slot] = (UInt32(truncatingIfNeeded: key), hash)
      key = Int(tape[key + 1].next)
    }
    return nil
  }

  private func hash(of key: JSONEntry) -> UInt32 {
    if key.tag == JSONEntry.Tag.string {
      let content = bytes[Int(key.start) + 1..<Int(key.end) - 1]
      return JSONText.hash(UnsafeBufferPointer(rebasing: content), Self.seed)
    }
    return JSONText.unescaped(bytes, Int(key.start), Int(key.end)).withUnsafeBufferPointer {
      JSONText.hash($0, Self.seed)
    }
  }

  private func isSameKey(_ left: JSONEntry, _ right: JSONEntry) -> Bool {
    if left.tag == JSONEntry.Tag.string && right.tag == JSONEntry.Tag.string {
      guard left.end - left.start == right.end - right.start else { return false }
      return bytes[Int(left.start)..<Int(left.end)].elementsEqual(bytes[Int(right.start)..<Int(right.end)])
    }
    return JSONText.unescaped(bytes, Int(left.start), Int(left.end))
      == JSONText.unescaped(bytes, Int(right.start), Int(right.end))
  }
}

/// Takes lines out of bytes that come in parts: JSON Lines have a record in each. Lines without any character are
/// skipped. Reading may begin at the place where another one stopped.
public struct LineRecords: Sendable {
  private let maximumBytes: Int
  private var buffer: [UInt8] = []
  private var position = 0
  private var isFinished = false
  /// Where the next line begins.
  public private(set) var place: TablePlace

  /// - Parameter maximumBytes: How long a line may be.
  public init(from place: TablePlace = TablePlace(), maximumBytes: Int = 16 << 20) {
    self.place = place
    self.maximumBytes = maximumBytes
  }

  /// Takes the bytes that follow.
  public mutating func append(_ bytes: some Collection<UInt8>) {
    if position > 0 {
      buffer.removeFirst(position)
      position = 0
    }
    buffer.append(contentsOf: bytes)
  }

  /// Says that no more bytes follow.
  public mutating func finish() { isFinished = true }

  /// The next line without its end, and its number from 1; nil where more bytes are needed for it, and at the end.
  public mutating func next() throws(TableFault) -> (bytes: [UInt8], line: Int)? {
    while position < buffer.count {
      let end = buffer[position...].position(of: UInt8(ascii: "\n"))
      guard end != nil || isFinished else {
        guard buffer.count - position <= maximumBytes else {
          throw TableFault(line: place.line + 1, reason: "is longer than \(maximumBytes) bytes")
        }
        return nil
      }
      var line = buffer[position..<(end ?? buffer.count)]
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      let next = end.map { $0 + 1 } ?? buffer.count
      place.byte += next - position
      place.line += 1
      position = next
      if !line.isEmpty { return (Array(line), place.line) }
    }
    return nil
  }
}

import Foundation
import Tables

/// A file that cannot be read as what it should be, in one sentence.
public struct DatasetError: Error, Hashable, CustomStringConvertible {
  /// The sentence.
  public var description: String

  public init(_ description: String) {
    self.description = description
  }
}

/// The lines of a file, read in blocks of 64 KiB; a name that ends with `.gz` is unpacked on the way.
public final class TextLines {
  private let path: String
  private let input: FileHandle
  private let unpacking: Process?
  private var block: [UInt8] = []
  private var position = 0
  private var isAtEnd = false

  /// Opens the file; throws a sentence when it cannot be opened.
  public init(path: String) throws {
    self.path = path
    guard FileManager.default.isReadableFile(atPath: path) else {
      throw DatasetError("\(path) cannot be read: is it there, and may you read it?")
    }
    guard path.hasSuffix(".gz") else {
      guard let file = FileHandle(forReadingAtPath: path) else {
        throw DatasetError("\(path) cannot be opened")
      }
      input = file
      unpacking = nil
      return
    }
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/gzip")
    process.arguments = ["-dc", "--", path]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    do {
      try process.run()
    } catch {
      throw DatasetError("\(path) cannot be unpacked: gzip does not start")
    }
    input = pipe.fileHandleForReading
    unpacking = process
  }

  deinit {
    // Closing the pipe ends a gzip that still writes; waiting leaves no process behind.
    try? input.close()
    if let unpacking, unpacking.isRunning {
      unpacking.terminate()
      unpacking.waitUntilExit()
    }
  }

  /// Puts the next line, without its LF, at the end of `line`; false at the end of the file.
  public func appendNext(to line: inout [UInt8]) throws -> Bool {
    var isFound = false
    while true {
      if position == block.count {
        guard try refill() else { return isFound }
      }
      isFound = true
      if let end = block[position...].position(of: UInt8(ascii: "\n")) {
        line.append(contentsOf: block[position..<end])
        position = end + 1
        return true
      }
      line.append(contentsOf: block[position...])
      position = block.count
    }
  }

  /// The bytes that follow, as many as can be had at once; nil at the end of the file.
  func nextBlock() throws -> ArraySlice<UInt8>? {
    if position == block.count, try !refill() { return nil }
    defer { position = block.count }
    return block[position...]
  }

  private func refill() throws -> Bool {
    guard !isAtEnd else { return false }
    let bytes: Data?
    do {
      bytes = try input.read(upToCount: 65_536)
    } catch {
      throw DatasetError("\(path) cannot be read to its end")
    }
    position = 0
    block = bytes.map { [UInt8]($0) } ?? []
    if block.isEmpty {
      isAtEnd = true
      if let unpacking {
        unpacking.waitUntilExit()
        guard unpacking.terminationStatus == 0 else {
          throw DatasetError("\(path) is damaged: gzip cannot unpack it")
        }
      }
    }
    return !isAtEnd
  }
}

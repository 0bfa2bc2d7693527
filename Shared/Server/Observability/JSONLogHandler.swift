import FoundationEssentials
import Logging
import Models
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Writes each log message as one line of JSON, with personal data and tokens masked.
///
/// Members: `ts`, `level`, `msg`, `service`, then the metadata by name (`request_id`, `trace_id`, …).
public struct JSONLogHandler: LogHandler {
  public var logLevel: Logger.Level
  public var metadata: Logger.Metadata = [:]
  public var metadataProvider: Logger.MetadataProvider?
  private let service: String
  private let label: String
  private let output: Output

  /// Lines of all handlers that share it go out whole.
  private final class Output: Sendable {
    let descriptor: Mutex<Int32>

    init(descriptor: Int32) {
      self.descriptor = Mutex(descriptor)
    }

    func write(_ line: [UInt8]) {
      descriptor.withLock { descriptor in
        var written = 0
        while written < line.count {
          let count = line[written...].withUnsafeBytes { posixWrite(descriptor, $0.baseAddress, $0.count) }
          if count > 0 {
            written += count
          } else if errno != EINTR {
            // Nobody reads the log any more; that must not stop the service.
            return
          }
        }
      }
    }
  }

  private static let standardOutput = Output(descriptor: 1)

  /// A handler that writes to standard output, or to another file descriptor.
  public init(label: String, service: String, level: Logger.Level = .info, fileDescriptor: Int32 = 1) {
    self.label = label
    self.service = service
    self.logLevel = level
    self.output = fileDescriptor == 1 ? Self.standardOutput : Output(descriptor: fileDescriptor)
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    var line: [UInt8] = []
    line.reserveCapacity(256)
    line.append(text: #"{"ts":""# + WallClock.now().description + #"","level":""# + event.level.rawValue + #"","msg":"#)
    line.append(jsonString: masked(event.message.description))
    line.append(text: #","service":"#)
    line.append(jsonString: service)
    if label != service {
      line.append(text: #","logger":"#)
      line.append(jsonString: label)
    }
    var members = metadata
    if let provided = metadataProvider?.get() { members.merge(provided) { _, new in new } }
    if let sent = event.metadata { members.merge(sent) { _, new in new } }
    if let error = event.error, members["error"] == nil { members["error"] = "\(error)" }
    for (name, value) in members.sorted(by: { $0.key < $1.key }) where !Self.reserved.contains(name) {
      line.append(UInt8(ascii: ","))
      line.append(jsonString: name)
      line.append(UInt8(ascii: ":"))
      Self.append(value, to: &line)
    }
    line.append(text: "}\n")
    output.write(line)
  }

  private static let reserved: Set = ["ts", "level", "msg", "service", "logger"]

  private static func append(_ value: Logger.Metadata.Value, to line: inout [UInt8]) {
    switch value {
    case .string(let text): line.append(jsonString: masked(text))
    case .stringConvertible(let number as any BinaryInteger): line.append(text: "\(number)")
    case .stringConvertible(let number as Double) where number.isFinite: line.append(text: "\(number)")
    case .stringConvertible(let flag as Bool): line.append(text: "\(flag)")
    case .stringConvertible(let other): line.append(jsonString: masked(other.description))
    case .array(let values):
      line.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { line.append(UInt8(ascii: ",")) }
        append(value, to: &line)
      }
      line.append(UInt8(ascii: "]"))
    case .dictionary(let members):
      line.append(UInt8(ascii: "{"))
      for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
        if index > 0 { line.append(UInt8(ascii: ",")) }
        line.append(jsonString: member.key)
        line.append(UInt8(ascii: ":"))
        append(member.value, to: &line)
      }
      line.append(UInt8(ascii: "}"))
    }
  }
}

/// The system's write, under a name of its own beside the methods called `write`.
private func posixWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}

/// The time of day, for what is about now: logs, tokens, certificates.
enum WallClock {
  static func now() -> Timestamp {
    Timestamp(microsecondsSinceEpoch: Int64(Date.now.timeIntervalSince1970 * 1_000_000))
  }
}

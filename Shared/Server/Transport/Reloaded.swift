import CoreMetrics
import FoundationEssentials
import Logging
import Synchronization
import UnixSignals

/// What files say, read again while the service runs.
///
/// A reading that fails changes nothing: the last good one stays, the failure is counted at every look, and the log
/// tells of it once.
final class Reloaded<Value: Sendable>: Sendable {
  private struct Seen {
    var contents: [[UInt8]]
    var fault: String?
  }

  private let what: String
  private let paths: [String]
  private let failures: CounterInstrument
  private let logger: Logger
  private let read: @Sendable ([[UInt8]]) throws -> Value
  private let seen: Mutex<Seen>
  private let held: Mutex<Value>

  /// Reads the files for the first time; `what` begins the log's sentences.
  init(
    _ what: String, from paths: [String], failures: CounterInstrument, logger: Logger,
    read: @escaping @Sendable ([[UInt8]]) throws -> Value
  ) throws {
    self.what = what
    self.paths = paths
    self.failures = failures
    self.logger = logger
    self.read = read
    do {
      let contents = try Self.contents(of: paths)
      held = Mutex(try read(contents))
      seen = Mutex(Seen(contents: contents))
    } catch {
      throw WrongFile(description: "\(what) not taken from \(paths.joined(separator: " and ")): \(error)")
    }
  }

  /// What the files said when they were last good.
  var value: Value { held.withLock { $0 } }

  /// Looks at the files; true when they say something else now, and it holds.
  @discardableResult
  func look() -> Bool {
    seen.withLock { seen in
      do {
        let contents = try Self.contents(of: paths)
        let isChanged = contents != seen.contents
        if isChanged {
          let value = try read(contents)
          held.withLock { $0 = value }
          seen.contents = contents
        }
        if isChanged || seen.fault != nil { logger.notice("\(what) read again.", metadata: ["from": "\(places)"]) }
        seen.fault = nil
        return isChanged
      } catch {
        failures.increment(by: 1 as Int64)
        let fault = "\(error)"
        if fault != seen.fault {
          logger.error(
            "\(what) not taken; what was read before stays.", metadata: ["from": "\(places)", "error": "\(fault)"])
        }
        seen.fault = fault
        return false
      }
    }
  }

  private var places: String { paths.joined(separator: " ") }

  private static func contents(of paths: [String]) throws -> [[UInt8]] {
    try paths.map { path in
      guard let bytes = FileManager.default.contents(atPath: path) else {
        throw WrongFile(description: "\(path) cannot be read.")
      }
      return Array(bytes)
    }
  }
}

/// What is wrong with a file that a service needs, in a sentence.
struct WrongFile: Error, CustomStringConvertible {
  let description: String
}

/// Looks again every so many seconds, and at once when the process is sent SIGHUP, until it is cancelled.
func lookAgain(everySeconds seconds: Double, _ look: @escaping @Sendable () -> Void) async {
  await withDiscardingTaskGroup { group in
    group.addTask {
      while (try? await Task.sleep(for: .seconds(seconds))) != nil { look() }
    }
    group.addTask {
      for await _ in await UnixSignalsSequence(trapping: .sighup) { look() }
    }
  }
}

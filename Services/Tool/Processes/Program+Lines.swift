import Foundation
import Synchronization

extension Program {
  /// Runs it to its end, telling each line that it writes; for programs that take their time.
  ///
  /// Cancelling ends the program first. Answers its exit status.
  func run(line tell: @escaping @Sendable (String) -> Void) async throws -> Int32 {
    let (read, write) = try Self.pipeEnds()
    let pid: pid_t
    do {
      defer { close(write) }
      pid = try spawn(output: write)
    } catch {
      close(read)
      throw error
    }
    let child = Child(pid)
    let status = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        // A thread of its own: it waits as long as the program runs.
        Thread.detachNewThread {
          Self.read(read, tell)
          close(read)
          continuation.resume(returning: child.wait())
        }
      }
    } onCancel: {
      child.signal(SIGTERM)
    }
    try Task.checkCancellation()
    return status
  }

  private static func read(_ descriptor: Int32, _ tell: (String) -> Void) {
    var rest: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Foundation.read(descriptor, &block, block.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { break }
      rest += block[..<count]
      while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        tell(String(decoding: rest[..<end], as: UTF8.self))
        rest.removeSubrange(...end)
      }
    }
    if !rest.isEmpty { tell(String(decoding: rest, as: UTF8.self)) }
  }
}

/// A child process, which is told nothing any more once it was collected: its number may be another's by then.
private final class Child: Sendable {
  private let pid: Mutex<pid_t?>

  init(_ pid: pid_t) {
    self.pid = Mutex(pid)
  }

  func signal(_ number: Int32) {
    pid.withLock { if let pid = $0 { kill(pid, number) } }
  }

  func wait() -> Int32 {
    guard let child = pid.withLock({ $0 }) else { return 0 }
    var information = siginfo_t()
    while waitid(P_PID, id_t(child), &information, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
    return pid.withLock { pid in
      var status: Int32 = 0
      waitpid(child, &status, 0)
      pid = nil
      return status
    }
  }
}

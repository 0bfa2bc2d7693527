import ArgumentParser
import Foundation
import Synchronization

/// The supervisor that `ecrm up --detach` leaves running. Not for people to start.
struct Supervise: AsyncParsableCommand {
  static let configuration = CommandConfiguration(shouldDisplay: false)

  @Option(help: "The descriptor to tell news to until everything answers.")
  var report: Int32

  func run() async throws {
    umask(0o077)
    signal(SIGHUP, SIG_IGN)
    let state = StateFolder()
    let listener = Listener(descriptor: report)
    let tell: @Sendable (News) -> Void = { news in
      listener.tell(news)
      Terminal.say("\(Date().formatted(.iso8601)) \(news.text)")
      if case .ready = news { listener.leave() }
    }
    guard let lock = try SupervisorLock.take(state) else {
      listener.tell(.taken)
      return
    }
    do {
      let ports = try Ports(environment: ProcessInfo.processInfo.environment)
      try await Supervisor(state: state, ports: ports, tell: tell)
        .run(endingOn: [SIGTERM, SIGINT], while: lock.isInPlace)
    } catch {
      tell(.failed("\(error)"))
      _ = consume lock
      throw ExitCode.failure
    }
    _ = consume lock
  }
}

/// Who waits for a detached supervisor, at the other end of a pipe, until it leaves or is told that all is ready.
private final class Listener: Sendable {
  private let descriptor: Mutex<Int32?>

  init(descriptor: Int32) {
    // Children of this process must not keep the waiting one waiting.
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    self.descriptor = Mutex(descriptor)
  }

  func tell(_ news: News) {
    descriptor.withLock { if let descriptor = $0 { Files.writeAll(Array((news.line + "\n").utf8), to: descriptor) } }
  }

  func leave() {
    descriptor.withLock {
      if let descriptor = $0 { close(descriptor) }
      $0 = nil
    }
  }
}

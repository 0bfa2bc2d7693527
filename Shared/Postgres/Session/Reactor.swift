import CLibpq
import Foundation
import Synchronization

/// Something with a socket that the reactor watches. Called on the reactor's thread, so it must not block.
protocol ReactorSource: AnyObject, Sendable {
  func socketIsReady()
  /// Called a few times a second, to notice what takes too long.
  func tick(_ now: ContinuousClock.Instant)
}

/// The one thread that watches all sockets and timers of the process.
final class Reactor: Sendable {
  static let shared = Reactor()

  private struct Timer {
    let deadline: ContinuousClock.Instant
    let action: @Sendable () -> Void
  }

  private struct State {
    var lastNumber: UInt64 = 0
    var sources: [UInt64: any ReactorSource] = [:]
    var timers: [UInt64: Timer] = [:]
  }

  private let poll: Int32
  private let wakeUp: Int32
  private let state = Mutex(State())

  private init() {
    poll = epoll_create1(Int32(EPOLL_CLOEXEC))
    wakeUp = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    control(EPOLL_CTL_ADD, wakeUp, number: 0, events: EPOLLIN.rawValue)
    let thread = Thread { [self] in run() }
    thread.name = "postgres"
    thread.start()
  }

  /// Takes a source in; it is kept until it is dismissed.
  func register(_ source: any ReactorSource) -> UInt64 {
    let number = state.withLock { state in
      state.lastNumber += 1
      state.sources[state.lastNumber] = source
      return state.lastNumber
    }
    wake()
    return number
  }

  func dismiss(_ number: UInt64) {
    state.withLock { $0.sources[number] = nil }
  }

  /// Says what to watch the source's socket for; false when the system refuses.
  @discardableResult
  func watch(_ socket: Int32, number: UInt64, read: Bool, write: Bool) -> Bool {
    let events = (read ? EPOLLIN.rawValue : 0) | (write ? EPOLLOUT.rawValue : 0)
    return control(EPOLL_CTL_MOD, socket, number: number, events: events)
      || control(EPOLL_CTL_ADD, socket, number: number, events: events)
  }

  /// Runs the action on the reactor's thread when the time has passed, unless it is called off before.
  @discardableResult
  func after(_ delay: Duration, _ action: @escaping @Sendable () -> Void) -> UInt64 {
    let number = state.withLock { state in
      state.lastNumber += 1
      state.timers[state.lastNumber] = Timer(deadline: .now + delay, action: action)
      return state.lastNumber
    }
    wake()
    return number
  }

  func callOff(_ timer: UInt64) {
    state.withLock { $0.timers[timer] = nil }
  }

  @discardableResult
  private func control(_ operation: Int32, _ socket: Int32, number: UInt64, events: UInt32) -> Bool {
    var event = epoll_event()
    event.events = events
    event.data.u64 = number
    return epoll_ctl(poll, operation, socket, &event) == 0
  }

  private func wake() {
    _ = eventfd_write(wakeUp, 1)
  }

  private func run() {
    var events = [epoll_event](repeating: epoll_event(), count: 64)
    var nextTick = ContinuousClock.now
    while true {
      let count = epoll_wait(poll, &events, Int32(events.count), sleepMilliseconds(until: nextTick))
      for event in events.prefix(Int(max(0, count))) {
        let number = event.data.u64
        if number == 0 {
          var value: eventfd_t = 0
          _ = eventfd_read(wakeUp, &value)
        } else {
          state.withLock { $0.sources[number] }?.socketIsReady()
        }
      }
      let now = ContinuousClock.now
      for action in dueActions(now) { action() }
      guard now >= nextTick else { continue }
      nextTick = now + .milliseconds(250)
      for source in state.withLock({ Array($0.sources.values) }) { source.tick(now) }
    }
  }

  private func sleepMilliseconds(until tick: ContinuousClock.Instant) -> Int32 {
    let wakeUp = state.withLock { state in
      let timer = state.timers.values.map(\.deadline).min()
      guard !state.sources.isEmpty else { return timer }
      return timer.map { min($0, tick) } ?? tick
    }
    guard let wakeUp else { return -1 }
    let (seconds, attoseconds) = (wakeUp - .now).components
    return Int32(clamping: max(0, seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1))
  }

  private func dueActions(_ now: ContinuousClock.Instant) -> [@Sendable () -> Void] {
    state.withLock { state in
      let due = state.timers.filter { $0.value.deadline <= now }.sorted { $0.value.deadline < $1.value.deadline }
      for timer in due { state.timers[timer.key] = nil }
      return due.map(\.value.action)
    }
  }
}

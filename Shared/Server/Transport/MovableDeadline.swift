import NIOCore

/// A time after which something is done, unless it is moved or lifted before.
///
/// Every request moves some of them, and nearly none comes to pass. So moving one later, or lifting it, is an assignment:
/// the loop's timer is left to ring, finds that there is time left, and is set anew. Belongs to its loop.
final class MovableDeadline {
  private let loop: any EventLoop
  private let action: () -> Void
  private var due: NIODeadline?
  private var alarm: (at: NIODeadline, timer: Scheduled<Void>)?

  /// A deadline that is not set yet.
  init(on loop: any EventLoop, action: @escaping () -> Void) {
    self.loop = loop
    self.action = action
  }

  func move(toSeconds seconds: Double) {
    let due = NIODeadline.now() + TimeAmount(fractionalSeconds: seconds)
    self.due = due
    if let alarm, alarm.at <= due { return }
    set(due)
  }

  /// Nothing is due any more, until it is moved again.
  func lift() {
    due = nil
  }

  /// Lifts it for good, so that nothing is kept for the timer's sake.
  func end() {
    lift()
    alarm?.timer.cancel()
    alarm = nil
  }

  private func set(_ time: NIODeadline) {
    alarm?.timer.cancel()
    let timer = loop.assumeIsolated().scheduleTask(deadline: time) { self.ring() }
    alarm = (time, timer)
  }

  private func ring() {
    alarm = nil
    guard let due else { return }
    guard due <= .now() else { return set(due) }
    lift()
    action()
  }
}

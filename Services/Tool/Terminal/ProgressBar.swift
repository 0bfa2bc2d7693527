import Foundation
import Synchronization

/// Shows on standard error how far a long piece of work has come.
///
/// On a terminal it draws one line over and over; elsewhere it writes a line for every tenth of the way.
final class ProgressBar: Sendable {
  private struct Progress {
    var done: Int
    /// What the last line said: tenths of the way, or hundredths on a terminal.
    var shown = -1
    let start = ContinuousClock.now
    let doneBefore: Int
  }

  let title: String
  let total: Int
  private let isTerminal: Bool
  private let write: @Sendable (String) -> Void
  private let progress: Mutex<Progress>

  /// - Parameter done: What an earlier run has done already; it does not count for the pace.
  init(
    title: String, total: Int, done: Int = 0, isTerminal: Bool = isatty(STDERR_FILENO) == 1,
    write: @escaping @Sendable (String) -> Void = { Files.writeAll(Array($0.utf8), to: STDERR_FILENO) }
  ) {
    self.title = title
    self.total = total
    self.isTerminal = isTerminal
    self.write = write
    self.progress = Mutex(Progress(done: done, doneBefore: done))
  }

  /// Counts so many more as done.
  func advance(by count: Int = 1) {
    progress.withLock { progress in
      progress.done += count
      let steps = isTerminal ? 100 : 10
      let step = total > 0 ? min(steps, progress.done * steps / total) : steps
      guard step > progress.shown else { return }
      progress.shown = step
      if isTerminal {
        write("\r" + line(progress) + "\u{1b}[K")
      } else {
        write(line(progress) + "\n")
      }
    }
  }

  /// Ends the line on a terminal, so that the next thing written stands on its own.
  func finish() {
    advance(by: 0)
    if isTerminal { write("\n") }
  }

  private func line(_ progress: Progress) -> String {
    let share = total > 0 ? min(1, Double(progress.done) / Double(total)) : 1
    let percent = "\(Int(share * 100)) %"
    let seconds = progress.start.duration(to: .now) / .seconds(1)
    let pace = seconds > 0.5 ? ", \(Int(Double(progress.done - progress.doneBefore) / seconds)) a second" : ""
    let figures = "\(percent) (\(progress.done) of \(total)\(pace))"
    guard isTerminal else { return "\(title): \(figures)" }
    let width = max(0, min(40, Terminal.width - title.count - figures.count - 6))
    let filled = Int(Double(width) * share)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    return "\(title) \(bar) \(figures)"
  }
}

import Models
import Synchronization

/// The time of an answer as the header `Date` has it (RFC 9110, section 5.6.7), written anew once a second.
final class HTTPDate: Sendable {
  private let written = Mutex((second: Int64.min, text: ""))

  func text(at now: Timestamp) -> String {
    let second = now.microsecondsSinceEpoch / 1_000_000
    return written.withLock { written in
      if written.second != second { written = (second, Self.write(now)) }
      return written.text
    }
  }

  private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  private static func write(_ now: Timestamp) -> String {
    let day = now.day
    let civil = day.civil
    // The epoch began on a Thursday.
    let weekday = weekdays[(day.daysSinceEpoch % 7 + 7) % 7]
    let clock = "\(now)".dropFirst(11).prefix(8)
    let dayOfMonth = "\(day)".suffix(2)
    return "\(weekday), \(dayOfMonth) \(months[civil.month - 1]) \("\(day)".prefix(4)) \(clock) GMT"
  }
}

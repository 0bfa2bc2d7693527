import Dispatch
import Synchronization

extension Array where Element: Sendable {
  /// As `map`, where there are many elements by all cores, a thousand at a time.
  public func concurrentMap<Mapped: Sendable>(_ transform: @Sendable (Element) -> Mapped) -> [Mapped] {
    let size = 1000
    guard count > size else { return map(transform) }
    let parts = Mutex([[Mapped]](repeating: [], count: (count + size - 1) / size))
    DispatchQueue.concurrentPerform(iterations: (count + size - 1) / size) { number in
      let part = self[(number * size)..<Swift.min((number + 1) * size, count)].map(transform)
      parts.withLock { $0[number] = part }
    }
    return parts.withLock { $0.flatMap(\.self) }
  }
}

import Models
import Synchronization

/// The profiles that a call's answer names.
final class TouchedProfiles: Sendable {
  private let profiles = Mutex<Set<ID<Profile>>>([])

  func insert(_ more: some Sequence<ID<Profile>>) {
    let more = Set(more)
    profiles.withLock { $0.formUnion(more) }
  }

  var all: [ID<Profile>] { profiles.withLock { $0.sorted() } }
}

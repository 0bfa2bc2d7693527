import Models
import Postgres

/// SQLSTATE of `base.refuse_erased`.
public let erasedState = "KY003"

extension CustomerBase {
  /// Which of the values an erased person was known by, under any key that is at hand. None without a key.
  ///
  /// Whoever asks holds the shared lock of erasure, as every writing call does.
  public func erased(among values: some Collection<ErasedValue>) async throws -> Set<ErasedValue> {
    guard !privacy.erasureKeys.isEmpty, !values.isEmpty else { return [] }
    // Making many hashes takes longer than asking whether there is anything to compare them with.
    if values.count > 20 {
      let isAnybody: Bool = try await database.one("SELECT EXISTS (SELECT FROM base.erased_values)")
      guard isAnybody else { return [] }
    }
    let values = Array(Set(values))
    let hashes = privacy.erasureKeys.flatMap { key in values.map { key.hash($0).hexadecimal } }
    let rows = try await database.rows(
      """
      SELECT w.position::int8
      FROM unnest(\(hashes)) WITH ORDINALITY AS w (hash, position)
      JOIN base.erased_values v ON v.hash = decode(w.hash, 'hex')
      """)
    return Set(try rows.map { values[(try $0.decode(Int.self) - 1) % values.count] })
  }

  /// Ends the call with `Failure.erased` where an erased person was known by the value. Sent, not waited for: it fails the
  /// transaction at its next statement, and costs no round trip.
  func refuseErased(_ value: ErasedValue) {
    for key in privacy.erasureKeys { _ = database.send("SELECT base.refuse_erased(\(key.hash(value)))") }
  }

  /// Refuses to write anything more about erased people: their profiles stay, and name nobody.
  public func requireNotErased(_ profiles: [ID<Profile>]) async throws {
    let isErased: Bool = try await database.one(
      """
      SELECT EXISTS (SELECT FROM base.profiles WHERE id = ANY (\(profiles)) AND erased_at IS NOT NULL)
      """)
    if isErased { throw Failure.erased }
  }
}

extension ProfileReference {
  /// What the record is recognised by once its person is erased.
  public var erasedValue: ErasedValue { .profile(source: source.text, externalId: externalId.text) }
}

extension Sighting {
  /// What the sighting is recognised by once the person is erased.
  var erasedValues: [ErasedValue] { identifiers.map { .identifier(kind: $0.kind.rawValue, value: $0.value) } }
}

extension OrderRow {
  /// What a person who was erased would be recognised by in an order of the source.
  public func erasedValues(from source: SourceName) -> [ErasedValue] {
    [customer.erasedValue, .order(source: source.text, externalId: externalId.text)]
  }
}

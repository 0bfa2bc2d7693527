import Models
import Postgres

/// What is known of a key that a caller gave a call to make it repeatable.
public enum KeyState: Sendable {
  /// Nobody used it: the call runs, and this call holds the key until it ends.
  case unused
  /// The same call was answered before.
  case answered(RawJSON)
  /// Another call was answered under this key.
  case mismatched
  /// A call with the key is running.
  case held
}

extension CustomerBase {
  /// Takes the key for this transaction, or tells why not.
  ///
  /// - Parameter digest: SHA-256 of method and params, the same for the same call.
  public func takeKey(_ key: String, of principal: String, digest: [UInt8]) async throws -> KeyState {
    let lock = database.send(
      "SELECT pg_try_advisory_xact_lock(hashtextextended('key:' || \(principal) || chr(31) || \(key), 0))")
    let stored = database.send(
      """
      SELECT request = \(digest), answer FROM base.answers
      WHERE principal = \(principal) AND key = \(key) AND created_at > \(now.adding(seconds: -86_400))
      """)
    guard try await lock.one(as: Bool.self) else { return .held }
    guard let row = try await stored.rows().first else { return .unused }
    let (isSame, answer) = try row.decode(Bool.self, String.self)
    return isSame ? .answered(RawJSON(wellFormed: answer)) : .mismatched
  }

  /// Keeps the answer under the key, in the transaction of its effect. Sent, not waited for.
  public func keepAnswer(
    _ answer: RawJSON, for key: String, of principal: String, digest: [UInt8], about profiles: [ID<Profile>]
  ) {
    _ = database.send(
      """
      INSERT INTO base.answers AS a (principal, key, request, answer, profiles, created_at)
      VALUES (\(principal), \(key), \(digest), \(answer.text), \(profiles), \(now))
      ON CONFLICT ON CONSTRAINT answers_pkey DO UPDATE SET
        request = excluded.request, answer = excluded.answer, profiles = excluded.profiles,
        created_at = excluded.created_at
      """)
  }

  /// Forgets the answers that nobody may ask for any more; at most so many, so that the call stays short.
  public func forgetOldAnswers(atMost limit: Int = 5000) async throws -> Int {
    try await database.execute(
      """
      DELETE FROM base.answers WHERE ctid IN (
        SELECT ctid FROM base.answers WHERE created_at <= \(now.adding(seconds: -86_400)) LIMIT \(limit)
      )
      """)
  }

  /// Waits for erasures to end and keeps others out until the call ends. Sent, not waited for.
  public func shareErasureLock() {
    _ = database.send("SELECT pg_advisory_xact_lock_shared(hashtextextended('erasure', 0))")
  }
}

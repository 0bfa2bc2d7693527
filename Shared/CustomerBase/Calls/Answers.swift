import Models
import Postgres

/// What is known of a key that a caller gave a call to make it repeatable.
public enum KeyState: Sendable {
  /// Nobody used it, or longer ago than answers are kept.
  case unused
  /// The same call was answered before.
  case answered(RawJSON)
  /// Another call was answered under this key.
  case mismatched
}

/// Why a key could not be taken.
public enum KeyRefusal: Sendable {
  /// A call with the key is running.
  case held
  /// A call with the key was answered: `keyState` says how.
  case used

  /// Nil for an error of another kind.
  public init?(_ error: any Error) {
    switch (error as? PostgresError)?.sqlState {
    case "KY001": self = .held
    case "KY002": self = .used
    default: return nil
    }
  }
}

extension CustomerBase {
  /// Takes the key for this transaction, which fails where that is not possible: `KeyRefusal` tells why.
  ///
  /// Sent, not waited for: what is sent after it runs only when the key was taken, and costs no round trip more.
  public func takeKey(_ key: String, of principal: String) -> Pending {
    database.send("SELECT base.take_key(\(principal), \(key), \(oldestKept))")
  }

  /// What became of the key.
  ///
  /// - Parameter digest: SHA-256 of method and params, the same for the same call.
  public func keyState(_ key: String, of principal: String, digest: [UInt8]) async throws -> KeyState {
    let rows = try await database.rows(
      """
      SELECT request = \(digest), answer FROM base.answers
      WHERE principal = \(principal) AND key = \(key) AND created_at > \(oldestKept)
      """)
    guard let (isSame, answer) = try rows.first?.decode(Bool.self, String.self) else { return .unused }
    return isSame ? .answered(RawJSON(wellFormed: answer)) : .mismatched
  }

  /// Answers are kept for a day.
  private var oldestKept: Timestamp { now.adding(seconds: -86_400) }

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
        SELECT ctid FROM base.answers WHERE created_at <= \(oldestKept) LIMIT \(limit)
      )
      """)
  }

  /// Waits until nobody writes of people, and keeps writers out until the transaction ends. Sent, not waited for.
  public func takeErasureLock() {
    _ = database.send("SELECT pg_advisory_xact_lock(hashtextextended('erasure', 0))")
  }

  /// Waits for erasures to end and keeps others out until the call ends. Sent, not waited for.
  public func shareErasureLock() {
    _ = database.send("SELECT pg_advisory_xact_lock_shared(hashtextextended('erasure', 0))")
  }
}

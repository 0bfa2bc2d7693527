import JSON
import Models
import Postgres

extension CustomerBase {
  /// Defines a purpose, or defines it anew: another text is a version of its own, another basis holds at once.
  ///
  /// Saving what is there already changes nothing.
  public func savePurpose(_ key: PurposeKey, text: [String: String], basis: LegalBasis) async throws -> Purpose {
    let texts = RawJSON(wellFormed: try encodeJSON(text))
    _ = database.send(
      """
      INSERT INTO base.purposes (key, basis, text_version) VALUES (\(key.text), \(basis.rawValue), 0)
      ON CONFLICT ON CONSTRAINT purposes_pkey DO NOTHING
      """)
    _ = database.send("SELECT p.key FROM base.purposes p WHERE p.key = \(key.text) FOR UPDATE")
    let before = try await database.rows(
      """
      SELECT p.basis, p.text_version::int8, t.texts IS NOT DISTINCT FROM \(texts), t.saved_at
      FROM base.purposes p
      LEFT JOIN base.purpose_texts t ON t.purpose = p.key AND t.version = p.text_version
      WHERE p.key = \(key.text)
      """)
    guard let row = before.first else { throw RerunCall() }
    let (oldBasis, version, isSameText, savedAt) = try row.decode(
      String.self, Int.self, Bool.self, Timestamp?.self)
    var purpose = Purpose(key: key, basis: basis, text: text, textVersion: version, savedAt: savedAt)
    if isSameText, oldBasis == basis.rawValue { return purpose }
    if !isSameText {
      purpose.textVersion += 1
      purpose.savedAt = now
      _ = database.send(
        """
        INSERT INTO base.purpose_texts (purpose, version, texts, saved_at)
        VALUES (\(key.text), \(purpose.textVersion), \(texts), \(now))
        """)
    }
    _ = database.send(
      """
      UPDATE base.purposes SET basis = \(basis.rawValue), text_version = \(purpose.textVersion) WHERE key = \(key.text)
      """)
    append([try JournalEntry(subject: nil, type: "purpose.saved", payload: purpose)])
    return purpose
  }

  /// The purposes by key, with their latest texts.
  public func purposes(after: PurposeKey?, limit: Int) async throws -> [Purpose] {
    try await database.rows(
      """
      SELECT p.key, p.basis, t.texts, t.version::int8, t.saved_at
      FROM base.purposes p JOIN base.purpose_texts t ON t.purpose = p.key AND t.version = p.text_version
      WHERE \(after?.text)::text IS NULL OR p.key COLLATE "C" > \(after?.text)
      ORDER BY p.key COLLATE "C" LIMIT \(limit)
      """
    ).map(Self.purpose)
  }

  /// A purpose with its text of that version, or with the latest one.
  ///
  /// - Throws: `notFound` when there is no such purpose, or no such version of its text.
  public func purpose(_ key: PurposeKey, textVersion: Int?) async throws -> Purpose {
    let rows = try await database.rows(
      """
      SELECT p.key, p.basis, t.texts, t.version::int8, t.saved_at
      FROM base.purposes p
      JOIN base.purpose_texts t ON t.purpose = p.key AND t.version = COALESCE(\(textVersion), p.text_version)
      WHERE p.key = \(key.text)
      """)
    guard let row = rows.first else { throw Failure.notFound.about(textVersion == nil ? "purpose" : "text of purpose") }
    return try Self.purpose(row)
  }

  private static func purpose(_ row: Row) throws -> Purpose {
    let (key, basis, texts, version, savedAt) = try row.decode(
      String.self, String.self, RawJSON.self, Int.self, Timestamp?.self)
    guard let basis = LegalBasis(rawValue: basis) else {
      throw PostgresError(.decoding, "\"\(basis)\" is no legal basis")
    }
    return Purpose(
      key: PurposeKey(normal: key), basis: basis,
      text: try JSONDocument(parsing: texts.utf8).root.decode([String: String].self),
      textVersion: version, savedAt: savedAt)
  }

  /// SQL of the text for a locale, out of a column of texts: that of the locale itself, of its language, in English, or else
  /// the first.
  public static func text(_ texts: StaticString, for locale: LocaleTag?) -> SQL {
    let texts = SQL(trusted: texts)
    return """
      COALESCE(\(texts) ->> \(locale?.text)::text, \(texts) ->> \(locale?.language)::text, \(texts) ->> 'en', (
        SELECT e.value FROM jsonb_each_text(\(texts)) e ORDER BY e.key COLLATE "C" LIMIT 1))
      """
  }
}

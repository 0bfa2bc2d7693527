import CustomerBase
import Models
import Postgres
import Tables

/// Reads everything of a kind, page by page, in the order of its key, and writes it as a file has it.
struct ExportPages {
  private static let pageRows = 1000
  private static let firstID = "00000000-0000-0000-0000-000000000000"

  private let kind: ImportKind
  private let format: ImportFormat
  private let source: String?
  private let total: Int
  private var done = 0
  private var after: (String, String)
  private let traits: [String]
  /// What the file begins with.
  let beginning: [UInt8]

  init(kind: ImportKind, format: ImportFormat, source: SourceName?, _ database: any Database) async throws {
    self.kind = kind
    self.format = format
    self.source = source?.text
    after = kind == .products ? ("", "") : (Self.firstID, Self.firstID)
    total = try await database.one(Self.count(kind, source?.text))
    var traits: [String] = []
    if kind == .profiles, format == .csv {
      traits = try await database.all(
        """
        SELECT DISTINCT t.name FROM base.traits t
        WHERE \(source?.text)::text IS NULL
          OR t.profile IN (SELECT p.id FROM base.profiles p WHERE p.source = \(source?.text))
        ORDER BY 1
        """)
    }
    self.traits = traits
    var beginning: [UInt8] = []
    if format == .csv { appendCSV(Self.header(kind, traits), to: &beginning) }
    self.beginning = beginning
  }

  /// How far the reading is, 0 to 1.
  var progress: Double { total == 0 ? 1 : min(1, Double(done) / Double(total)) }

  /// Appends the next page and answers its rows; nil after the last.
  mutating func next(into bytes: inout [UInt8], _ database: any Database) async throws -> Int? {
    let rows = try await database.rows(format == .csv ? records : objects)
    guard let last = rows.last else { return nil }
    for row in rows {
      switch format {
      case .csv:
        let (_, _, fields) = try row.decode(String.self, String.self, [String?].self)
        appendCSV(fields, to: &bytes)
      case .jsonl:
        let (_, _, object) = try row.decode(String.self, String.self, RawJSON.self)
        bytes += object.utf8
        bytes.append(UInt8(ascii: "\n"))
      }
    }
    switch format {
    case .csv:
      let (first, second, _) = try last.decode(String.self, String.self, [String?].self)
      after = (first, second)
    case .jsonl:
      let (first, second, _) = try last.decode(String.self, String.self, RawJSON.self)
      after = (first, second)
    }
    done += Self.pageRows
    return rows.count
  }

  private static func count(_ kind: ImportKind, _ source: String?) -> SQL {
    switch kind {
    case .profiles: "SELECT count(*) FROM base.profiles p WHERE \(source)::text IS NULL OR p.source = \(source)"
    case .orders: "SELECT count(*) FROM base.orders o WHERE \(source)::text IS NULL OR o.source = \(source)"
    case .products: "SELECT count(*) FROM base.products"
    case .consents: "SELECT count(*) FROM base.consents"
    }
  }

  private static func header(_ kind: ImportKind, _ traits: [String]) -> [String] {
    switch kind {
    case .profiles:
      ["profile", "customer", "source", "externalId", "createdAt"] + IdentifierKind.allCases.map(\.rawValue)
        + traits.map { "traits.\($0)" }
    case .orders:
      ["order", "profile", "source", "externalId", "orderedAt", "status", "currency", "sku", "quantity", "unitPrice"]
    case .products: ["sku", "name", "category", "price", "currency", "attributes"]
    case .consents:
      ["consent", "profile", "source", "externalId", "purpose", "channel", "state", "basis", "recordedAt"]
    }
  }

  /// The page as objects.
  private var objects: SQL {
    switch kind {
    case .profiles:
      """
      SELECT p.id::text, '', json_build_object(
        'profile', p.id, 'customer', m.customer, 'source', p.source, 'externalId', p.external_id,
        'createdAt', base.rfc3339(p.created_at),
        'traits', COALESCE((
          SELECT json_object_agg(t.name, t.value ORDER BY t.name) FROM base.traits t WHERE t.profile = p.id), '{}'),
        'identifiers', COALESCE((
          SELECT json_agg(
            json_build_object('kind', i.kind, 'value', i.value, 'verified', i.verified) ORDER BY i.kind, i.value)
          FROM base.identifiers i WHERE i.profile = p.id AND i.retired_at IS NULL), '[]'))
      FROM \(profiles) p JOIN base.members m ON m.profile = p.id
      ORDER BY p.id
      """
    case .orders:
      """
      SELECT o.profile::text, o.id::text, json_build_object(
        'order', o.id, 'profile', o.profile, 'source', o.source, 'externalId', o.external_id,
        'orderedAt', base.rfc3339(o.ordered_at), 'status', o.status, 'currency', o.currency,
        'lines', COALESCE((
          SELECT json_agg(json_build_object(
            'sku', l.sku, 'quantity', trim_scale(l.quantity)::text, 'unitPrice', base.amount(l.unit_price, o.currency)
          ) ORDER BY l.position)
          FROM base.order_lines l WHERE l.profile = o.profile AND l.order_id = o.id), '[]'))
      FROM \(orders) o ORDER BY o.profile, o.id
      """
    case .products:
      """
      SELECT p.sku, '', json_strip_nulls(json_build_object(
        'sku', p.sku, 'name', p.name, 'category', p.category,
        'price', CASE WHEN p.price IS NOT NULL THEN
          json_build_object('amount', base.amount(p.price, p.currency), 'currency', p.currency) END,
        'attributes', p.attributes))
      FROM base.products p WHERE p.sku > \(after.0) ORDER BY p.sku LIMIT \(Self.pageRows)
      """
    case .consents:
      """
      SELECT c.profile::text, c.id::text, json_strip_nulls(json_build_object(
        'consent', c.id, 'profile', c.profile, 'source', p.source, 'externalId', p.external_id, 'purpose', c.purpose,
        'channel', c.channel, 'state', c.state, 'basis', c.basis, 'evidence', c.evidence,
        'recordedAt', base.rfc3339(c.recorded_at)))
      FROM \(consents) c JOIN base.profiles p ON p.id = c.profile ORDER BY c.profile, c.id
      """
    }
  }

  /// The page as fields of records; of orders a record is a line.
  private var records: SQL {
    switch kind {
    case .profiles:
      """
      SELECT p.id::text, '',
        ARRAY[p.id::text, m.customer::text, p.source, p.external_id, base.rfc3339(p.created_at)]
        || ARRAY(
          SELECT (
            SELECT string_agg(i.value, ' ' ORDER BY i.value) FROM base.identifiers i
            WHERE i.profile = p.id AND i.kind = k.kind AND i.retired_at IS NULL)
          FROM unnest(\(IdentifierKind.allCases.map(\.rawValue))) WITH ORDINALITY AS k (kind, position)
          ORDER BY k.position)
        || ARRAY(
          SELECT t.value #>> '{}'
          FROM unnest(\(traits)) WITH ORDINALITY AS n (name, position)
          LEFT JOIN base.traits t ON t.profile = p.id AND t.name = n.name
          ORDER BY n.position)
      FROM \(profiles) p JOIN base.members m ON m.profile = p.id
      ORDER BY p.id
      """
    case .orders:
      """
      SELECT o.profile::text, o.id::text, ARRAY[
        o.id::text, o.profile::text, o.source, o.external_id, base.rfc3339(o.ordered_at), o.status, o.currency, l.sku,
        trim_scale(l.quantity)::text, base.amount(l.unit_price, o.currency)]
      FROM \(orders) o LEFT JOIN base.order_lines l ON l.profile = o.profile AND l.order_id = o.id
      ORDER BY o.profile, o.id, l.position
      """
    case .products:
      """
      SELECT p.sku, '',
        ARRAY[p.sku, p.name, p.category, base.amount(p.price, p.currency), p.currency, p.attributes::text]
      FROM base.products p WHERE p.sku > \(after.0) ORDER BY p.sku LIMIT \(Self.pageRows)
      """
    case .consents:
      """
      SELECT c.profile::text, c.id::text, ARRAY[
        c.id::text, c.profile::text, p.source, p.external_id, c.purpose, c.channel, c.state, c.basis,
        base.rfc3339(c.recorded_at)]
      FROM \(consents) c JOIN base.profiles p ON p.id = c.profile ORDER BY c.profile, c.id
      """
    }
  }

  private var profiles: SQL {
    """
    (
      SELECT p.id, p.source, p.external_id, p.created_at FROM base.profiles p
      WHERE p.id > \(after.0)::text::uuid AND p.erased_at IS NULL
        AND (\(source)::text IS NULL OR p.source = \(source))
      ORDER BY p.id LIMIT \(Self.pageRows)
    )
    """
  }

  private var orders: SQL {
    """
    (
      SELECT o.profile, o.id, o.source, o.external_id, o.ordered_at, o.status, o.currency FROM base.orders o
      WHERE (o.profile, o.id) > (\(after.0)::text::uuid, \(after.1)::text::uuid)
        AND (\(source)::text IS NULL OR o.source = \(source))
      ORDER BY o.profile, o.id LIMIT \(Self.pageRows)
    )
    """
  }

  private var consents: SQL {
    """
    (
      SELECT c.profile, c.id, c.purpose, c.channel, c.state, c.basis, c.evidence, c.recorded_at FROM base.consents c
      WHERE (c.profile, c.id) > (\(after.0)::text::uuid, \(after.1)::text::uuid)
        AND (\(source)::text IS NULL
          OR EXISTS (SELECT FROM base.profiles q WHERE q.id = c.profile AND q.source = \(source)))
      ORDER BY c.profile, c.id LIMIT \(Self.pageRows)
    )
    """
  }
}

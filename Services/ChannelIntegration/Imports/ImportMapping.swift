import Models
import Server

/// What an import brings.
enum ImportKind: String, Codable, CaseIterable, Sendable {
  /// Records of people, as `profiles.import` takes them.
  case profiles
  /// Orders, as `orders.import` takes them.
  case orders
  /// Products, as `products.import` takes them.
  case products
  /// Records of consent.
  case consents
}

/// Which column of a file is which field.
///
/// A column is named as in the header of CSV, or as the member of the objects of JSON Lines. An empty cell says nothing: in
/// JSON Lines `null` does, but for a trait, which it removes.
struct ImportMapping: Codable, Sendable {
  /// Profiles and orders: id of the record in its source. The rows of one order follow each other.
  var externalId: String?
  /// Profiles: traits by name.
  var traits: [String: String]?
  /// Profiles: what the person can be recognised by.
  var identifiers: [MappedIdentifier]?
  /// Orders and consents: id in the same source of who it is about; made a profile when it is not known.
  var customer: String?
  /// Orders: when it was ordered: RFC 3339, or a day and perhaps a time without zone, which are UTC.
  var orderedAt: String?
  /// Orders, and products with a price: ISO 4217.
  var currency: String?
  /// Orders: `placed`, `fulfilled`, `cancelled` or `returned`.
  var status: String?
  /// Orders and products: stock keeping unit.
  var sku: String?
  /// Orders: how many.
  var quantity: String?
  /// Orders: price of one.
  var unitPrice: String?
  /// Products: what it is called.
  var name: String?
  /// Products: what it is grouped under.
  var category: String?
  /// Products: what it costs.
  var price: String?
  /// Products: attributes by name.
  var attributes: [String: String]?
  /// Consents: what for.
  var purpose: String?
  /// Consents: channel it is about; all channels where the cell is empty.
  var channel: String?
  /// Consents: `granted` or `withdrawn`.
  var state: String?
  /// Consents: legal basis.
  var basis: String?
  /// Consents: when it was given or taken back, written as `orderedAt`. It makes the import harmless when repeated.
  var recordedAt: String?
  /// Values by field that hold where the row has none, as `{"currency": "EUR"}`.
  var fixed: [String: String]?
  /// What values of a field stand for, as `{"state": {"yes": "granted"}}`; what is not among them stays as it is.
  var values: [String: [String: String]]?
}

/// A column of identifiers.
struct MappedIdentifier: Codable, Sendable {
  /// What kind of identifier it is.
  var kind: IdentifierKind
  /// The column.
  var column: String
  /// Whether the source has proof that the value is this person's.
  var verified: Bool?
  /// What becomes of a value that is none of this kind; `reject` when absent.
  var invalid: InvalidIdentifier?
}

/// What becomes of a value that is no identifier.
enum InvalidIdentifier: String, Codable, CaseIterable, Sendable {
  /// The row is rejected.
  case reject
  /// It is kept as a trait named like the kind, and `lists.report` counts it.
  case trait
}

/// A field of a row that a mapping can name alone.
enum ImportField: String, CaseIterable, Sendable {
  case externalId, customer, orderedAt, currency, status, sku, quantity, unitPrice, name, category, price, purpose
  case channel, state, basis, recordedAt

  /// Which kinds have it, and which need it.
  static func of(_ kind: ImportKind) -> (known: Set<ImportField>, needed: [ImportField]) {
    switch kind {
    case .profiles: ([.externalId], [.externalId])
    case .orders:
      (
        [.externalId, .customer, .orderedAt, .currency, .status, .sku, .quantity, .unitPrice],
        [.externalId, .customer, .orderedAt, .currency, .sku, .quantity, .unitPrice]
      )
    case .products: ([.sku, .name, .category, .price, .currency], [.sku, .name])
    case .consents:
      (
        [.customer, .purpose, .channel, .state, .basis, .recordedAt],
        [.customer, .purpose, .state, .basis, .recordedAt]
      )
    }
  }
}

extension ImportMapping {
  func column(_ field: ImportField) -> String? {
    switch field {
    case .externalId: externalId
    case .customer: customer
    case .orderedAt: orderedAt
    case .currency: currency
    case .status: status
    case .sku: sku
    case .quantity: quantity
    case .unitPrice: unitPrice
    case .name: name
    case .category: category
    case .price: price
    case .purpose: purpose
    case .channel: channel
    case .state: state
    case .basis: basis
    case .recordedAt: recordedAt
    }
  }

  /// Every column that is named, with its place in the call.
  private var columns: [(path: String, column: String)] {
    var columns = ImportField.allCases.compactMap { field in
      column(field).map { ("/params/mapping/\(field.rawValue)", $0) }
    }
    columns += (traits ?? [:]).sorted { $0.key < $1.key }.map { ("/params/mapping/traits/\($0.key)", $0.value) }
    columns += (attributes ?? [:]).sorted { $0.key < $1.key }.map { ("/params/mapping/attributes/\($0.key)", $0.value) }
    columns += (identifiers ?? []).enumerated().map {
      ("/params/mapping/identifiers/\($0.offset)/column", $0.element.column)
    }
    return columns
  }

  /// Refuses a mapping that does not fit the kind, or names a column that the file has not.
  ///
  /// - Parameter header: the columns of the file, nil where each row has its own.
  func check(for kind: ImportKind, header: [String]?) throws {
    let (known, needed) = ImportField.of(kind)
    for field in ImportField.allCases where !known.contains(field) {
      if column(field) != nil { throw Self.fault("/\(field.rawValue)", "unknown", "is no field of \(kind.rawValue)") }
    }
    if kind != .profiles {
      if traits != nil { throw Self.fault("/traits", "unknown", "are of profiles only") }
      if identifiers != nil { throw Self.fault("/identifiers", "unknown", "are of profiles only") }
    }
    if kind != .products, attributes != nil { throw Self.fault("/attributes", "unknown", "are of products only") }
    for name in (fixed ?? [:]).keys.sorted() where !known.contains(where: { $0.rawValue == name }) {
      throw Self.fault("/fixed/\(name)", "unknown", "is no field of \(kind.rawValue)")
    }
    for name in (values ?? [:]).keys.sorted() where !known.contains(where: { $0.rawValue == name }) {
      throw Self.fault("/values/\(name)", "unknown", "is no field of \(kind.rawValue)")
    }
    for field in needed where column(field) == nil && fixed?[field.rawValue] == nil {
      throw Self.fault("/\(field.rawValue)", "required", "is needed for \(kind.rawValue)")
    }
    if price != nil || fixed?["price"] != nil, column(.currency) == nil, fixed?["currency"] == nil {
      throw Self.fault("/currency", "required", "is needed where there is a price")
    }
    guard let header else { return }
    for (path, column) in columns where !header.contains(column) {
      let names = header.prefix(20).map { "“\($0)”" }.joined(separator: ", ")
      throw InvalidParam(path: path, rule: "column", message: "names no column of the file, which has \(names)")
    }
  }

  private static func fault(_ path: String, _ rule: String, _ message: String) -> InvalidParam {
    InvalidParam(path: "/params/mapping\(path)", rule: rule, message: message)
  }
}

import CustomerBase
import JSON
import Models
import Postgres
import Server

/// A kind of records that files bring: how one is read of its rows, and what writes many.
protocol ImportTarget: Sendable {
  associatedtype Record: Sendable
  init(_ reader: RowReader, purposes: Set<String>)
  var reader: RowReader { get }
  /// The record that these rows are.
  func record(of rows: [ImportRow]) throws(RowFault) -> Record
  /// What tells the record from the others of the file; nil where each stands for itself.
  func key(of record: Record) -> String?
  /// What a person who was erased would be recognised by in the record.
  func erasedValues(of record: Record) -> [ErasedValue]
  /// Writes the records by what `*.import` writes them by.
  func write(_ records: [Record], in base: CustomerBase) async throws -> [UpsertOutcome]
  /// What writing would do, and whether the record leads to several customers.
  func compare(_ records: [Record], in base: CustomerBase) async throws -> [ComparedRow]
}

struct ProfileTarget: ImportTarget {
  let reader: RowReader

  init(_ reader: RowReader, purposes: Set<String>) { self.reader = reader }

  func record(of rows: [ImportRow]) throws(RowFault) -> ProfileRow {
    let row = rows[0]
    let imported: ImportedProfile
    if let mapping = reader.mapping {
      imported = try mapped(row, mapping)
    } else {
      imported = try reader.whole(row, as: ImportedProfile.self)
    }
    do {
      return try ProfileRow.checked(
        ProfileReference(source: reader.source, externalId: imported.externalId), imported.traits, imported.identifiers,
        at: "")
    } catch {
      throw RowFault(refused: error)
    }
  }

  private func mapped(_ row: ImportRow, _ mapping: ImportMapping) throws(RowFault) -> ImportedProfile {
    var profile = ImportedProfile(externalId: try reader.value(.externalId, of: row, mapping))
    var traits: [String: RawJSON] = [:]
    for (name, column) in mapping.traits ?? [:] { traits[name] = try reader.value(column, of: row) }
    var identifiers: [Identifier] = []
    for mapped in mapping.identifiers ?? [] {
      guard let text = try reader.text(mapped.column, of: row) else { continue }
      if let identifier = Identifier(kind: mapped.kind, value: text, verified: mapped.verified ?? false) {
        identifiers.append(identifier)
      } else if mapped.invalid == .trait {
        traits[mapped.kind.rawValue] = try reader.value(mapped.column, of: row)
      } else {
        throw RowFault(
          path: "/\(mapped.column)", rule: "format", message: "is no value of kind \(mapped.kind.rawValue)")
      }
    }
    if !traits.isEmpty { profile.traits = traits }
    if !identifiers.isEmpty { profile.identifiers = identifiers }
    return profile
  }

  func key(of record: ProfileRow) -> String? { record.reference.externalId.text }

  func erasedValues(of record: ProfileRow) -> [ErasedValue] { [record.reference.erasedValue] }

  func write(_ records: [ProfileRow], in base: CustomerBase) async throws -> [UpsertOutcome] {
    try await base.upsert(records).map(\.outcome)
  }

  func compare(_ records: [ProfileRow], in base: CustomerBase) async throws -> [ComparedRow] {
    try await base.compare(records)
  }
}

struct OrderTarget: ImportTarget {
  let reader: RowReader

  init(_ reader: RowReader, purposes: Set<String>) { self.reader = reader }

  func record(of rows: [ImportRow]) throws(RowFault) -> OrderRow {
    guard rows.count <= 1000 else {
      throw RowFault(path: "", rule: "size", message: "is of an order with more than 1000 lines")
    }
    guard let mapping = reader.mapping else {
      let order = try reader.whole(rows[0], as: ImportedOrder.self)
      guard order.lines.count <= 1000 else {
        throw RowFault(path: "/lines", rule: "size", message: "has more than 1000 elements")
      }
      return OrderRow(
        externalId: order.externalId, customer: order.customer, orderedAt: order.orderedAt, currency: order.currency,
        lines: order.lines, status: order.status ?? .placed)
    }
    let row = rows[0]
    var lines: [OrderLine] = []
    for row in rows {
      lines.append(
        OrderLine(
          sku: try reader.value(.sku, of: row, mapping), quantity: try reader.amount(.quantity, of: row, mapping),
          unitPrice: try reader.amount(.unitPrice, of: row, mapping)))
    }
    var status = OrderStatus.placed
    if let text = try reader.text(.status, of: row, mapping) { status = try reader.choice(.status, text, mapping) }
    return OrderRow(
      externalId: try reader.value(.externalId, of: row, mapping),
      customer: ProfileReference(source: reader.source, externalId: try reader.value(.customer, of: row, mapping)),
      orderedAt: try reader.moment(.orderedAt, of: row, mapping),
      currency: try reader.value(.currency, of: row, mapping), lines: lines,
      status: status)
  }

  func key(of record: OrderRow) -> String? { record.externalId.text }

  func erasedValues(of record: OrderRow) -> [ErasedValue] { record.erasedValues(from: reader.source) }

  func write(_ records: [OrderRow], in base: CustomerBase) async throws -> [UpsertOutcome] {
    try await base.importOrders(records, source: reader.source)
  }

  func compare(_ records: [OrderRow], in base: CustomerBase) async throws -> [ComparedRow] {
    try await base.compare(records, source: reader.source)
  }
}

struct ProductTarget: ImportTarget {
  let reader: RowReader

  init(_ reader: RowReader, purposes: Set<String>) { self.reader = reader }

  func record(of rows: [ImportRow]) throws(RowFault) -> Product {
    let product: Product
    if let mapping = reader.mapping {
      product = try mapped(rows[0], mapping)
    } else {
      product = try reader.whole(rows[0], as: Product.self)
    }
    guard (1...500).contains(product.name.utf8.count) else {
      throw RowFault(
        path: reader.mapping.map { reader.path(.name, $0) } ?? "/name", rule: "size",
        message: "must be 1 to 500 bytes long")
    }
    return product
  }

  private func mapped(_ row: ImportRow, _ mapping: ImportMapping) throws(RowFault) -> Product {
    var price: Money?
    if try reader.text(.price, of: row, mapping) != nil {
      price = Money(
        amount: try reader.amount(.price, of: row, mapping), currency: try reader.value(.currency, of: row, mapping))
    }
    var attributes: [String: RawJSON] = [:]
    for (name, column) in mapping.attributes ?? [:] { attributes[name] = try reader.value(column, of: row) }
    return Product(
      sku: try reader.value(.sku, of: row, mapping), name: try reader.needed(.name, of: row, mapping),
      category: try reader.text(.category, of: row, mapping), price: price,
      attributes: attributes.isEmpty ? nil : RawJSON(object: attributes))
  }

  func key(of record: Product) -> String? { record.sku.text }

  func erasedValues(of record: Product) -> [ErasedValue] { [] }

  func write(_ records: [Product], in base: CustomerBase) async throws -> [UpsertOutcome] {
    try await base.importProducts(records)
  }

  func compare(_ records: [Product], in base: CustomerBase) async throws -> [ComparedRow] {
    try await base.compare(records)
  }
}

struct ConsentTarget: ImportTarget {
  let reader: RowReader
  private let purposes: Set<String>

  init(_ reader: RowReader, purposes: Set<String>) {
    self.reader = reader
    self.purposes = purposes
  }

  func record(of rows: [ImportRow]) throws(RowFault) -> ConsentRow {
    let row = rows[0]
    guard let mapping = reader.mapping else {
      let consent = try reader.whole(row, as: ConsentRow.self)
      try check(consent, path: "/purpose")
      return consent
    }
    var channel: Channel?
    if try reader.text(.channel, of: row, mapping) != nil { channel = try reader.value(.channel, of: row, mapping) }
    let consent = ConsentRow(
      customer: ProfileReference(source: reader.source, externalId: try reader.value(.customer, of: row, mapping)),
      purpose: try reader.needed(.purpose, of: row, mapping), channel: channel,
      state: try reader.choice(.state, try reader.needed(.state, of: row, mapping), mapping),
      basis: try reader.value(.basis, of: row, mapping), recordedAt: try reader.moment(.recordedAt, of: row, mapping))
    try check(consent, path: reader.path(.purpose, mapping))
    return consent
  }

  private func check(_ consent: ConsentRow, path: String) throws(RowFault) {
    guard purposes.contains(consent.purpose) else {
      throw RowFault(path: path, rule: "value", message: "is no purpose that is defined")
    }
  }

  func key(of record: ConsentRow) -> String? { nil }

  func erasedValues(of record: ConsentRow) -> [ErasedValue] { [record.customer.erasedValue] }

  func write(_ records: [ConsentRow], in base: CustomerBase) async throws -> [UpsertOutcome] {
    try await base.importConsents(records)
  }

  func compare(_ records: [ConsentRow], in base: CustomerBase) async throws -> [ComparedRow] {
    try await base.compare(records)
  }
}

extension RowFault {
  /// What a check of a record says.
  init(refused error: any Error) {
    if let fault = error as? InvalidParam {
      self.init(path: fault.path, rule: fault.rule, message: fault.message)
    } else {
      self.init(error)
    }
  }
}

extension RawJSON {
  /// An object of these members.
  init(object members: [String: RawJSON]) {
    self.init(wellFormed: (try? encodeJSON(members, sortedKeys: true)) ?? Array("{}".utf8))
  }
}

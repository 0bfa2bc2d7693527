import CustomerBase
import Models
import Server
import Tables

/// Starts to import a file that was sent to `PUT /uploads`, or to tell what importing it would do.
///
/// The records are written by what `profiles.import` and its like write them by, a thousand rows at a time, and the job goes
/// on where it was when it is interrupted. Importing a file again changes nothing. The job's result counts the records that
/// are new, changed and duplicate, and tells where the rejected rows can be fetched; an upload is gone once it is imported.
/// The token needs the scope of writing the kind too.
struct StartImport: Method {
  static let name = "imports.start"
  static let access = Access.write(.imports)
  static let failures: [Failure] = [.notFound]

  /// Id that `PUT /uploads` answered.
  var upload: ID<Upload>
  /// What the file has.
  var kind: ImportKind
  /// How it is written.
  var format: ImportFormat
  /// System the records come from; needed but for products.
  var source: SourceName?
  /// Which column is which field; without one each line of JSON Lines is a row as `profiles.import` and its like take it.
  var mapping: ImportMapping?
  /// How comma-separated values are written; what is absent is found out.
  var csv: ImportDialect?
  /// Whether to write; `validate` only tells what would become of the records.
  var mode: ImportMode

  static func example(in data: ExampleData) -> StartImport {
    StartImport(
      upload: data.upload, kind: .profiles, format: .csv, source: .crm,
      mapping: ImportMapping(
        externalId: "Customer ID", traits: ["givenName": "First name"],
        identifiers: [MappedIdentifier(kind: .email, column: "E-Mail", verified: true)]),
      mode: .validate)
  }

  func run(_ call: Call) async throws -> JobReference {
    try call.require(Access.write(kind.noun))
    guard source != nil || kind == .products else {
      throw InvalidParam(path: "/params/source", rule: "required", message: "is needed for \(kind.rawValue)")
    }
    guard mapping != nil || format == .jsonl else {
      throw InvalidParam(path: "/params/mapping", rule: "required", message: "is needed for csv")
    }
    guard csv == nil || format == .csv else {
      throw InvalidParam(path: "/params/csv", rule: "unknown", message: "is of the format csv only")
    }
    let found = try await StoredFile.find(upload, .upload, for: call.principal, at: call.now, in: call.database)
    guard let file = found else { throw Failure.notFound.about("upload") }
    var dialect: FoundDialect?
    if format == .csv {
      dialect = try FoundDialect(csv, beginning: try await file.part(from: 0, in: call.database))
    }
    try mapping?.check(for: kind, header: dialect?.header)
    return try call.start(
      ImportWork(
        upload: upload, kind: kind, mode: mode, source: source ?? SourceName(fixed: "products"), mapping: mapping,
        dialect: dialect, owner: call.principal?.key ?? ""))
  }
}

/// Whether an import writes.
enum ImportMode: String, Codable, CaseIterable, Sendable {
  /// Tell what would become of the records; nothing is written.
  case validate
  /// Write the records.
  case upsert
}

extension ImportKind {
  var noun: Noun {
    switch self {
    case .profiles: .profiles
    case .orders: .orders
    case .products: .products
    case .consents: .consents
    }
  }
}

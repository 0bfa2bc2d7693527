import CustomerBase
import Models
import Server

/// Starts to write a file of everything of a kind, on one state of the data.
///
/// The file is fetched at the path of the service that the job's result names, for a week, by whoever started it and by
/// staff; it goes earlier when somebody is erased. In CSV a field that a spreadsheet would take for a formula has an
/// apostrophe in front. The token needs the scope of reading the kind too.
struct StartExport: Method {
  static let name = "exports.start"
  static let access = Access.write(.exports)

  /// What to write.
  var kind: ImportKind
  /// How to write it.
  var format: ImportFormat
  /// Only what came from this system; of consents, those of its profiles. Not for products, which are of no system.
  var source: SourceName?

  static func example(in _: ExampleData) -> StartExport { StartExport(kind: .orders, format: .csv, source: .shop) }

  func run(_ call: Call) async throws -> JobReference {
    try call.require(Access.read(kind.noun))
    guard source == nil || kind != .products else {
      throw InvalidParam(path: "/params/source", rule: "unknown", message: "is not told of products")
    }
    return try call.start(
      ExportWork(kind: kind, format: format, source: source, owner: call.principal?.key ?? ""))
  }
}

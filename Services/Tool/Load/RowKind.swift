import ArgumentParser
import JSON

/// What the rows of a load are, and which method takes them.
enum RowKind: String, CaseIterable, Codable, ExpressibleByArgument {
  case profiles, orders, products, events

  var service: Service { self == .events ? .acquisition : .channelIntegration }

  var method: String { self == .events ? "events.collect" : "\(rawValue).import" }

  /// Whether the method asks which system the rows come from.
  var hasSource: Bool { self == .profiles || self == .orders }

  /// Rows in one call, so many that its transaction stays well under a second.
  var rowsPerCall: Int { self == .orders ? 200 : 500 }

  /// The text of a call's params.
  func params(source: String?, rows: [[UInt8]]) throws -> [UInt8] {
    let sourceMember = try source.map { #""source":\#(try encodeJSONText($0)),"# } ?? ""
    let list = self == .events ? "batch" : "rows"
    var params = Array(#"{\#(sourceMember)"\#(list)":["#.utf8)
    params.append(contentsOf: rows.joined(separator: [UInt8(ascii: ",")]))
    params.append(contentsOf: Array("]}".utf8))
    return params
  }
}

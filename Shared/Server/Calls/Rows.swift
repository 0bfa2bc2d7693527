import CustomerBase
import JSON
import JSONRPC
import Models

/// The rows of a bulk call, at most 1,000: each is read by itself, so that one that is not in order is rejected and the
/// others are taken.
public struct Rows<Row: Codable & Sendable>: Codable, Sendable {
  private enum Reading: Sendable {
    case row(Row)
    case fault(String)
  }

  private var readings: [Reading]

  public static var maximum: Int { 1000 }

  public init(_ rows: [Row]) {
    readings = rows.map(Reading.row)
  }

  public init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    readings = []
    readings.reserveCapacity(container.count ?? 0)
    while !container.isAtEnd {
      guard readings.count < Self.maximum else {
        throw DecodingError.dataCorrupted(
          .init(codingPath: decoder.codingPath, debugDescription: "has more than \(Self.maximum) rows"))
      }
      readings.append(Self.read(try container.decode(JSONNode.self), at: readings.count))
    }
  }

  private static func read(_ node: JSONNode, at index: Int) -> Reading {
    do {
      return .row(try node.decode(Row.self, rejectingUnknownMembers: true))
    } catch {
      let texts = (paramFaults(from: error) ?? []).map { "\($0.path) \($0.message)" }
      return .fault(texts.isEmpty ? "is not a row" : texts.joined(separator: "; "))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    for case .row(let row) in readings { try container.encode(row) }
  }

  /// Checks the rows, writes those in order together, and tells what became of each.
  ///
  /// - Parameter write: Answers what became of each row; nil for one that is of an erased person.
  public func imported<Checked>(
    _ write: ([Checked]) async throws -> [UpsertOutcome?],
    checking check: (_ row: Row, _ path: String) throws -> Checked
  ) async throws -> ImportReport {
    var report = ImportReport(accepted: 0, updated: 0, unchanged: 0, rejected: [])
    var checked: [Checked] = []
    var positions: [Int] = []
    for (index, reading) in readings.enumerated() {
      do {
        switch reading {
        case .row(let row):
          checked.append(try check(row, "/params/rows/\(index)"))
          positions.append(index)
        case .fault(let message): report.reject(index, message)
        }
      } catch let fault as InvalidParam {
        report.reject(index, "\(fault.path) \(fault.message)")
      }
    }
    guard !checked.isEmpty else { return report }
    for (index, outcome) in zip(positions, try await write(checked)) {
      switch outcome {
      case nil:
        report.rejected.append(RejectedRow(index: index, type: Failure.erased.type, message: Failure.erased.message))
      case .created: report.accepted += 1
      case .updated: report.updated += 1
      case .unchanged: report.unchanged += 1
      }
    }
    report.rejected.sort { $0.index < $1.index }
    return report
  }
}

extension Rows: SchemaStandIn {
  public static var original: any Decodable.Type { [Row].self }
  public static var example: Rows { Rows([]) }

  public static func narrowed(_ schema: JSONSchema) -> JSONSchema {
    var schema = schema
    schema.maximumItems = maximum
    return schema
  }
}

extension ImportReport {
  fileprivate mutating func reject(_ index: Int, _ message: String) {
    rejected.append(RejectedRow(index: index, type: "invalid_params", message: message))
  }
}

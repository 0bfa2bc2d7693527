import JSON
import JSONRPC
import Models

@testable import Acquisition
@testable import ChannelIntegration
@testable import Expansion
@testable import PerformanceMeasurement
@testable import Retention
@testable import Server

/// What in the services reads bytes of strangers, as `FuzzTarget` has it for the libraries below them.
enum ServiceTarget: String, CaseIterable, Sendable {
  case call, params, events, cursor

  /// Takes the bytes; gives what is wrong with what became of them, nil when all is as it should be.
  func fault(in bytes: [UInt8]) -> String? {
    switch self {
    case .call: callFault(bytes)
    case .params: paramsFault(bytes)
    case .events: eventsFault(bytes)
    case .cursor: cursorFault(bytes)
    }
  }
}

/// Each call of a body has one text that tells it from others, however its members are ordered and its blanks set.
private func callFault(_ bytes: [UInt8]) -> String? {
  guard let root = try? JSONDocument(parsing: bytes).root else { return nil }
  guard let first = texts(bytes), let second = texts(root.prettyPrinted) else {
    return "what was read is written so that it cannot be read"
  }
  return first == second ? nil : "a call has two texts"
}

private func texts(_ bytes: [UInt8]) -> [[UInt8]]? {
  do throws(RPCRefusal) {
    return try RPCEnvelope(parsing: bytes).calls.compactMap { try? $0.get().digest() }
  } catch {
    return error.error.code == .parseError ? nil : []
  }
}

private let services: [any SuiteService.Type] = [
  AcquisitionService.self, RetentionService.self, ExpansionService.self, ChannelIntegrationService.self,
  PerformanceMeasurementService.self,
]
private let methods = services.flatMap { service in service.allMethods.map(entry) }

private func entry(_ method: any Method.Type) -> RPCMethodEntry<Call> {
  func opened<M: Method>(_: M.Type) -> RPCMethodEntry<Call> { RPCMethodEntry(M.self) }
  return opened(method)
}

/// Params make a method, or are refused with the place of what is wrong; never is it an internal error. The first byte
/// chooses the method.
private func paramsFault(_ bytes: [UInt8]) -> String? {
  guard let first = bytes.first, let root = try? JSONDocument(parsing: Array(bytes[1...])).root else { return nil }
  let method = methods[Int(first) % methods.count]
  do {
    _ = try method.decode(root)
    return nil
  } catch {
    let isRefusal = paramFaults(from: error) != nil || error is InvalidParam || error is RPCError
    return isRefusal ? nil : "\(method.name) answers an internal error: \(error)"
  }
}

/// Each event of a batch is taken or rejected with its place.
private func eventsFault(_ bytes: [UInt8]) -> String? {
  guard let root = try? JSONDocument(parsing: bytes).root else { return nil }
  let batch = EventBatch(root)
  let count = root.kind == .array ? root.count : 1
  guard batch.events.count + batch.rejected.count == count else { return "an event has no fate" }
  let receipt = Timestamp(microsecondsSinceEpoch: 1_800_000_000_000_000)
  for event in batch.events {
    if Timestamp("\(event.times.occurred(receivedAt: receipt))") == nil { return "an event's time cannot be told" }
    if event.toldIdentifiers.contains(where: { $0.value.isEmpty }) { return "an event tells an empty identifier" }
  }
  return nil
}

/// A cursor is one of its list or refused as a param.
private func cursorFault(_ bytes: [UInt8]) -> String? {
  let text = String(decoding: bytes, as: UTF8.self)
  do {
    guard let position: [String] = try Cursor.position(text, of: ["filter"]) else { return "a cursor is none" }
    let written = try Cursor.text(after: position, of: ["filter"])
    return try Cursor<[String]>.position(written, of: ["filter"]) == position ? nil : "a cursor changes on its way"
  } catch {
    return error is InvalidParam ? nil : "a cursor is refused as \(error)"
  }
}

import JSONRPC
import Models

/// What the specification's methods note down.
actor Notes {
  private(set) var lines: [String] = []

  func add(_ line: String) { lines.append(line) }
}

struct Subtract: RPCMethod {
  static let name = "subtract"
  var minuend: Int
  var subtrahend: Int

  func run(_ notes: Notes) async throws -> Int { minuend - subtrahend }
}

struct Sum: RPCMethod {
  static let name = "sum"
  var a: Int
  var b: Int
  var c: Int

  func run(_ notes: Notes) async throws -> Int { a + b + c }
}

struct Update: RPCMethod {
  static let name = "update"
  var a: Int
  var b: Int
  var c: Int
  var d: Int
  var e: Int

  func run(_ notes: Notes) async throws -> Int {
    await notes.add("update \(a)\(b)\(c)\(d)\(e)")
    return 0
  }
}

struct NotifyHello: RPCMethod {
  static let name = "notify_hello"
  var greeting: Int

  func run(_ notes: Notes) async throws -> Int {
    await notes.add("hello \(greeting)")
    return 0
  }
}

struct NotifySum: RPCMethod {
  static let name = "notify_sum"
  var a: Int
  var b: Int
  var c: Int

  func run(_ notes: Notes) async throws -> Int {
    await notes.add("sum \(a + b + c)")
    return 0
  }
}

struct GetData: RPCMethod {
  static let name = "get_data"

  func run(_ notes: Notes) async throws -> RawJSON { RawJSON(wellFormed: #"["hello",5]"#) }
}

struct Break: RPCMethod {
  static let name = "break"
  var how: String

  struct Secret: Error {}

  func run(_ notes: Notes) async throws -> Int {
    switch how {
    case "domain": throw RPCError(code: RPCErrorCode(rawValue: 1001), message: "No consent.")
    case "decoding": throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "secret"))
    default: throw Secret()
    }
  }
}

/// Waits longer the smaller its place, so that answers would come in the wrong order.
struct Wait: RPCMethod {
  static let name = "wait"
  var milliseconds: Int

  func run(_ notes: Notes) async throws -> Int {
    try await Task.sleep(for: .milliseconds(milliseconds))
    await notes.add("\(milliseconds)")
    return milliseconds
  }
}

let specification = RPCDispatcher<Notes>(methods: [
  RPCMethodEntry(Subtract.self), RPCMethodEntry(Sum.self), RPCMethodEntry(Update.self),
  RPCMethodEntry(NotifyHello.self), RPCMethodEntry(NotifySum.self), RPCMethodEntry(GetData.self),
  RPCMethodEntry(Break.self), RPCMethodEntry(Wait.self),
])

import Foundation
import JSON

/// A click as a Segment library sends it: what the benchmark decodes.
struct Click: Codable {
  struct Properties: Codable {
    var sku: String
    var price: Double
    var quantity: Int
    var currency: String
    var isGift: Bool
  }
  struct Context: Codable {
    struct Page: Codable {
      var path: String
      var title: String
      var url: String
    }
    var page: Page
    var locale: String
  }
  var type: String
  var event: String
  var messageId: String
  var anonymousId: String
  var timestamp: String
  var sentAt: String
  var properties: Properties
  var context: Context
}

let text =
  #"{"type":"track","event":"Product Added","messageId":"ajs-next-0193a1f2-7c4e-7b1a","#
  + #""anonymousId":"0193a1f2-7c4e-7b1a-9d2e-3f4a5b6c7d8e","timestamp":"2026-11-22T14:20:43.123Z","#
  + #""sentAt":"2026-11-22T14:20:43.456Z","properties":{"sku":"G-32","price":18.99,"quantity":1,"#
  + #""currency":"EUR","isGift":false},"context":{"page":{"path":"/products/g-32","title":"Garden chair","#
  + #""url":"https://shop.example/products/g-32"},"locale":"de-DE"}}"#
let bytes = Array(text.utf8)
let data = Data(bytes)

/// Runs a second of the work at least three times, gives the most runs a second.
func rate(_ work: () throws -> Void) rethrows -> Double {
  let clock = ContinuousClock()
  var best = 0.0
  for _ in 0..<3 {
    var runs = 0
    let start = clock.now
    while clock.now - start < .milliseconds(400) {
      for _ in 0..<500 { try work() }
      runs += 500
    }
    let elapsed = clock.now - start
    best = max(best, Double(runs) / (elapsed / .seconds(1)))
  }
  return best
}

func line(_ name: String, _ rate: Double) -> String {
  "\(name): \(Int(rate)) a second, \(Int(rate * Double(bytes.count) / 1_000_000)) MB/s"
}

/// Seconds of processor time this thread has had: what other processes take meanwhile does not count.
func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1_000_000_000
}

/// Runs each work in turn, five times over, and gives the most runs a second of each.
func rates(_ works: [(name: String, work: () throws -> Void)]) throws -> [Double] {
  var best = [Double](repeating: 0, count: works.count)
  for _ in 0..<5 {
    for (position, work) in works.enumerated() {
      let runs = 20_000
      let start = processorSeconds()
      for _ in 0..<runs { try work.work() }
      best[position] = max(best[position], Double(runs) / (processorSeconds() - start))
    }
  }
  return best
}

/// The click read without `Decodable`, as a hot path may.
func read(_ node: JSONNode) -> Click? {
  guard let type = node["type"]?.string, let event = node["event"]?.string,
    let messageId = node["messageId"]?.string, let anonymousId = node["anonymousId"]?.string,
    let timestamp = node["timestamp"]?.string, let sentAt = node["sentAt"]?.string,
    let properties = node["properties"], let context = node["context"], let page = context["page"],
    let sku = properties["sku"]?.string, let price = properties["price"]?.double,
    let quantity = properties["quantity"]?.integer, let currency = properties["currency"]?.string,
    let isGift = properties["isGift"]?.bool, let path = page["path"]?.string, let title = page["title"]?.string,
    let url = page["url"]?.string, let locale = context["locale"]?.string
  else { return nil }
  return Click(
    type: type, event: event, messageId: messageId, anonymousId: anonymousId, timestamp: timestamp, sentAt: sentAt,
    properties: .init(sku: sku, price: price, quantity: quantity, currency: currency, isGift: isGift),
    context: .init(page: .init(path: path, title: title, url: url), locale: locale))
}

let click = try JSONDocument(parsing: bytes).root.decode(Click.self)
let works: [(name: String, work: () throws -> Void)] = [
  ("Foundation, decoded", { _ = try JSONDecoder().decode(Click.self, from: data) }),
  ("strict, decoded", { _ = try JSONDocument(parsing: bytes).root.decode(Click.self) }),
  (
    "strict, decoded, refusing unknown members",
    { _ = try JSONDocument(parsing: bytes).root.decode(Click.self, rejectingUnknownMembers: true) }
  ),
  ("strict, the same values read from nodes", { _ = try read(JSONDocument(parsing: bytes).root) }),
  ("strict, parsed only", { _ = try JSONDocument(parsing: bytes) }),
  ("Foundation, encoded", { _ = try JSONEncoder().encode(click) }),
  ("strict, encoded", { _ = try encodeJSON(click) }),
]
let measured = try rates(works)
var report = "a click of \(bytes.count) bytes, a second of one core\n"
for (work, rate) in zip(works, measured) {
  report += "\(work.name): \(Int(rate)), \(Int(rate * Double(bytes.count) / 1_000_000)) MB\n"
}
report += "decoding is \((measured[1] / measured[0] * 10).rounded() / 10) times Foundation's\n"
FileHandle.standardOutput.write(Data(report.utf8))

/// The purchases of a tenth of the customers who first bought at the music shop CDNOW early in 1997.
///
/// The file `CDNOW_sample.txt` of Fader & Hardie (brucehardie.com/datasets), as the package `lifetimes` carries it.
public enum CDNOW {
  /// One purchase; there may be several on one day.
  public struct Purchase: Hashable, Sendable {
    /// Number of the customer within the sample, from 1.
    public var customer: Int
    /// Day, as 1997-01-31.
    public var day: String
    /// Compact discs bought.
    public var quantity: Int
    /// US dollars, as written: 29.33.
    public var amount: String
  }

  /// All purchases of the file, by customer and day as they stand there.
  ///
  /// Throws a sentence with the line where one is no purchase.
  public static func purchases(path: String) throws -> [Purchase] {
    let lines = try TextLines(path: path)
    var purchases: [Purchase] = []
    var number = 0
    var line: [UInt8] = []
    while try lines.appendNext(to: &line) {
      defer { line.removeAll(keepingCapacity: true) }
      number += 1
      let fields = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }
        .map { String(decoding: $0, as: UTF8.self) }
      if fields.isEmpty { continue }
      guard fields.count == 5, let customer = Int(fields[1]), let day = dashed(fields[2]),
        let quantity = Int(fields[3]), Double(fields[4]) != nil
      else { throw DatasetError("\(path) has no purchase in line \(number)") }
      purchases.append(Purchase(customer: customer, day: day, quantity: quantity, amount: fields[4]))
    }
    return purchases
  }
}

/// 1997-01-31 for 19970131, nil when it is not eight digits.
func dashed(_ day: String) -> String? {
  guard day.utf8.count == 8, day.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
    return nil
  }
  return "\(day.prefix(4))-\(day.dropFirst(4).prefix(2))-\(day.suffix(2))"
}

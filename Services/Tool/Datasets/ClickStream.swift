/// The click-stream of a made-up shop, as the package `retentioneering` carries it: `ecom.csv`.
public enum ClickStream {
  /// One step of a visit.
  public struct Event: Hashable, Sendable {
    /// Who: user_0000.
    public var user: String
    /// Visit the event belongs to; 30 minutes of silence end one.
    public var session: String
    /// What happened: product_view, add_to_cart, purchase and so on.
    public var name: String
    /// When, RFC 3339, taken as UTC.
    public var occurredAt: String
    /// Device: desktop, mobile and so on.
    public var platform: String
    /// Channel that first brought the user in.
    public var acquisitionChannel: String
    /// Month the user first came, as 2024-01.
    public var cohort: String
    /// Stage of the user: new, returning and so on.
    public var lifecycle: String
  }

  /// All events of a file, in its order.
  public static func events(path: String) throws -> [Event] {
    let reader = try CSVReader(path: path)
    let places = try reader.columns(
      "user_id", "session_id", "event", "timestamp", "platform", "acquisition_channel", "user_cohort", "user_lifecycle")
    var events: [Event] = []
    while let fields = try reader.next() {
      let values = places.map { fields[$0] }
      guard let occurredAt = moment(values[3]) else { throw reader.error("has a time that is none") }
      events.append(
        Event(
          user: values[0], session: values[1], name: values[2], occurredAt: occurredAt, platform: values[4],
          acquisitionChannel: values[5], cohort: values[6], lifecycle: values[7]))
    }
    return events
  }
}

/// 2024-03-13T10:21:14Z for 2024-03-13 10:21:14, nil when it has another form.
func moment(_ text: String) -> String? {
  let bytes = Array(text.utf8)
  guard bytes.count == 19 else { return nil }
  for (position, byte) in bytes.enumerated() {
    switch position {
    case 4, 7: guard byte == UInt8(ascii: "-") else { return nil }
    case 10: guard byte == UInt8(ascii: " ") else { return nil }
    case 13, 16: guard byte == UInt8(ascii: ":") else { return nil }
    default: guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
    }
  }
  return "\(text.prefix(10))T\(text.suffix(8))Z"
}

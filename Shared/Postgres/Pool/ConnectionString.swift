import CLibpq

/// A connection string taken apart, to reach another database of the same server or to hand it to PostgreSQL's programs.
public struct ConnectionString: Sendable, Hashable {
  private var parameters: [(keyword: String, value: String)]

  /// Reads what libpq takes, a URI or key=value; what is not given stays open for libpq's own defaults.
  public init(_ text: String) throws(PostgresError) {
    var message: UnsafeMutablePointer<CChar>?
    guard let list = PQconninfoParse(text, &message) else {
      defer { PQfreemem(message) }
      let reason = message.map { String(cString: $0).trimmingEnd } ?? "no reason"
      throw PostgresError(.unavailable, "the connection string cannot be read: \(reason)")
    }
    defer { PQconninfoFree(list) }
    parameters = []
    var option = list
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val {
        parameters.append((String(cString: keyword), String(cString: value)))
      }
      option += 1
    }
  }

  /// A parameter's value, as `dbname`; nil where the string says nothing of it.
  public subscript(keyword: String) -> String? {
    get { parameters.first { $0.keyword == keyword }?.value }
    set {
      parameters.removeAll { $0.keyword == keyword }
      if let newValue { parameters.append((keyword, newValue)) }
    }
  }

  /// The same with another value of the parameter, or without it.
  public func with(_ keyword: String, _ value: String?) -> ConnectionString {
    var other = self
    other[keyword] = value
    return other
  }

  /// The string as key=value.
  public var text: String {
    parameters.map { keyword, value in
      let escaped = value.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
      return "\(keyword)='\(escaped)'"
    }.joined(separator: " ")
  }

  public static func == (left: Self, right: Self) -> Bool { left.text == right.text }

  public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension String {
  fileprivate var trimmingEnd: String {
    var text = self[...]
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}

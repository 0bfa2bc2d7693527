/// Which methods the bearers of which certificates may call.
///
/// A text of lines: a name of a certificate, then patterns of methods with white space between them; `!` and a serial
/// number, for a certificate that is revoked; or a comment after `#`. A pattern is `orders.import`, `orders.*` or `*`,
/// in one service only as `channel-integration/jobs.*`. What is on no line may call nothing.
struct ClientAllowList: Hashable, Sendable {
  private struct Pattern: Hashable {
    /// Nil for every service.
    let service: String?
    /// `*`, all methods of a noun as `orders.`, or one method.
    let method: String

    init?(_ text: Substring) {
      let parts = text.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count <= 2, let method = parts.last, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
      service = parts.count == 2 ? String(parts[0]) : nil
      let names = method.split(separator: ".", omittingEmptySubsequences: false)
      guard method == "*" || names.count == 2 && Self.isName(names[0]) && (names[1] == "*" || Self.isName(names[1]))
      else { return nil }
      self.method = method != "*" && names[1] == "*" ? "\(names[0])." : String(method)
    }

    private static func isName(_ text: Substring) -> Bool {
      !text.isEmpty && text.utf8.allSatisfy { (0x61...0x7a).contains($0 | 0x20) }
    }

    func matches(_ name: String, of service: String) -> Bool {
      guard self.service == nil || self.service == service else { return false }
      return method == "*" || method == name || method.hasSuffix(".") && name.hasPrefix(method)
    }
  }

  private var patterns: [String: [Pattern]] = [:]
  private var revoked: Set<String> = []

  init(parsing text: String) throws {
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let words = line.split(whereSeparator: \.isWhitespace)
      guard let first = words.first, !first.hasPrefix("#") else { continue }
      if first.hasPrefix("!") {
        let serial = ClientCertificate.serialDigits(first.dropFirst())
        guard words.count == 1, !serial.isEmpty, serial.allSatisfy(\.isHexDigit) else {
          throw WrongFile(description: "Line \(index + 1) revokes \(line.dropFirst()), which is no serial number.")
        }
        revoked.insert(serial)
        continue
      }
      let isURI = first.contains("://")
      let name = isURI ? String(first) : first.lowercased()
      for word in words.dropFirst() {
        guard let pattern = Pattern(word) else {
          throw WrongFile(
            description: "Line \(index + 1) has \(word), which is no method, as orders.import or orders.*.")
        }
        patterns[name, default: []].append(pattern)
      }
    }
  }

  /// Why the bearer of the certificate may not call the method; nil when it may.
  func objection(to certificate: ClientCertificate, calling method: String, of service: String) -> String? {
    if revoked.contains(certificate.serial) { return "the client's certificate is revoked" }
    let isAllowed = certificate.names.contains { name in
      patterns[name]?.contains { $0.matches(method, of: service) } ?? false
    }
    return isAllowed ? nil : "the client's certificate is not listed for \(method)"
  }
}

/// Whether a call may come from where it comes, beside what its token says.
struct ClientAccess: Sendable {
  let rule: ClientCertificateRule
  /// Nil admits every certificate of the clients' authorities.
  let list: Reloaded<ClientAllowList>?

  /// Why the caller may not call the method; nil when it may.
  func objection(to ticket: Ticket, calling method: String, of service: String) -> String? {
    guard let certificate = ticket.clientCertificate else {
      let mayLackOne = rule == .optional || rule == .services && ticket.principal?.role != .service
      return mayLackOne ? nil : "needs a client's certificate"
    }
    return list?.value.objection(to: certificate, calling: method, of: service)
  }
}

/// An e-mail address, normalised to lower case so that two spellings of one mailbox compare equal.
///
/// Takes the addresses that mail systems deliver to in practice: a dot-atom local part and a domain of at least two
/// labels; quoted local parts and address literals are refused.
public struct EmailAddress: TextValue {
  public let text: String
  public static let expectation = "an e-mail address"

  public init(normal text: String) { self.text = text }

  public static func normalise(_ text: String) -> String? {
    let address = trimmed(text).lowercased()
    guard address.utf8.count <= 254, let at = address.utf8.lastIndex(of: UInt8(ascii: "@")) else {
      return nil
    }
    let local = address[..<at]
    let domain = address[address.utf8.index(after: at)...]
    guard (1...64).contains(local.utf8.count) else { return nil }
    // Nearly all addresses are ASCII, where bytes are characters and need not be made into them first.
    let isPlain = address.utf8.allSatisfy { $0 < 0x80 }
    let isAddress = isPlain ? isDotAtom(local.utf8) && isDomain(domain.utf8) : isDotAtom(local) && isDomain(domain)
    return isAddress ? address : nil
  }

  /// Part before the `@`, without a `+tag`.
  public var mailbox: Substring {
    text.prefix { $0 != "@" && $0 != "+" }
  }

  /// Whether many people may stand behind the address (`info@`, `sales@`): RFC 2142's names and their common kin.
  /// Such an address identifies nobody.
  public var isRole: Bool {
    Self.roles.contains(mailbox)
  }

  /// The mailboxes of such addresses.
  public static let roles: Set<Substring> = [
    "abuse", "accounts", "admin", "billing", "careers", "contact", "customerservice", "enquiries", "feedback", "ftp",
    "hello", "help", "helpdesk", "hostmaster", "hr", "info", "inquiries", "invoice", "invoices", "it", "jobs",
    "kontakt",
    "mail", "mailer-daemon", "marketing", "news", "newsletter", "no-reply", "noc", "noreply", "office", "orders",
    "postmaster", "press", "privacy", "rechnung", "reception", "sales", "security", "service", "shop", "staff",
    "support", "team", "usenet", "uucp", "webmaster", "www",
  ]

  private static func isDotAtom(_ local: Substring) -> Bool {
    local.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
      !atom.isEmpty
        && atom.unicodeScalars.allSatisfy { scalar in
          !scalar.isASCII || isLetterOrDigit(scalar) || "!#$%&'*+-/=?^_`{|}~".unicodeScalars.contains(scalar)
        }
    }
  }

  private static func isDotAtom(_ local: Substring.UTF8View) -> Bool {
    var isAtomEmpty = true
    for byte in local {
      if byte == UInt8(ascii: ".") {
        guard !isAtomEmpty else { return false }
        isAtomEmpty = true
      } else {
        guard isLetterOrDigit(Unicode.Scalar(byte)) || signs.contains(byte) else { return false }
        isAtomEmpty = false
      }
    }
    return !isAtomEmpty
  }

  private static func isDomain(_ domain: Substring.UTF8View) -> Bool {
    var labels = 1
    var length = 0
    var last = UInt8(ascii: "-")
    for byte in domain {
      if byte == UInt8(ascii: ".") {
        guard last != UInt8(ascii: "-") else { return false }
        labels += 1
        length = 0
        last = UInt8(ascii: "-")
      } else {
        // What stands before a label counts as a hyphen, so that neither an empty label nor one with a hyphen at an end
        // passes.
        guard isLetterOrDigit(Unicode.Scalar(byte)) || byte == UInt8(ascii: "-") && length > 0 else { return false }
        length += 1
        guard length <= 63 else { return false }
        last = byte
      }
    }
    return labels >= 2 && last != UInt8(ascii: "-")
  }

  private static let signs = Array("!#$%&'*+-/=?^_`{|}~".utf8)

  /// Unicode's tables are asked only for what is beyond ASCII.
  private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9": true
    default: !scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
    }
  }

  private static func isDomain(_ domain: Substring) -> Bool {
    let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
    return labels.count >= 2
      && labels.allSatisfy { label in
        (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
          && label.unicodeScalars.allSatisfy { scalar in
            scalar == "-" || isLetterOrDigit(scalar)
          }
      }
  }
}

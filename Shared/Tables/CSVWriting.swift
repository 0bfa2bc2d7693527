/// Appends a record of comma-separated values with CRLF at its end (RFC 4180).
///
/// A spreadsheet takes a field that begins with `=`, `+`, `-`, `@`, a tabulator or a carriage return for a formula and
/// carries it out, so such a field gets an apostrophe in front, unless it is a number or a telephone number.
public func appendCSV(_ fields: some Sequence<String?>, to bytes: inout [UInt8]) {
  var isFirst = true
  for field in fields {
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    isFirst = false
    if let field { appendField(field, to: &bytes) }
  }
  bytes.append(contentsOf: "\r\n".utf8)
}

private func appendField(_ field: String, to bytes: inout [UInt8]) {
  let utf8 = field.utf8
  let isFormula = utf8.first.map { "=+-@\t\r".utf8.contains($0) } == true && !isNumber(utf8)
  let isQuoted =
    isFormula || utf8.contains { [UInt8](",;\"\r\n\t".utf8).contains($0) }
    || utf8.first == UInt8(ascii: " ") || utf8.last == UInt8(ascii: " ")
  guard isQuoted else {
    bytes.append(contentsOf: utf8)
    return
  }
  bytes.append(UInt8(ascii: "\""))
  if isFormula { bytes.append(UInt8(ascii: "'")) }
  for byte in utf8 {
    if byte == UInt8(ascii: "\"") { bytes.append(byte) }
    bytes.append(byte)
  }
  bytes.append(UInt8(ascii: "\""))
}

/// Whether the text is a sign and digits with at most one point: an amount, or a telephone number in E.164.
private func isNumber(_ text: String.UTF8View) -> Bool {
  let digits = text.dropFirst()
  guard let sign = text.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), !digits.isEmpty else {
    return false
  }
  return digits.count { $0 == UInt8(ascii: ".") } <= 1
    && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: ".") }
}

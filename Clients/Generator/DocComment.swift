/// A JSDoc comment of a text, in lines of at most 120 characters, with a newline at its end.
func docComment(_ text: String, indentation: Int) -> String {
  let width = 117 - indentation
  let lines = text.replacing("*/", with: "*∕").split(separator: "\n", omittingEmptySubsequences: false)
    .flatMap { wrapped($0, width: width) }
  let margin = spaces(indentation)
  if lines.count == 1, lines[0].count <= width - 4 { return "\(margin)/** \(lines[0]) */\n" }
  return "\(margin)/**\n" + lines.map { "\(margin) *\($0.isEmpty ? "" : " ")\($0)\n" }.joined() + "\(margin) */\n"
}

func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

/// The words of a line in lines of that width; those of a list's item stand below its first word.
private func wrapped(_ line: Substring, width: Int) -> [String] {
  let hanging = line.hasPrefix("- ") ? "  " : ""
  var lines: [String] = []
  var current = ""
  for word in line.split(separator: " ") {
    if !current.isEmpty, current.count + 1 + word.count > width {
      lines.append(current)
      current = hanging + word
    } else {
      current += current.isEmpty ? String(word) : " \(word)"
    }
  }
  return lines + [current]
}

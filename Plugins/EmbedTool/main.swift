import Foundation

// Usage: EmbedTool <output.swift> <file>…: writes the files' texts as raw string literals.
// Literals compile in no time where `.embedInCode` resources of the same size take minutes.

func literal(_ text: String) -> String {
  var fence = "#"
  while text.contains("\"\"\"" + fence) { fence += "#" }
  return "\(fence)\"\"\"\n\(text)\n\"\"\"\(fence)"
}

let output = URL(filePath: CommandLine.arguments[1])
var migrations: [String] = []
var contract = "\"\""
var template = "\"\""
for path in CommandLine.arguments.dropFirst(2) {
  let file = URL(filePath: path)
  let text = try String(contentsOf: file, encoding: .utf8)
  switch file.pathExtension {
  case "sql":
    migrations.append("(name: \"\(file.deletingPathExtension().lastPathComponent)\", sql: \(literal(text)))")
  case "conf": template = literal(text)
  default: contract = literal(text)
  }
}
let source = """
  enum Embedded {
    static let migrations: [(name: String, sql: String)] = [\(migrations.joined(separator: ",\n"))]
    static let contract = \(contract)
    static let template = \(template)
  }

  """
// Builds of other products link this tool anew: what says the same is left as old as it was, and nobody compiles it again.
if (try? Data(contentsOf: output)) != Data(source.utf8) { try Data(source.utf8).write(to: output) }

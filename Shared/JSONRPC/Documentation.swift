import JSON

/// The doc comments of modules, as `swift package dump-symbol-graph` writes them.
public struct Documentation: Sendable {
  /// Comments by module, type and member, as `Acquisition.CaptureLead.email`.
  private var comments: [String: String] = [:]

  /// No comments at all.
  public init() {}

  /// Reads the contents of symbol graph files, `*.symbols.json`.
  public init(symbolGraphs files: [[UInt8]]) throws {
    let limits = JSONLimits(depth: 64, members: 100_000, numberLength: 40)
    for file in files {
      let graph = try JSONDocument(parsing: file, limits: limits).root
      let module = graph["module"]?["name"]?.string ?? ""
      for symbol in graph["symbols"].map({ Array($0.elements) }) ?? [] {
        guard let lines = symbol["docComment"]?["lines"], let path = symbol["pathComponents"] else { continue }
        let name = ([module] + path.elements.compactMap(\.string)).joined(separator: ".")
        comments[name] = Self.flowing(lines.elements.map { $0["text"]?.string ?? "" })
      }
    }
  }

  /// The comment of a type, named as `String(reflecting:)` does.
  public func comment(of typeName: String) -> String? { comments[Self.plain(typeName)] }

  /// The comment of a property or a case.
  public func comment(of typeName: String, member: String) -> String? {
    comments["\(Self.plain(typeName)).\(member)"]
  }

  /// The first sentence of a comment.
  public static func summary(_ comment: String) -> String {
    let paragraph = comment.prefix { !$0.isNewline }
    var end = paragraph.startIndex
    while let stop = paragraph[end...].firstIndex(of: ".") {
      end = paragraph.index(after: stop)
      // After "e.g." a sentence goes on, in lower case.
      let rest = paragraph[end...].drop { $0 == " " }
      if rest.isEmpty || (rest.startIndex > end && rest.first?.isLowercase == false) {
        return String(paragraph[..<end])
      }
    }
    return String(paragraph)
  }

  /// Lines of a paragraph as one; paragraphs and the items of lists stay apart.
  private static func flowing(_ lines: [String]) -> String {
    var text = ""
    var isApart = true
    for line in lines {
      let words = line.drop { $0 == " " }
      if words.isEmpty {
        if !text.isEmpty && !text.hasSuffix("\n\n") { text += text.hasSuffix("\n") ? "\n" : "\n\n" }
        isApart = true
        continue
      }
      let isItem = words.hasPrefix("- ")
      if !isApart { text += isItem ? "\n" : " " }
      text += words
      isApart = false
    }
    while text.last?.isNewline == true { text.removeLast() }
    return text
  }

  /// A type's name without the arguments of generics.
  private static func plain(_ typeName: String) -> String {
    var depth = 0
    return typeName.filter { character in
      if character == "<" { depth += 1 }
      defer { if character == ">" { depth -= 1 } }
      return depth == 0
    }
  }
}

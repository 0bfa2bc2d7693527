import Testing

/// The rules of the house for SQL, in the files of the schemas and in the code.
struct HouseRulesSQLTests {
  private static let files = SourceFile.all(in: ["Services", "Shared"], ending: ".sql")
  private static let sources = SourceFile.all(in: ["Services", "Shared"], ending: ".swift")

  @Test func `the files of a schema are numbered from one on`() throws {
    let folders = Dictionary(grouping: Self.files) { file in file.path.dropLast(file.name.count) }
    #expect(!folders.isEmpty)
    for (folder, files) in folders {
      #expect(folder.hasSuffix("/Schema/"), "\(folder) holds SQL")
      for (number, file) in files.sorted(by: { $0.name < $1.name }).enumerated() {
        let name = try #require(file.name.wholeMatch(of: /(\d{4})_[a-z_]+\.sql/), "\(file.path) has another name")
        #expect(Int(name.1) == number + 1, "\(file.path) is not number \(number + 1)")
      }
    }
  }

  @Test func `no statement takes all columns`() {
    for file in Self.files { #expect(!file.text.contains("SELECT *"), "\(file.path)") }
  }

  @Test func `every constraint bears the name of its table, its columns and its kind`() {
    for file in Self.files {
      for (table, body) in tables(plain(file.text)) {
        let named = body.matches(of: /CONSTRAINT (\w+)\s+(PRIMARY KEY|UNIQUE|FOREIGN KEY|REFERENCES|CHECK|EXCLUDE)/)
        for constraint in named {
          let kind = Self.suffix[String(constraint.2)] ?? ""
          let name = String(constraint.1)
          #expect(
            name == "\(table)_pkey" || (name.hasPrefix("\(table)_") && name.hasSuffix("_\(kind)") && kind != "pkey"),
            "\(file.path): \(name) is a \(kind) of \(table)")
        }
        // A foreign key of several columns says REFERENCES a second time.
        let all = body.matches(of: /PRIMARY KEY|UNIQUE|FOREIGN KEY|REFERENCES|CHECK|EXCLUDE/).count
        let foreign = body.matches(of: /FOREIGN KEY/).count
        #expect(all - foreign == named.count, "\(file.path): a constraint of \(table) has no name")
      }
    }
  }

  @Test func `keywords are in upper case`() {
    let keywords =
      /\b(select|insert into|update|delete from|from|where|join|group by|order by|having|limit|returning|values|create|alter|primary key|references|constraint|not null|default|on conflict)\b/
    for file in Self.files {
      for found in plain(file.text).matches(of: keywords) { Issue.record("\(file.path): \(found.1)") }
    }
    // In code, where words may be names, those that are hardly anything else.
    let plainKeywords = /\b(select|insert into|delete from|group by|order by|returning|on conflict|where)\b/
    for file in Self.sources {
      let long = file.text.matches(of: /(?s)"""\n.*?"""/).map { String($0.0) }
      let short = file.text.matches(of: /"[^"\n]+"/).map { String($0.0) }
      for statement in long + short where statement.contains(/\b(SELECT|INSERT INTO|UPDATE|DELETE FROM)\b/) {
        for found in plain(statement).matches(of: plainKeywords) { Issue.record("\(file.path): \(found.1)") }
      }
    }
  }

  private static let suffix = [
    "PRIMARY KEY": "pkey", "UNIQUE": "key", "FOREIGN KEY": "fkey", "REFERENCES": "fkey", "CHECK": "check",
    "EXCLUDE": "excl",
  ]

  /// SQL without its comments and the contents of its literals.
  private func plain(_ sql: String) -> String {
    sql.replacing(/--[^\n]*/, with: "").replacing(/'[^']*'/, with: "''")
  }

  /// The tables that a file makes, each with what is between its parentheses.
  private func tables(_ sql: String) -> [(table: String, body: String)] {
    sql.matches(of: /(?s)CREATE TABLE \w+\.(\w+) \((.*?)\n\)/).map { (String($0.1), String($0.2)) }
  }
}

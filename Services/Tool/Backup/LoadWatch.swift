import Foundation

/// Shows how far the loading of a backup is, by what PostgreSQL's programs tell of it.
struct LoadWatch: Sendable {
  private let bar: ProgressBar
  private let isStep: @Sendable (String) -> Bool

  /// Of an archive: `pg_restore --verbose` tells of every item of its list, those that come in order when it takes them up
  /// and those that it works on side by side when it has done them.
  static func ofArchive(items: Int) -> LoadWatch {
    LoadWatch(bar: ProgressBar(title: "Loading, items", total: items)) {
      $0.contains("processing item ") || $0.contains("finished item ")
    }
  }

  /// Of SQL: `psql` tells of every table whose rows it has copied.
  static func ofSQL(tables: Int) -> LoadWatch {
    LoadWatch(bar: ProgressBar(title: "Loading, tables", total: tables)) { $0.hasPrefix("COPY ") }
  }

  func see(_ line: String) {
    if isStep(line) { bar.advance() }
  }

  func finish() { bar.finish() }
}

import Foundation

/// What the edge serves beside the services, by its name in the edge's folder.
enum ConsoleFiles {
  private static let client = "Clients/TypeScript/ecrm.js"
  private static let console = "Services/Console"
  /// Debian's package libjs-chart.js.
  private static let chart = "/usr/share/javascript/chart.js/chart.min.js"
  /// Where the image has the sources' files.
  private static let installed = "/usr/share/ecrm"

  /// Each with the file or folder it stands for, nil where that is not at hand. They are looked for in the folders above
  /// the running program, as sources have them, and where an image has them.
  static func find(program: String = Program.current) -> [(name: String, file: String?)] {
    var folders: [String] = []
    var folder = URL(fileURLWithPath: Files.resolved(program) ?? program)
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      folders.append(folder.path == "/" ? "" : folder.path)
    }
    let root = (folders + [installed]).first { Files.isReadable("\($0)/\(console)/index.html") }
    return [
      ("console", root.map { "\($0)/\(console)" }),
      ("ecrm.js", root.map { "\($0)/\(client)" }.flatMap { Files.isReadable($0) ? $0 : nil }),
      ("chart.js", Files.isReadable(chart) ? chart : nil),
    ]
  }
}

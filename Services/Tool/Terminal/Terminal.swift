import Foundation

/// The two streams to the person or script that called `ecrm`.
enum Terminal {
  /// A line on standard output.
  static func say(_ line: String) {
    Files.writeAll(Array((line + "\n").utf8), to: STDOUT_FILENO)
  }

  /// A line on standard error, for what is not the answer itself.
  static func remark(_ line: String) {
    Files.writeAll(Array((line + "\n").utf8), to: STDERR_FILENO)
  }

  /// How this command was called, so that what is printed to be typed next works as it stands.
  static var command: String { CommandLine.arguments.first ?? "ecrm" }

  /// Characters in a line of the terminal, 80 when it does not tell.
  static var width: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}

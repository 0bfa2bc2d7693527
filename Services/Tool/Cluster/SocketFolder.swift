import Crypto
import Foundation
import Models

/// The folder of PostgreSQL's socket, whose path has to be short.
enum SocketFolder {
  /// The longest path that the name of a socket can hold.
  static let longestPath = 107

  /// The socket's path, as PostgreSQL names it.
  static func socket(in folder: String, port: Int) -> String {
    "\(folder)/.s.PGSQL.\(port)"
  }

  /// Whether a socket in this folder has a path that the system can hold.
  static func isShortEnough(_ folder: String) -> Bool {
    socket(in: folder, port: 65_535).utf8.count <= longestPath
  }

  /// Where the socket of this state folder lies: in it when its path is short, plain and open to PostgreSQL's user,
  /// otherwise under `/tmp`.
  static func choose(_ state: StateFolder, isReachable: Bool) -> String {
    // Libpq and PostgreSQL read a comma as the end of one place and the beginning of the next.
    let isPlain = Cluster.percentEncoded(state.socketFolder) == state.socketFolder
    // Not XDG_RUNTIME_DIR: it goes away when its user logs out, and a suite that was detached stays.
    return isReachable && isPlain && isShortEnough(state.socketFolder)
      ? state.socketFolder : "/tmp/ecrm-\(geteuid())-\(hash(of: state))"
  }

  /// Sixteen characters that stand for the state folder.
  static func hash(of state: StateFolder) -> String {
    SHA256.hash(data: Array(state.path.utf8)).prefix(8).hexadecimal
  }

  /// Makes the folder for its owner alone, and refuses one that somebody else has put in its place.
  static func prepare(_ folder: String, user: OrdinaryUser?) throws {
    guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw Fault.system("make the folder \(folder)") }
    let owner = user?.id ?? geteuid()
    var information = stat()
    guard lstat(folder, &information) == 0, information.st_mode & S_IFMT == S_IFDIR,
      information.st_uid == owner || information.st_uid == geteuid()
    else {
      throw Fault("\(folder) is not a folder of \(Files.userName(owner)): remove it, and it is made anew.")
    }
    guard chmod(folder, 0o700) == 0, lchown(folder, owner, user?.group ?? getegid()) == 0 else {
      throw Fault.system("prepare the folder \(folder)")
    }
  }
}

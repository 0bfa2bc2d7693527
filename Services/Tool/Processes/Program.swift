import CSpawn
import Foundation

/// A program to run as a process of its own, with everything it starts from named.
///
/// Foundation's `Process` can neither begin a session nor run a program in another's place, so this spawns by itself.
struct Program: Sendable {
  var path: String
  var arguments: [String] = []
  var environment: [String: String] = [:]
  /// Where it starts; where this process is when nil.
  var workingFolder: String?
  /// A file to which its standard output and error are appended; nothing keeps them when nil.
  var log: String?
  /// Whether it begins a session of its own, so that no terminal's end reaches it.
  var beginsSession = false

  /// Starts it, in a process group of its own and with no descriptors but the three standard ones.
  ///
  /// - Parameters:
  ///   - input: A descriptor to read as standard input; nothing when nil.
  ///   - output: A descriptor to write standard output and error to, in place of the log.
  ///   - extra: A descriptor that it finds as number 3.
  func spawn(input: Int32? = nil, output: Int32? = nil, extra: Int32? = nil) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let input {
      posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    } else {
      posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    }
    if let output {
      posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    } else if let log {
      posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    } else {
      posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    }
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
    if let extra { posix_spawn_file_actions_adddup2(&actions, extra, 3) }
    posix_spawn_file_actions_addclosefrom_np(&actions, extra == nil ? 3 : 4)
    if let workingFolder { posix_spawn_file_actions_addchdir_np(&actions, workingFolder) }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // What this process ignores or holds back is its own affair.
    var signals = sigset_t()
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    // A key pressed at the terminal reaches this process alone, which then ends the others in their order.
    posix_spawnattr_setpgroup(&attributes, 0)
    let group = beginsSession ? Int32(spawn_set_session) : Int32(POSIX_SPAWN_SETPGROUP)
    let flags = group | Int32(POSIX_SPAWN_SETSIGDEF) | Int32(POSIX_SPAWN_SETSIGMASK)
    posix_spawnattr_setflags(&attributes, Int16(flags))

    var pid = pid_t()
    let failure = withCStrings([path] + arguments) { arguments in
      withCStrings(environment.map { "\($0.key)=\($0.value)" }) { environment in
        posix_spawn(&pid, path, &actions, &attributes, arguments, environment)
      }
    }
    guard failure == 0 else { throw Fault.system("start \(path)", error: failure) }
    return pid
  }

  /// Runs it to its end with this text as its input, and returns its exit status and everything it wrote.
  ///
  /// For programs that take moments: the calling thread waits.
  func run(input: String = "") throws -> (status: Int32, output: String) {
    let (readInput, writeInput) = try Self.pipeEnds()
    // The text is small, and fits into the pipe before anybody reads.
    Files.writeAll(Array(input.utf8), to: writeInput)
    close(writeInput)
    defer { close(readInput) }
    let (readOutput, writeOutput) = try Self.pipeEnds()
    defer { close(readOutput) }
    let pid: pid_t
    do {
      defer { close(writeOutput) }
      pid = try spawn(input: readInput, output: writeOutput)
    }
    let output = try FileHandle(fileDescriptor: readOutput, closeOnDealloc: false).readToEnd() ?? Data()
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    return (status, String(decoding: output, as: UTF8.self))
  }

  /// Two ends of a pipe: one to read from, one to write to. No child inherits them, since none
  /// inherits any descriptor that it is not given.
  static func pipeEnds() throws -> (read: Int32, write: Int32) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw Fault.system("make a pipe") }
    return (ends[0], ends[1])
  }

  /// Where the program of this name lies, by the folders of `PATH`; nil when it lies in none.
  static func find(_ name: String, in path: String? = ProcessInfo.processInfo.environment["PATH"]) -> String? {
    let folders = (path ?? "").split(separator: ":").map(String.init) + ["/usr/local/bin", "/usr/bin", "/bin"]
    return folders.map { "\($0)/\(name)" }.first(where: Files.isExecutable)
  }

  /// The file that this process runs, with every link followed.
  static var current: String { Files.resolved("/proc/self/exe") ?? CommandLine.arguments[0] }

  private func withCStrings<Answer>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Answer
  ) -> Answer {
    let pointers = strings.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    return body(pointers + [nil])
  }
}

/// How a process ended, in words.
func describeEnd(_ status: Int32) -> String {
  let signal = status & 0x7f
  return signal == 0 ? "exit status \((status >> 8) & 0xff)" : "signal \(signal)"
}

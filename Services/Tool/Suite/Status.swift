import ArgumentParser
import Foundation

struct Status: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows every process of the suite, and exits with 1 unless all are ready.")

  func run() async throws {
    let state = StateFolder()
    let ports = try state.recordedPorts()
    var lines: [ProcessLine] = []
    let supervisor = ProcessIdentity.recorded(in: state.supervisorRecord)
    lines.append(ProcessLine(name: "supervisor", process: supervisor, port: nil, isReady: supervisor != nil))
    let database = Cluster.runningServer(state.cluster)
    let isReady = database.map { Cluster.isReady($0.pid, in: state.cluster) } ?? false
    lines.append(ProcessLine(name: "postgres", process: database, port: nil, isReady: isReady))
    for service in Service.allCases {
      let process = ProcessIdentity.recorded(in: state.record(service.rawValue))
      // Another suite may answer at the same port: only a process of this one counts.
      let isReady = process == nil ? false : await Readiness.isReady(service, ports: ports)
      lines.append(ProcessLine(name: service.rawValue, process: process, port: ports.rpc(service), isReady: isReady))
    }
    let edge = ProcessIdentity.recorded(in: state.record(StateFolder.edgeName))
    let answers = edge == nil ? false : await Readiness.isEdgeReady(port: ports.edge, authority: nil)
    lines.append(ProcessLine(name: StateFolder.edgeName, process: edge, port: ports.edge, isReady: answers))
    for line in lines { Terminal.say(line.text) }
    guard lines.allSatisfy(\.isReady) else { throw ExitCode.failure }
  }
}

/// What is known of one process of the suite.
struct ProcessLine {
  let name: String
  let process: ProcessIdentity?
  let port: Int?
  let isReady: Bool

  var text: String {
    let columns = [
      (name, 25), (process == nil ? "not running" : isReady ? "ready" : "not ready", 13),
      (process.map { "pid \($0.pid)" } ?? "", 13), (port.map { "port \($0)" } ?? "", 12),
    ]
    let padded = columns.map { text, width in text + String(repeating: " ", count: max(1, width - text.count)) }
    let uptime = process?.uptimeSeconds.map { "up \(Self.duration($0))" } ?? ""
    return (padded.joined() + uptime).trimmingCharacters(in: .whitespaces)
  }

  /// The two largest units of the duration, as `3 h 12 min`.
  static func duration(_ seconds: Double) -> String {
    let whole = Int(seconds)
    let units = [(whole / 86_400, "d"), (whole / 3600 % 24, "h"), (whole / 60 % 60, "min"), (whole % 60, "s")]
    let first = units.firstIndex { $0.0 > 0 } ?? 3
    return units[first..<min(first + 2, 4)].map { "\($0.0) \($0.1)" }.joined(separator: " ")
  }
}

import ArgumentParser
import Foundation
import Server

struct Healthcheck: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Exits with 0 when the service or the edge beside it is ready, for a container that has nothing else to ask with.",
    discussion: """
      It asks where the service's own settings say: ECRM_ADMIN_HOST and ECRM_ADMIN_PORT; or the edge's, ECRM_EDGE_HOST \
      and ECRM_EDGE_PORT.
      """)

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    if environment[EdgeSettings.port.name] != nil { return try await askEdge(environment) }
    let settings = try await SettingsReader(
      environment: environment, settings: Setting.ofService + Setting.ofSomeServices)
    let port = try settings.port(.adminPort)
    let host = Self.reachable(try settings.text(.adminHost))
    guard await Readiness.isReady(adminPort: port, host: host) else {
      throw Fault("Nothing is ready at http://\(host):\(port): look at the service's log.")
    }
  }

  private func askEdge(_ environment: [String: String]) async throws {
    let settings = try await SettingsReader(environment: environment, settings: EdgeSettings.all)
    let port = try settings.port(EdgeSettings.port)
    let host = Self.reachable(try settings.text(EdgeSettings.host))
    // Its certificate may be of any authority, and for another name than the one it is asked by here.
    guard await Readiness.isEdgeReady(port: port, host: host, authority: nil) else {
      throw Fault("Nothing is ready at https://\(host):\(port): look at the edge's log.")
    }
  }

  /// The host as a URL has it, where a service that listens on this address answers.
  static func reachable(_ host: String) -> String {
    switch host {
    case "0.0.0.0": "127.0.0.1"
    case "::": "[::1]"
    default: host.contains(":") ? "[\(host)]" : host
    }
  }
}

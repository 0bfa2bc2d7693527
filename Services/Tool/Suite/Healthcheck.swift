import ArgumentParser
import Foundation

struct Healthcheck: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Exits with 0 when the service beside it is ready, for a container that has nothing else to ask with.",
    discussion: "The service's admin port is ECRM_ADMIN_PORT.")

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    guard let port = environment["ECRM_ADMIN_PORT"].flatMap({ Int($0) }) else {
      throw Fault("ECRM_ADMIN_PORT names no port: set it to the admin port of the service to ask.")
    }
    guard await Readiness.isReady(adminPort: port) else {
      throw Fault("Nothing is ready at admin port \(port): look at the service's log.")
    }
  }
}

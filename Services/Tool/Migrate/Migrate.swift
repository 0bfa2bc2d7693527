import ArgumentParser
import Foundation

struct Migrate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Brings the database up to date and makes the services' roles.",
    discussion: """
      The database is the one that ECRM_DATABASE_URL names, by its owner, or else the state folder's. The services' \
      passwords come from ECRM_ACQUISITION_PASSWORD, or the file that ECRM_ACQUISITION_PASSWORD_FILE names, and so on; \
      where neither is set, from the state folder. It may be run again at any time.
      """)

  func run() async throws {
    let state = StateFolder()
    let environment = ProcessInfo.processInfo.environment
    let settings = Settings(environment: environment)
    guard let address = try settings.secret("ECRM_DATABASE_URL") ?? Files.text(state.databaseURL) else {
      throw Fault(
        "There is no database to migrate: name it with ECRM_DATABASE_URL, or run `ecrm up` first to have one made in "
          + "\(state.path).")
    }
    var passwords: [Service: String] = [:]
    for service in Service.allCases {
      let variable = "ECRM_\(service.role.uppercased())_PASSWORD"
      guard let password = try settings.secret(variable) ?? Files.text(state.password(service.role)) else {
        throw Fault("The role \(service.role) needs a password: set \(variable) or \(variable)_FILE.")
      }
      passwords[service] = password
    }
    try await Schemas.migrate(address, passwords)
    Terminal.say("The database is up to date.")
  }
}

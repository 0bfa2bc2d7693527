import ArgumentParser

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
    let settings = try await OperatorSettings()
    guard let address = try settings.databaseURL() ?? Files.text(state.databaseURL) else {
      throw Fault(
        "There is no database to migrate: name it with ECRM_DATABASE_URL, or run `ecrm up` first to have one made in "
          + "\(state.path).")
    }
    var passwords: [Service: String] = [:]
    for service in Service.allCases {
      guard let password = try settings.password(of: service) ?? Files.text(state.password(service.role)) else {
        throw Fault("The role \(service.role) needs a password: set \(service.passwordSetting.name) or its _FILE.")
      }
      passwords[service] = password
    }
    try await Schemas.migrate(address, passwords)
    Terminal.say("The database is up to date.")
  }
}

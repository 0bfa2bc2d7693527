import ArgumentParser

/// What the bearer of a token may be.
enum TokenRole: String, CaseIterable, ExpressibleByArgument {
  case staff, partner, customer, service, site
}

struct TokenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token", abstract: "Prints a token for this suite, and nothing else.")

  @Option(help: "Who the bearer is: staff, partner, customer, service or site.")
  var role: TokenRole
  @Option(help: "What the bearer may do, as \"leads:read leads:write\"; staff without it may do everything.")
  var scope: String?
  @Option(help: "The id of the customer whose data a bearer of role customer may see.")
  var customer: String?
  @Option(help: "The name of the bearer, for the journal; the role by default.")
  var subject: String?
  @Option(help: "Days for which the token is valid.")
  var days = 1

  func validate() throws {
    guard (1...3650).contains(days) else { throw ValidationError("--days takes a number from 1 to 3650.") }
    guard role != .customer || customer != nil else {
      throw ValidationError("A token of role customer needs the customer: add --customer <id>.")
    }
  }

  func run() async throws {
    let state = StateFolder()
    guard let signing = try SigningKey.read(state) else { throw TokenKeys.noKey(state) }
    let token = try await signing.token(
      role: role.rawValue, subject: subject ?? customer ?? role.rawValue, scope: scope, customer: customer, days: days)
    Terminal.say(token)
  }
}

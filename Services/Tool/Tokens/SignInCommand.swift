import ArgumentParser
import Foundation
import Postgres
import Server

struct SignInCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign-in", abstract: "Prints a link that signs in to the console once, and nothing else.",
    discussion: """
      Whoever opens the link first has a token as `ecrm token` makes it. The database is the suite's, or the one that \
      ECRM_DATABASE_URL names by its owner. It keeps neither the link's code nor the token, but what the code alone opens.
      """)

  @Option(help: "Who the bearer is: staff, partner, customer, service or site.")
  var role = TokenRole.staff
  @Option(help: "What the bearer may do, as \"leads:read leads:write\"; staff without it may do everything.")
  var scope: String?
  @Option(help: "The id of the customer whose data a bearer of role customer may see.")
  var customer: String?
  @Option(help: "The name of the bearer, for the journal; the role by default.")
  var subject: String?
  @Option(help: "Days for which the token is valid.")
  var days = 1
  @Option(help: "Minutes for which the link can be used.")
  var minutes = 10
  @Option(help: "Where the console is; the suite's edge on this machine by default.")
  var origin: String?

  func validate() throws {
    guard (1...365).contains(days) else { throw ValidationError("--days takes a number from 1 to 365.") }
    guard (1...1440).contains(minutes) else { throw ValidationError("--minutes takes a number from 1 to 1440.") }
    guard role != .customer || customer != nil else {
      throw ValidationError("A token of role customer needs the customer: add --customer <id>.")
    }
    guard origin.map({ $0.wholeMatch(of: /https:\/\/[^\s\/#?]+\/?/) != nil }) ?? true else {
      throw ValidationError("--origin takes an origin, as https://crm.example.com.")
    }
  }

  func run() async throws {
    let state = StateFolder()
    guard let signing = try SigningKey.read(state) else { throw TokenKeys.noKey(state) }
    let id = Secrets.random(bytes: 16)
    let token = try await signing.token(
      role: role.rawValue, subject: subject ?? customer ?? role.rawValue, scope: scope, customer: customer, days: days,
      id: id)
    let settings = try await OperatorSettings()
    guard let address = try settings.databaseURL() ?? Files.text(state.databaseURL) else {
      throw Fault("There is no database in \(state.path): run `ecrm up` first, or name it with ECRM_DATABASE_URL.")
    }
    let code = try await SignInLink.add(token, id: id, minutes: minutes, to: address)
    Terminal.say(SignInLink.text(code, origin: try origin ?? "https://localhost:\(state.recordedPorts().edge)"))
  }
}

/// A link that signs in once.
enum SignInLink {
  /// Keeps the token in the database, to be opened by the code that it answers.
  static func add(_ token: String, id: String, minutes: Int, to databaseURL: String) async throws -> String {
    let code = SealedToken.makeCode()
    let sealed = try SealedToken(token, code: code)
    let pool = PostgresPool(
      PostgresConfiguration(
        dsn: databaseURL, applicationName: "ecrm sign-in", sharedConnections: 0, exclusiveConnections: 1))
    defer { pool.close() }
    try await pool.transaction { transaction in
      // By the database's clock, which is nearest to that of the service that looks.
      try await transaction.execute(
        """
        INSERT INTO channel_integration.sign_ins (code_hash, sealed_token, token_id, expires_at)
        VALUES (\(sealed.codeHash), \(sealed.sealed), \(id), now() + \(minutes) * interval '1 minute')
        """)
    }
    return code
  }

  /// The code stands behind the `#`, which browsers send to nobody.
  static func text(_ code: String, origin: String) -> String {
    "\(origin.hasSuffix("/") ? String(origin.dropLast()) : origin)/#sign-in=\(code)"
  }

  /// A link for the staff of the running suite.
  static func forStaff(_ state: StateFolder) async throws -> String {
    guard let signing = try SigningKey.read(state) else { throw TokenKeys.noKey(state) }
    guard let address = try Files.text(state.databaseURL) else {
      throw Fault("There is no database in \(state.path): run `ecrm up` first.")
    }
    let id = Secrets.random(bytes: 16)
    let token = try await signing.token(role: "staff", subject: "staff", days: 1, id: id)
    let code = try await add(token, id: id, minutes: 10, to: address)
    return text(code, origin: "https://localhost:\(try state.recordedPorts().edge)")
  }
}

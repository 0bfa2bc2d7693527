import ArgumentParser
import Foundation

/// The command `ecrm`: runs the suite on one machine and speaks to its services.
@main
struct Ecrm: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ecrm",
    abstract: "Runs the e-CRM suite on one machine and speaks to its services.",
    discussion: """
      Everything of one suite lies in its state folder, which ECRM_HOME names (default .ecrm). Its ports follow \
      ECRM_PORT_BASE (default 7100), so that several suites run side by side.
      """,
    subcommands: [
      Up.self, Down.self, Status.self, Migrate.self, BackupCommand.self, Restore.self, SecretsCommand.self,
      CertificatesCommand.self, TokenCommand.self, KeysCommand.self, Call.self, Load.self, Demo.self, OpenRPC.self,
      Check.self, Healthcheck.self, EdgeCommand.self, SignInCommand.self, Supervise.self,
    ])

  static func main() async {
    // A reader that goes away (`ecrm up | head`) or a service that hangs up ends a write, never the process.
    signal(SIGPIPE, SIG_IGN)
    await main(nil)
  }
}

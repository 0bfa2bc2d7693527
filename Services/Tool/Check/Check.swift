import ArgumentParser
import Foundation
import X509

struct Check: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Checks the settings, then the data, and exits with 1 on any fault.",
    discussion: """
      It changes nothing. OperatorSettings are those of the suite in the state folder, and those of a service that the \
      environment or its settings file is meant for.
      """)

  @Flag(help: "Show every setting of the services, with where its value came from, and check nothing but these.")
  var print = false
  @Argument(help: "The only service to look at.")
  var service: Service?

  func run() async throws {
    let state = StateFolder()
    let told = try ToldService.all(state).filter { service == nil || $0.service == nil || $0.service == service }
    if self.print {
      for (place, one) in told.enumerated() {
        if place > 0 { Terminal.say("") }
        for line in try await one.lines() { Terminal.say(line) }
      }
    }
    let hasSuite = Files.owner(state.path) != nil
    var faults: [String] = []
    if hasSuite || told.isEmpty { faults += settingsFaults(state) }
    for one in told { faults += await one.faults() }
    // A service's environment names the database by a role that may not look everywhere.
    let isOfService = told.contains { $0.service == nil }
    let settings = try await OperatorSettings()
    if !self.print, !isOfService, let address = try settings.databaseURL() ?? Files.text(state.databaseURL) {
      let data = await DataCheck.run(address, state, settings)
      faults += data.faults
      for note in data.notes { Terminal.say("note: \(note)") }
    }
    for fault in faults { Terminal.say("fault: \(fault)") }
    guard faults.isEmpty else { throw ExitCode.failure }
    let place = hasSuite ? state.path : isOfService ? "the settings" : "the database"
    if !self.print { Terminal.say("No faults in \(place).") }
  }

  private func settingsFaults(_ state: StateFolder) -> [String] {
    guard let owner = Files.owner(state.path) else {
      return ["There is no state folder \(state.path): run `ecrm up`, or name another with ECRM_HOME."]
    }
    if owner != geteuid() && geteuid() != 0 {
      return ["\(state.path) belongs to \(Files.userName(owner)): check as that user."]
    }
    var faults: [String] = []
    do {
      _ = try Ports(environment: ProcessInfo.processInfo.environment)
      _ = try PostgresInstallation.find()
    } catch {
      faults.append("\(error)")
    }
    let secrets =
      [
        state.authorityKey, state.signingKey, state.staffToken, state.siteToken, state.databaseURL, state.auditKey,
        state.erasureKey, state.password(Cluster.owner),
      ] + StateFolder.servers.map(state.certificateKey) + Service.allCases.map { state.password($0.role) }
    for path in secrets {
      switch Files.mode(path) {
      case nil: faults.append("\(path) is missing: `ecrm up` makes it.")
      case .some(let mode) where mode & 0o077 != 0: faults.append("\(path) can be read by others: chmod 600 it.")
      default: break
      }
    }
    for server in StateFolder.servers { faults += certificateFaults(server, state) }
    return faults + edgeFaults(state)
  }

  /// What nginx has against the edge's configuration; secrets in a folder have none.
  private func edgeFaults(_ state: StateFolder) -> [String] {
    guard Files.isFolder(state.edge) else { return [] }
    do {
      let server = try EdgeServer(
        state, ports: try state.recordedPorts(), environment: ProcessInfo.processInfo.environment)
      return server.fault().map { ["the edge: \($0)"] } ?? []
    } catch {
      return ["the edge: \(error)"]
    }
  }

  private func certificateFaults(_ server: String, _ state: StateFolder) -> [String] {
    let path = state.certificate(server)
    guard let leaf = try? Authority.leaf(at: path),
      let authorityPEM = try? Files.text(state.authority), let authority = try? Certificate(pemEncoded: authorityPEM)
    else { return ["\(path) or the authority's certificate is missing or damaged: run `ecrm certificates`."] }
    guard authority.publicKey.isValidSignature(leaf.signature, for: leaf) else {
      return ["\(path) is not of the authority in \(state.authority): run `ecrm certificates`."]
    }
    guard leaf.notValidAfter > Date() else { return ["\(path) has expired: run `ecrm certificates`."] }
    return []
  }
}

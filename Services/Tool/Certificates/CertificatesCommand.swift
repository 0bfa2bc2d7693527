import ArgumentParser

struct CertificatesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "certificates",
    abstract: "Issues the certificates that are missing or expire within 30 days, and the key that signs tokens.",
    discussion: "Running services take replaced certificates by themselves.")

  @Flag(help: "Issue every service's certificate anew.")
  var renew = false

  func run() async throws {
    let state = StateFolder()
    try state.prepare()
    let issued = try Authority.issueMissing(in: state, renewAll: renew)
    _ = try SigningKey.obtain(state)
    if issued.isEmpty {
      Terminal.say("Every certificate in \(state.path) is valid for more than 30 days.")
    } else {
      Terminal.say("Issued in \(state.path): \(issued.joined(separator: ", ")).")
    }
  }
}

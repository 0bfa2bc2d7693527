import ArgumentParser
import Foundation

struct CertificatesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "certificates", abstract: "Issues certificates of the suite's own authority and renews them.",
    subcommands: [RenewCertificates.self, IssueCertificate.self], defaultSubcommand: RenewCertificates.self)
}

/// The certificates of the services and the edge.
struct RenewCertificates: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "renew",
    abstract: "Issues the certificates that are missing or expire within 30 days, and the key that signs tokens.",
    discussion: "Running services and the edge take replaced certificates by themselves.")

  @Flag(help: "Issue every certificate of the services and the edge anew.")
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

/// A certificate for a client.
struct IssueCertificate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "issue", abstract: "Issues a certificate for a client, as an integration, and its key.",
    discussion: """
      It lies in the state folder as clients/NAME.pem, with the authority's after it, and clients/NAME.key. Run it again \
      to renew it; the earlier one holds until it expires or is revoked in the clients' allow list.
      """)

  @Argument(help: "The client's name, of small letters, digits, dots and hyphens.")
  var name: String
  @Option(
    name: .customLong("san"),
    help: "A name that allow lists know it by: a host, or a URI as spiffe://ecrm/NAME, which it has without any.")
  var alternativeNames: [String] = []
  @Option(help: "Days for which it is valid, at most 366.")
  var days = 365

  func validate() throws {
    guard (1...366).contains(days) else { throw ValidationError("--days takes a number from 1 to 366.") }
    guard name.wholeMatch(of: /[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?/) != nil else {
      throw ValidationError("A name has small letters, digits, dots and hyphens, at most 63: \(name) has not.")
    }
    guard !StateFolder.servers.contains(name) else {
      throw ValidationError("\(name) is a server of the suite, whose certificate `ecrm certificates` issues.")
    }
    for alternative in alternativeNames {
      let isURI = alternative.wholeMatch(of: /[a-z][a-z0-9+.-]*:\/\/[!-~]+/) != nil
      guard isURI || alternative.wholeMatch(of: /[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?/) != nil else {
        throw ValidationError("--san takes a host or a URI, which \(alternative) is not.")
      }
    }
  }

  func run() async throws {
    let state = StateFolder()
    try state.prepare()
    let (authority, isNew) = try Authority.obtain(state)
    // A new authority's services are to be new as well.
    if isNew { _ = try Authority.issueMissing(in: state) }
    let names = alternativeNames.isEmpty ? ["spiffe://ecrm/\(name)"] : alternativeNames
    let leaf = try authority.issue(toClient: name, names: names, days: days, in: state)
    Terminal.say(
      """
      Issued \(state.clientCertificate(name)) and \(state.clientKey(name)),
      for \(names.joined(separator: ", ")), serial \(leaf.serialNumber), until \
      \(leaf.notValidAfter.formatted(.iso8601)).
      """)
  }
}

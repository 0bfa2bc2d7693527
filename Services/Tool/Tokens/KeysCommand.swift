import ArgumentParser
import Foundation

struct KeysCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys", abstract: "Shows and changes the keys that tokens are signed and verified with.",
    subcommands: [ListKeys.self, RotateKeys.self, RetireKey.self, RevokeToken.self], defaultSubcommand: ListKeys.self)
}

struct ListKeys: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the keys whose tokens are accepted, the one that signs first.")

  func run() async throws {
    let state = StateFolder()
    let signing = try SigningKey.read(state)?.id
    for key in try TokenKeys.accepted(state).sorted(by: { ($0 == signing ? 0 : 1, $0) < ($1 == signing ? 0 : 1, $1) }) {
      Terminal.say(key == signing ? "\(key)  signs" : key)
    }
  }
}

struct RotateKeys: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate", abstract: "Signs with a new key from now on and renews the standing tokens.",
    discussion: """
      Tokens of the key before it stay valid until they expire or `ecrm keys retire` ends them. Websites go on with their \
      write key meanwhile; give them the new one of tokens/site.jwt before that.
      """)

  func run() async throws {
    let state = StateFolder()
    guard try SigningKey.read(state) != nil else { throw TokenKeys.noKey(state) }
    let (old, new) = try await TokenKeys.rotate(state)
    Terminal.say(
      """
      Tokens are signed by \(new) now.
      Those of \(old) are accepted until they expire, or until `\(Terminal.command) keys retire \(old)`.
      """)
  }
}

struct RetireKey: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retire", abstract: "Ends a key that signs no more, and every token of it.")

  @Argument(help: "The key's id, as `ecrm keys` lists it; after `--` when it begins with a hyphen.")
  var key: String

  func run() async throws {
    try TokenKeys.retire(key, in: StateFolder())
    Terminal.say("Tokens of \(key) are accepted no more.")
  }
}

struct RevokeToken: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke", abstract: "Ends one token before it expires.")

  @Argument(help: "The token itself, or its id, the claim jti.")
  var token: String

  func run() async throws {
    let id = try TokenKeys.revoke(token, in: StateFolder())
    Terminal.say("The token \(id) is accepted no more.")
  }
}

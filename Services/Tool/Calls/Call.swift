import ArgumentParser
import Foundation
import JSON

extension Service: ExpressibleByArgument {}

struct Call: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Calls a method of a service and prints its result.",
    discussion: """
      The call is made with the staff's token, over TLS that trusts this suite's authority alone. An error goes to \
      standard error, and the exit status is 1.
      """)

  @Argument(help: "The service, as channel-integration.")
  var service: Service
  @Argument(help: "The method, as customers.get.")
  var method: String
  @Argument(help: "The params, a JSON object; - reads it from standard input.")
  var params = "{}"
  @Option(help: "A token to use in place of the staff's.")
  var token: String?
  @Option(help: "A file with the token to use.")
  var tokenFile: String?
  @Option(help: "A key under which the same call takes effect once.")
  var idempotencyKey: String?

  func validate() throws {
    guard token == nil || tokenFile == nil else { throw ValidationError("Give --token or --token-file, not both.") }
  }

  func run() async throws {
    let bearer = try token ?? tokenFile.map(Self.token(in:))
    let client = try ServiceClient(service, token: bearer)
    let params = params == "-" ? Array(FileHandle.standardInput.readDataToEndOfFile()) : Array(params.utf8)
    let outcome: Result<[UInt8], any Error>
    do {
      outcome = .success(try await client.call(method, params: params, idempotencyKey: idempotencyKey))
    } catch {
      outcome = .failure(error)
    }
    try await client.close()
    do {
      Terminal.say(Self.laidOut(try outcome.get()))
    } catch let refusal as CallRefused {
      Terminal.remark(Self.laidOut(refusal.error))
      throw ExitCode.failure
    }
  }

  /// The answer with a member or element a line, its tokens as they came.
  private static func laidOut(_ answer: [UInt8]) -> String {
    let bytes = (try? JSONDocument(parsing: answer).root.prettyPrinted) ?? answer
    let text = String(decoding: bytes, as: UTF8.self)
    return text.hasSuffix("\n") ? String(text.dropLast()) : text
  }

  private static func token(in path: String) throws -> String {
    guard let token = try Files.text(path), !token.isEmpty else {
      throw Fault("There is no token in \(path): write one there with `ecrm token`.")
    }
    return token
  }
}

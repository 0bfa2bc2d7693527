import ArgumentParser
import Server

struct OpenRPC: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "openrpc", abstract: "Prints the contract of a service, or of all services by their names.",
    discussion: "A contract is an OpenRPC 1.3.2 document. What is printed is what this program was built with.")

  @Argument(help: "The service, as channel-integration.")
  var service: Service?

  func run() async throws {
    Terminal.say(Self.text(of: service))
  }

  /// The contract of the service, or an object of all contracts.
  static func text(of service: Service?) -> String {
    if let service { return trimmed(service.definition.contract) }
    let members = Service.allCases.map { "\"\($0.rawValue)\": \(trimmed($0.definition.contract))" }
    return "{\n\(members.joined(separator: ",\n"))\n}"
  }

  /// Without the newlines at the file's end; the terminal writes one.
  private static func trimmed(_ contract: String) -> String {
    var text = Substring(contract)
    while text.last?.isNewline == true { text.removeLast() }
    return String(text)
  }
}

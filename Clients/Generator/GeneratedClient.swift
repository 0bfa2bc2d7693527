import JSON

/// The client for browsers and node, made of what is written by hand and of what follows from the contracts.
public struct GeneratedClient {
  private let contract: SuiteContract

  /// Takes the OpenRPC documents of all services, in the order in which the client shall have them.
  public init(contracts: [JSONNode]) throws(ContradictoryContracts) {
    contract = try SuiteContract(contracts)
  }

  /// `ecrm.js`: the template, and a table of the methods with what the client has to know of them.
  public func module(template: String) -> String {
    let services = contract.services.map { service in
      let methods = service.methods.map { method in
        let traits = [
          method.isWrite ? "writes: true" : nil, method.startsJob ? "startsJob: true" : nil,
          method.hasPages ? "pages: true" : nil,
        ].compactMap { $0 }
        return "    \"\(method.name)\": \(traits.isEmpty ? "{}" : "{ \(traits.joined(separator: ", ")) }"),\n"
      }
      return "  \"\(service.name)\": {\n\(methods.joined())  },\n"
    }
    return """
      \(template)
      /** The services with their methods. */
      const contracts = {
      \(services.joined())};

      """
  }

  /// `ecrm.d.ts`: the template, and the types of methods, params, results and errors.
  public func declarations(template: String) -> String {
    template + "\n" + TypeScriptDeclarations(contract).text
  }
}

/// What follows from the contracts for `ecrm.d.ts`.
struct TypeScriptDeclarations {
  private let contract: SuiteContract
  private let schemas: TypeScriptSchemas

  /// What any service answers to what is no call, beside what methods declare.
  private static let protocolFailures = [
    SuiteContract.Failure(code: -32700, type: "parse_error", message: "Parse error"),
    SuiteContract.Failure(code: -32600, type: "invalid_request", message: "Invalid Request"),
    SuiteContract.Failure(code: -32601, type: "method_not_found", message: "Method not found"),
  ]

  init(_ contract: SuiteContract) {
    self.contract = contract
    schemas = TypeScriptSchemas(contract)
  }

  var text: String {
    ([names, suite, servicesByName] + services + nouns + params + errors + schemas.declarations)
      .joined(separator: "\n")
  }

  // MARK: Services and their nouns

  private var names: String {
    let names = contract.services.map { "\"\($0.name)\"" }.joined(separator: " | ")
    return "\(docComment("The services.", indentation: 0))export type ServiceName = \(names);\n"
  }

  private var suite: String {
    let own = contract.services.flatMap { service in
      Self.nouns(of: service).filter { !contract.sharedMethods.contains($0.methods[0].name) }
        .map { (noun: $0.noun, interface: interface(of: $0.noun, in: service)) }
    }
    let members = Dictionary(grouping: own, by: \.noun).sorted { $0.key < $1.key }.map { noun, interfaces in
      "  \(noun): \(interfaces.map(\.interface).joined(separator: " & "));\n"
    }
    let comment = docComment("The nouns of the suite; those that every service has come after `on`.", indentation: 0)
    return "\(comment)export interface Nouns {\n\(members.joined())}\n"
  }

  private var servicesByName: String {
    let members = contract.services.map { "  \"\($0.name)\": \(Self.capitalized($0.name))Nouns;\n" }
    return
      "\(docComment("The nouns of each service.", indentation: 0))export interface Services {\n\(members.joined())}\n"
  }

  private var services: [String] {
    contract.services.map { service in
      let members = Self.nouns(of: service).map { "  \($0.noun): \(interface(of: $0.noun, in: service));\n" }
      let comment = docComment("The nouns of the service \(service.name).", indentation: 0)
      return "\(comment)export interface \(Self.capitalized(service.name))Nouns {\n\(members.joined())}\n"
    }
  }

  private var nouns: [String] {
    var declared: Set<String> = []
    return contract.services.flatMap { service in
      Self.nouns(of: service).compactMap { noun, methods in
        let name = interface(of: noun, in: service)
        guard declared.insert(name).inserted else { return nil }
        let comment = docComment("What can be done with \(noun).", indentation: 0)
        return "\(comment)export interface \(name) {\n\(methods.map(method).joined(separator: "\n"))}\n"
      }
    }
  }

  /// A noun's interface; it bears the service's name where several services have methods of their own for the noun.
  private func interface(of noun: String, in service: SuiteContract.ServiceContract) -> String {
    let isOwn = !service.methods.contains { $0.noun == noun && contract.sharedMethods.contains($0.name) }
    let isSplit = isOwn && contract.services.filter { $0.methods.contains { $0.noun == noun } }.count > 1
    return "\(isSplit ? Self.capitalized(service.name) : "")\(Self.capitalized(noun))Methods"
  }

  private static func nouns(
    of service: SuiteContract.ServiceContract
  ) -> [(noun: String, methods: [SuiteContract.Method])] {
    Dictionary(grouping: service.methods, by: \.noun).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  // MARK: Methods

  private func method(_ method: SuiteContract.Method) -> String {
    let roles = method.roles.map { "`\($0)`" }.joined(separator: ", ")
    let access = method.scope.map { "Scope `\($0)`; roles \(roles)." } ?? "Needs no token."
    let isOptional = method.params.allSatisfy { !$0.isRequired }
    let params = method.params.isEmpty ? "Record<string, never>" : Self.paramsName(of: method)
    let result = schemas.type(method.result, .answered)
    let type = errorType(of: method)
    let call =
      method.startsJob ? "JobCall<\(type)>" : "\(method.hasPages ? "List" : "")Call<\(result), \(type)>"
    let comment = docComment(method.description + "\n\n" + access, indentation: 2)
    let given = ["params\(isOptional ? "?" : ""): \(params)", "options?: CallOptions"]
    let line = "  \(method.verb)(\(given.joined(separator: ", "))): \(call);\n"
    // The newline at its end does not count.
    if line.count <= 121 { return comment + line }
    return "\(comment)  \(method.verb)(\n\(given.map { "    \($0),\n" }.joined())  ): \(call);\n"
  }

  private var params: [String] {
    var declared: Set<String> = []
    return contract.services.flatMap(\.methods).compactMap { method in
      let name = Self.paramsName(of: method)
      guard !method.params.isEmpty, declared.insert(name).inserted else { return nil }
      let properties = method.params.map { param in
        schemas.property(
          param.name, param.schema, isRequired: param.isRequired, description: param.description, .given, indentation: 2
        )
      }
      let comment = docComment("Params of `\(method.name)`.", indentation: 0)
      return "\(comment)export interface \(name) {\n\(properties.joined())}\n"
    }
  }

  private static func paramsName(of method: SuiteContract.Method) -> String {
    capitalized(method.noun) + capitalized(method.verb) + "Params"
  }

  /// `channel-integration` is `ChannelIntegration`.
  private static func capitalized(_ name: String) -> String {
    name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  // MARK: Errors

  /// What every method may answer that needs a token.
  private var commonFailures: [SuiteContract.Failure] {
    sharedFailures { $0.scope != nil }
  }

  /// What a method may answer that needs no token.
  private var openFailures: [SuiteContract.Failure] {
    sharedFailures { $0.scope == nil }
  }

  /// What every write may answer.
  private var writeFailures: [SuiteContract.Failure] {
    sharedFailures { $0.scope != nil && $0.isWrite }
  }

  private func sharedFailures(of those: (SuiteContract.Method) -> Bool) -> [SuiteContract.Failure] {
    let sets = contract.services.flatMap(\.methods).filter(those).map { Set($0.failures) }
    return Self.protocolFailures + sets.dropFirst().reduce(sets.first ?? []) { $0.intersection($1) }
  }

  private func errorType(of method: SuiteContract.Method) -> String {
    let own = Set((method.failures + Self.protocolFailures).map(\.type))
    let (name, base) =
      method.scope == nil
      ? ("OpenErrorType", openFailures)
      : method.isWrite ? ("WriteErrorType", writeFailures) : ("CommonErrorType", commonFailures)
    let others = own.subtracting(base.map(\.type)).sorted().map { " | \"\($0)\"" }
    return name + others.joined()
  }

  private var errors: [String] {
    let declared = Set(contract.services.flatMap(\.methods).flatMap(\.failures) + Self.protocolFailures)
    let byType = Dictionary(grouping: declared, by: \.type).compactMap { $0.value.min { $0.message < $1.message } }
    let codes = byType.sorted { ($0.code, $0.type) < ($1.code, $1.type) }.map { failure in
      "\(docComment(failure.message, indentation: 2))  \(failure.type): \(failure.code);\n"
    }
    func union(_ name: String, _ failures: [SuiteContract.Failure], _ text: String) -> String {
      let types = failures.sorted { $0.code < $1.code }.map { "\n  | \"\($0.type)\"" }.joined()
      return "\(docComment(text, indentation: 0))export type \(name) =\(types);\n"
    }
    return [
      docComment("The kinds of errors, each with its code.", indentation: 0)
        + "export interface ErrorCodes {\n\(codes.joined())}\n",
      docComment("The kinds of errors.", indentation: 0) + "export type ErrorType = keyof ErrorCodes;\n",
      union("OpenErrorType", openFailures, "What every method may answer, those that need no token included."),
      union("CommonErrorType", commonFailures, "What every method may answer that needs a token."),
      union("WriteErrorType", writeFailures, "What every write may answer."),
    ]
  }
}

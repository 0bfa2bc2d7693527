import JSON

/// What the contracts of all services say, as far as a client needs it.
struct SuiteContract {
  let services: [ServiceContract]
  /// The methods that every service has, by name: a call of them has to name a service.
  let sharedMethods: Set<String>
  /// The named schemas of all services, each name once.
  let schemas: [(name: String, schema: JSONNode)]

  struct ServiceContract {
    let name: String
    let methods: [Method]
  }

  struct Method {
    let name: String
    let noun: String
    let verb: String
    let description: String
    let params: [Property]
    let result: JSONNode
    let failures: [Failure]
    let isWrite: Bool
    let startsJob: Bool
    let hasPages: Bool
    /// The scope that a token has to name, nil where none is needed.
    let scope: String?
    let roles: [String]
  }

  struct Property {
    let name: String
    let description: String
    let isRequired: Bool
    let schema: JSONNode
  }

  struct Failure: Hashable {
    let code: Int
    let type: String
    let message: String
  }

  init(_ documents: [JSONNode]) throws(ContradictoryContracts) {
    var services: [ServiceContract] = []
    var byName: [String: (service: String, schema: JSONNode)] = [:]
    for document in documents {
      let service = document["info"]?["title"]?.string ?? ""
      let components = document["components"]?["schemas"]
      for (name, schema) in components.members {
        if let other = byName[name], !Self.isSame(other.schema, schema) {
          throw ContradictoryContracts(
            "The schema \(name) is one thing in \(other.service) and another in \(service): give one another name.")
        }
        byName[name] = (service, schema)
      }
      let methods = (document["methods"]?.elements).map { $0.map { Self.method($0, components) } } ?? []
      services.append(ServiceContract(name: service, methods: methods))
    }
    self.services = services
    schemas = byName.sorted { $0.key < $1.key }.map { ($0.key, $0.value.schema) }
    let names = services.map { Set($0.methods.map(\.name)) }
    sharedMethods = names.dropFirst().reduce(names.first ?? []) { $0.intersection($1) }
    for method in services.flatMap(\.methods) {
      let isAlone = services.flatMap(\.methods).filter { $0.noun == method.noun }.allSatisfy { other in
        sharedMethods.contains(other.name) == sharedMethods.contains(method.name)
      }
      guard isAlone else {
        throw ContradictoryContracts("Some methods of \(method.noun) are every service's and others not: split it.")
      }
      guard !["on", "batch", "finished"].contains(method.noun) else {
        throw ContradictoryContracts("\(method.name) cannot be called: the client means something else by its noun.")
      }
    }
  }

  /// Whether two schemas allow the same. Members that a reader need not refuse make no difference.
  private static func isSame(_ one: JSONNode, _ other: JSONNode) -> Bool {
    func members(_ node: JSONNode) -> [(name: String, value: JSONNode)] {
      node.members.filter { $0.name != "additionalProperties" || $0.value.bool != false }
    }
    guard one.kind == .object, other.kind == .object else { return one.raw == other.raw }
    let (left, right) = (members(one), members(other))
    return left.count == right.count
      && left.allSatisfy { name, value in other[name].map { isSame(value, $0) } ?? false }
  }

  private static func method(_ node: JSONNode, _ components: JSONNode?) -> Method {
    let name = node["name"]?.string ?? ""
    let parts = name.split(separator: ".").map(String.init)
    let result = node["result"]?["schema"] ?? node
    let reached = result["$ref"]?.string?.split(separator: "/").last.flatMap { components?[String($0)] } ?? result
    let answered = Set(reached["properties"].members.map(\.name))
    let params = node["params"].elements.map { param in
      Property(
        name: param["name"]?.string ?? "", description: param["description"]?.string ?? "",
        isRequired: param["required"]?.bool ?? false, schema: param["schema"] ?? param)
    }
    let isWrite = node["x-access"]?["effect"]?.string == "write"
    return Method(
      name: name, noun: parts.first ?? name, verb: verb(parts.dropFirst()),
      description: node["description"]?.string ?? "", params: params, result: result,
      failures: node["errors"].elements.map { error in
        Failure(
          code: error["code"]?.integer ?? 0, type: error["data"]?["type"]?.string ?? "",
          message: error["message"]?.string ?? "")
      },
      isWrite: isWrite, startsJob: isWrite && answered == ["job"],
      hasPages: params.contains { $0.name == "cursor" } && answered == ["items", "nextCursor"],
      scope: node["x-access"]?["scope"]?.string,
      roles: (node["x-access"]?["roles"]).elements.compactMap(\.string))
  }
}

/// What stands behind the noun, as one word: `preferences.set` is `preferencesSet`.
private func verb(_ parts: ArraySlice<String>) -> String {
  parts.prefix(1).joined() + parts.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
}

/// Contracts of which no client can be made.
public struct ContradictoryContracts: Error, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}

extension JSONNode? {
  /// The members, none where there is no object.
  var members: [(name: String, value: JSONNode)] { map { Array($0.members) } ?? [] }

  /// The elements, none where there is no array.
  var elements: [JSONNode] { map { Array($0.elements) } ?? [] }
}

import CustomerBase
import Postgres

/// A service of the suite: its name, its methods, what it works on in the background, and the schema it owns.
public protocol SuiteService: Sendable {
  /// Name of the process and of its part of the contract, as `channel-integration`.
  static var name: String { get }
  /// What the service is for, a sentence.
  static var summary: String { get }
  /// Every method, sorted by name.
  static var methods: [any Method.Type] { get }
  /// Work that its methods start.
  static var works: [any Work.Type] { get }
  /// What follows the journal.
  static var followers: [any Follower.Type] { get }
  /// What is done again and again.
  static var chores: [any Chore.Type] { get }
  /// The schema that bears the service's name.
  static var schema: SchemaMigrations { get }
  /// The committed contract.
  static var contract: String { get }
  /// Functions of the schema, without arguments, that run with the owner's rights and that the service calls.
  static var ownFunctions: [String] { get }
  /// Settings that it has beside those of every service.
  static var ownSettings: [Setting] { get }
  /// Routes beside JSON-RPC.
  static func routes(_ endpoint: ServiceEndpoint) -> [HTTPRoute]
}

extension SuiteService {
  public static var works: [any Work.Type] { [] }
  public static var followers: [any Follower.Type] { [] }
  public static var chores: [any Chore.Type] { [] }
  public static var ownFunctions: [String] { [] }
  public static var ownSettings: [Setting] { [] }
  public static func routes(_ endpoint: ServiceEndpoint) -> [HTTPRoute] { [] }

  /// The service's role in PostgreSQL and the name of its schema.
  public static var role: String { name.replacing("-", with: "_") }
}

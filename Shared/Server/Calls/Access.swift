/// Who may call a method, and what it does to the data.
public struct Access: Sendable {
  /// What a call does to the data, which decides how it meets the database.
  public enum Effect: String, Sendable {
    /// One statement, outside a transaction.
    case read
    /// Several statements that see one and the same state.
    case snapshot
    /// As `snapshot`, over many rows: it may take 30 seconds.
    case report
    /// One transaction, with its journal entries inside.
    case write
  }

  public let noun: Noun
  public let effect: Effect
  public let roles: Set<Role>
  /// Whether no token is needed.
  public let isOpen: Bool

  private init(_ noun: Noun, _ effect: Effect, roles: Set<Role>, isOpen: Bool = false) {
    self.noun = noun
    self.effect = effect
    self.roles = roles
    self.isOpen = isOpen
  }

  private static let workers: Set<Role> = [.staff, .partner, .service]

  /// One look-up. Staff, and partners and integrations with the scope; `also` names further roles.
  public static func read(_ noun: Noun, also roles: Set<Role> = []) -> Access {
    Access(noun, .read, roles: workers.union(roles))
  }

  /// Several statements on one state of the data.
  public static func snapshot(_ noun: Noun, also roles: Set<Role> = []) -> Access {
    Access(noun, .snapshot, roles: workers.union(roles))
  }

  /// A report over many rows.
  public static func report(_ noun: Noun) -> Access {
    Access(noun, .report, roles: workers)
  }

  /// A change.
  public static func write(_ noun: Noun, also roles: Set<Role> = []) -> Access {
    Access(noun, .write, roles: workers.union(roles))
  }

  /// A change for these roles alone.
  public static func write(_ noun: Noun, only roles: Set<Role>) -> Access {
    Access(noun, .write, roles: roles)
  }

  /// Several statements on one state of the data, for these roles alone.
  public static func snapshot(_ noun: Noun, only roles: Set<Role>) -> Access {
    Access(noun, .snapshot, roles: roles)
  }

  /// No token needed.
  public static func open(_ noun: Noun) -> Access {
    Access(noun, .read, roles: Set(Role.allCases), isOpen: true)
  }

  /// A change that needs no token: what the call brings is proof enough.
  public static func openWrite(_ noun: Noun) -> Access {
    Access(noun, .write, roles: Set(Role.allCases), isOpen: true)
  }

  static func own(_ noun: Noun, _ effect: Effect) -> Access {
    Access(noun, effect, roles: [.customer])
  }

  /// What a token's `scope` has to name, as `profiles:write`.
  public var scope: String {
    "\(noun.rawValue):\(effect == .write ? "write" : "read")"
  }

  /// How long a call may take, in seconds.
  var deadlineSeconds: Int { effect == .report ? 30 : 10 }

  /// Why the caller is not allowed; nil who is.
  func refusal(of principal: Principal?) -> RefusedCall? {
    if allows(principal) { return nil }
    return principal.map { .forbidden(reason: demand(on: $0)) } ?? .unauthenticated
  }

  /// What a caller lacks who is not allowed.
  func demand(on principal: Principal) -> String {
    guard roles.contains(principal.role) else {
      return "is for tokens of the role \(roles.map(\.rawValue).sorted().joined(separator: " or "))"
    }
    return "needs the scope \(scope)"
  }

  func allows(_ principal: Principal?) -> Bool {
    guard let principal else { return isOpen }
    if isOpen { return true }
    guard roles.contains(principal.role) else { return false }
    switch principal.role {
    case .staff: return principal.scopes?.contains(scope) ?? true
    case .partner, .service: return principal.scopes?.contains(scope) ?? false
    // What they may do is what their role is for; the methods that admit them say so one by one.
    case .customer, .site: return true
    }
  }
}

/// What methods are about; scopes are granted by noun.
public struct Noun: RawRepresentable, Hashable, Sendable {
  public let rawValue: String

  public init(rawValue: String) {
    self.rawValue = rawValue
  }
}

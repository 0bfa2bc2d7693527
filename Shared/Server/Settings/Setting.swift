/// A setting, declared once: it is read, checked and printed by what stands here.
public struct Setting: Hashable, Sendable {
  /// How its value is written.
  public enum Kind: Sendable {
    case text
    case number
    /// Texts, in a variable with commas between them.
    case list
    /// A text that is not shown. It may also come as the path of a file that holds it, by the name with `_FILE`.
    case secret
  }

  /// What counts when nobody sets it.
  public enum Absence: Hashable, Sendable {
    case refused
    case nothing
    case standard(String)
  }

  /// Name of the environment variable, as `ECRM_LOG_LEVEL`.
  public let name: String
  /// What it is for, in a few words.
  public let meaning: String
  public let kind: Kind
  public let absence: Absence

  public init(_ name: String, _ meaning: String, _ kind: Kind = .text, absence: Absence = .refused) {
    self.name = name
    self.meaning = meaning
    self.kind = kind
    self.absence = absence
  }

  /// The key in a settings file, as `logLevel`.
  public var key: String {
    let words = name.lowercased().split(separator: "_").drop { $0 == "ecrm" }
    let others = words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }
    return (words.first ?? "") + others.joined()
  }

  /// The setting that names a file for this one, where it is a secret.
  var file: Setting? {
    kind == .secret ? Setting(name + "_FILE", "file that holds \(name)", absence: .nothing) : nil
  }
}

extension Setting {
  public static let databaseURL = Setting(
    "ECRM_DATABASE_URL", "connection string of libpq, with the service's own role", .secret)
  public static let databasePassword = Setting(
    "ECRM_DATABASE_PASSWORD", "the role's password, where the connection string has none", .secret, absence: .nothing)
  public static let serviceHost = Setting(
    "ECRM_SERVICE_HOST", "address to answer calls on", absence: .standard("127.0.0.1"))
  public static let port = Setting("ECRM_PORT", "port of the calls, over TLS", .number)
  public static let adminHost = Setting(
    "ECRM_ADMIN_HOST", "address of health and metrics", absence: .standard("127.0.0.1"))
  public static let adminPort = Setting("ECRM_ADMIN_PORT", "port of health and metrics, without TLS", .number)
  public static let certificate = Setting("ECRM_TLS_CERTIFICATE", "PEM file of the certificate and its chain")
  public static let certificateKey = Setting("ECRM_TLS_KEY", "PEM file of the certificate's key")
  public static let clientAuthority = Setting(
    "ECRM_TLS_CLIENT_AUTHORITY", "PEM file of the authority of clients' certificates; none are asked for without it",
    absence: .nothing)
  public static let clientCertificates = Setting(
    "ECRM_TLS_CLIENT_CERTIFICATES", "who has to show a certificate: required (the default), services, optional",
    absence: .nothing)
  public static let clientAllowList = Setting(
    "ECRM_CLIENT_ALLOW_LIST", "file of what clients' certificates may call; all of it without one", absence: .nothing)
  public static let reloadSeconds = Setting(
    "ECRM_TLS_RELOAD_SECONDS", "how often certificates and lists are looked at again", .number, absence: .standard("5"))
  public static let tokenKeys = Setting("ECRM_JWT_KEYS", "folder of the public keys that tokens are signed with")
  public static let allowedOrigins = Setting(
    "ECRM_ALLOWED_ORIGINS", "origins of frontends", .list, absence: .nothing)
  public static let trustedProxies = Setting(
    "ECRM_TRUSTED_PROXIES", "networks whose X-Forwarded-For is believed", .list, absence: .nothing)
  public static let logLevel = Setting("ECRM_LOG_LEVEL", "trace to critical", absence: .standard("info"))

  public static let erasureKey = Setting(
    "ECRM_ERASURE_KEY", "key by which erased people are recognised; further ones lie beside its file", .secret)
  public static let auditKey = Setting(
    "ECRM_AUDIT_KEY", "key that chains the audit trail; further ones lie beside its file", .secret)
  public static let erasuresFile = Setting("ECRM_ERASURES_FILE", "the ledger of erasures, outside of the database")

  /// Settings that some services have.
  public static let ofSomeServices = [erasureKey, auditKey, erasuresFile]

  /// All settings that every service has, in the order in which they are shown.
  public static let ofService = [
    databaseURL, databasePassword, serviceHost, port, adminHost, adminPort, certificate, certificateKey,
    clientAuthority, clientCertificates, clientAllowList, reloadSeconds, tokenKeys, allowedOrigins, trustedProxies,
    logLevel,
  ]
}

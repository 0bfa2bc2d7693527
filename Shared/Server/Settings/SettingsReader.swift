import Configuration
import Foundation
import JSON
import Synchronization

/// Reads settings: from environment variables, then from the JSON file that `ECRM_SETTINGS_FILE` names, then from the
/// defaults.
///
/// Keys of the file are the variables' names without their prefix, as `logLevel` for `ECRM_LOG_LEVEL`. An empty variable
/// counts as absent.
public struct SettingsReader: Sendable {
  /// Where a value came from; what stands first comes first.
  public enum Source: Hashable, Sendable, CustomStringConvertible {
    case environment
    case file(String)
    case standard

    public var description: String {
      switch self {
      case .environment: "environment"
      case .file(let path): "file \(path)"
      case .standard: "default"
      }
    }
  }

  /// A setting's value, those of lists with commas between them.
  public struct Found: Sendable {
    public let text: String
    public let source: Source
    /// The file that held it, where it is a secret that came by one.
    public let file: String?
  }

  /// Name of the variable that names the settings file.
  public static let fileVariable = "ECRM_SETTINGS_FILE"

  private let providers: [any ConfigProvider]
  private let sources: [Source]

  /// Reads what the environment and its settings file say.
  ///
  /// - Parameter settings: Every setting that the file may hold.
  /// - Throws: `WrongSetting` when the file cannot be read or holds what is none of the settings.
  public init(environment: [String: String], settings: [Setting]) async throws {
    let present = environment.filter { !$0.value.isEmpty }
    var providers: [any ConfigProvider] = [
      EnvironmentVariablesProvider(environmentVariables: present).prefixKeys(with: "ecrm")
    ]
    var sources = [Source.environment]
    if let path = present[Self.fileVariable] {
      try Self.check(path, holdsOnly: settings)
      guard let file = try? await FileProvider<JSONSnapshot>(filePath: .init(path)) else {
        throw WrongSetting(description: "\(Self.fileVariable) names \(path), which cannot be read.")
      }
      providers.append(file)
      sources.append(.file(path))
    }
    var defaults: [AbsoluteConfigKey: ConfigValue] = [:]
    for setting in settings {
      guard case .standard(let value) = setting.absence else { continue }
      defaults[AbsoluteConfigKey([setting.key])] = ConfigValue(.string(value), isSecret: false)
    }
    providers.append(InMemoryProvider(name: "defaults", values: defaults))
    self.providers = providers
    self.sources = sources + [.standard]
  }

  /// Refuses what the library would pass over: a key that is misspelt, or a value of another kind.
  private static func check(_ path: String, holdsOnly settings: [Setting]) throws {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw WrongSetting(description: "\(fileVariable) names \(path), which cannot be read.")
    }
    guard let root = try? JSONDocument(parsing: [UInt8](bytes)).root, root.kind == .object else {
      throw WrongSetting(description: "\(fileVariable) names \(path), which is no JSON object.")
    }
    let known = settings + settings.compactMap(\.file)
    for (key, value) in root.members {
      guard let setting = known.first(where: { $0.key == key }) else {
        throw WrongSetting(description: "\(path) holds \(key), which is no setting.")
      }
      let (isRight, kind) =
        switch setting.kind {
        case .text, .secret: (value.kind == .string, "a string")
        case .number: (value.integer != nil, "a number")
        case .list: (value.kind == .array && value.elements.allSatisfy { $0.kind == .string }, "a list of strings")
        }
      guard isRight else {
        throw WrongSetting(description: "\(path) holds \(key) (\(setting.name)), which is not \(kind).")
      }
    }
  }

  /// The setting's value; nil when nobody sets it and it has no default.
  ///
  /// - Throws: `WrongSetting` when a secret comes in both ways, or its file cannot be read.
  public func find(_ setting: Setting) throws -> Found? {
    let own = value(of: setting)
    guard let file = setting.file, let named = value(of: file) else { return own }
    if let own {
      guard own.source != named.source else {
        throw WrongSetting(description: "\(setting.name) and \(file.name) are both set; keep one of them.")
      }
      if own.source == .environment { return own }
    }
    guard let text = try? String(contentsOfFile: named.text, encoding: .utf8) else {
      throw WrongSetting(description: "\(file.name) names \(named.text), which cannot be read.")
    }
    return Found(text: text.hasSuffix("\n") ? String(text.dropLast()) : text, source: named.source, file: named.text)
  }

  /// The setting's text, where it may be left out; an empty one counts as absent.
  public func optional(_ setting: Setting) throws -> String? {
    try find(setting).flatMap { $0.text.isEmpty ? nil : $0.text }
  }

  /// The setting's text.
  ///
  /// - Throws: `WrongSetting` when nobody sets it.
  public func text(_ setting: Setting) throws -> String {
    guard let text = try optional(setting) else { throw WrongSetting(description: "\(setting.name) is not set.") }
    return text
  }

  private func value(of setting: Setting) -> Found? {
    let access = LastAccess()
    let reader = ConfigReader(providers: providers, accessReporter: access)
    let key = ConfigKey([setting.key])
    let text: String? =
      switch setting.kind {
      case .text, .secret: reader.string(forKey: key, isSecret: setting.kind == .secret)
      // A variable that holds no number is still a text, which is refused by what it says.
      case .number: reader.int(forKey: key).map(String.init) ?? reader.string(forKey: key)
      case .list: reader.stringArray(forKey: key)?.joined(separator: ",")
      }
    guard let text, let place = access.place else { return nil }
    return Found(text: text, source: sources[place], file: nil)
  }

  /// Which provider answered: the library asks them in turn and reports those it has asked.
  private final class LastAccess: AccessReporter {
    private let last = Mutex<Int?>(nil)

    var place: Int? { last.withLock { $0 } }

    func report(_ event: AccessEvent) {
      last.withLock { $0 = event.providerResults.indices.last }
    }
  }
}

/// A setting that keeps the service from starting.
public struct WrongSetting: Error, CustomStringConvertible {
  public let description: String

  public init(description: String) {
    self.description = description
  }
}

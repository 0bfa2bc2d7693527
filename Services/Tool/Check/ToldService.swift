import Foundation
import Server

/// A service and the environment that tells it its settings.
struct ToldService {
  /// Nil for the service that this process's own environment is meant for.
  let service: Service?
  let environment: [String: String]

  /// The services of the suite in the state folder, and the one of this process's environment, in a container say.
  static func all(
    _ state: StateFolder, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> [ToldService] {
    let hasSuite = Files.owner(state.path) != nil
    var all: [ToldService] = []
    if hasSuite {
      let ports = try state.recordedPorts(environment: environment)
      // Only its presence matters here: services have their own roles and passwords in it.
      let address = (try? Files.text(state.databaseURL)) ?? ""
      all = Service.allCases.map {
        let told = ServiceEnvironment.of($0, databaseURL: address, state: state, ports: ports, inherited: environment)
        return ToldService(service: $0, environment: told)
      }
    }
    // A settings file alone may as well be meant for the whole suite, whose services inherit it.
    if environment[Setting.port.name] != nil || !hasSuite && environment[SettingsReader.fileVariable] != nil {
      all.append(ToldService(service: nil, environment: environment))
    }
    return all
  }

  var name: String { service?.rawValue ?? "this environment" }

  /// What keeps the service from starting; none when nothing does.
  func faults() async -> [String] {
    do {
      _ = try await ServiceSettings(
        service: name, version: ServiceProcess.version, own: try await ownSettings(), environment: environment)
      return []
    } catch {
      return ["\(name): \(error)"]
    }
  }

  /// Its settings, one a line: name, value and where that came from. Secrets are not shown.
  func lines() async throws -> [String] {
    let reader = try await SettingsReader(
      environment: environment, settings: Setting.ofService + Setting.ofSomeServices)
    let settings = try await Setting.ofService + ownSettings()
    return [name]
      + settings.map { setting in
        let (value, source) = Self.shown(setting, reader)
        return "  " + Self.padded(setting.name, 28) + Self.padded(value, 44) + source
      }
  }

  /// What the service has beside the settings of all; of one that is not named, what it is told.
  private func ownSettings() async throws -> [Setting] {
    if let service { return service.definition.ownSettings }
    let reader = try await SettingsReader(
      environment: environment, settings: Setting.ofService + Setting.ofSomeServices)
    return Setting.ofSomeServices.filter { setting in
      do { return try reader.find(setting) != nil } catch { return true }
    }
  }

  private static func shown(_ setting: Setting, _ reader: SettingsReader) -> (value: String, source: String) {
    do {
      guard let found = try reader.find(setting) else { return ("-", "not set") }
      let value = setting.kind == .secret ? "***" : found.text
      return (value, found.source.description + (found.file.map { ", from \($0)" } ?? ""))
    } catch {
      return ("-", "wrong: \(error)")
    }
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(2, width - text.count))
  }
}

import CustomerBase
import Foundation

extension SettingsReader {
  /// Keys and ledger, as far as the service has settings for them.
  func privacy(_ own: [Setting]) throws -> PrivacyMeans {
    PrivacyMeans(
      erasureKeys: try own.contains(.erasureKey)
        ? keys(.erasureKey, named: "erasure-").map { ErasureKey(secret: $0) } : [],
      auditKeys: try own.contains(.auditKey) ? keys(.auditKey, named: "audit-").map { AuditKey(secret: $0) } : [],
      ledger: try own.contains(.erasuresFile) ? ledger() : nil)
  }

  /// The key in use, then those that lie beside its file and are named by their ids: what was made with them before is
  /// still recognised.
  private func keys(_ setting: Setting, named prefix: String) throws -> [String] {
    let current = try text(setting)
    guard current.utf8.count >= 16 else {
      throw WrongSetting(description: "\(setting.name) is shorter than 16 bytes, which anybody could guess.")
    }
    guard let file = try find(setting)?.file else { return [current] }
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    let others = names.filter { $0.hasPrefix(prefix) && !$0.hasSuffix(".new") }
      .compactMap { try? String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }
      .map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
    return [current] + others.filter { $0 != current && !$0.isEmpty }
  }

  private func ledger() throws -> ErasureLedger {
    let path = try text(.erasuresFile)
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let isThere = FileManager.default.fileExists(atPath: path)
    guard access(isThere ? path : folder, isThere ? R_OK | W_OK : W_OK | X_OK) == 0 else {
      throw WrongSetting(description: "\(Setting.erasuresFile.name) names \(path), which cannot be written.")
    }
    let ledger = ErasureLedger(path: path)
    do {
      _ = try ledger.erasures()
    } catch {
      throw WrongSetting(description: "\(Setting.erasuresFile.name): \(error)")
    }
    return ledger
  }
}

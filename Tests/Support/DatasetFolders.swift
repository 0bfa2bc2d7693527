import Foundation

/// Where tests find the data they compare with.
public enum DatasetFolders {
  /// The folder that `Services/Tool/Datasets/fetch.sh` fills: `ECRM_DATA`, or `.data` in the nearest folder above this file.
  ///
  /// It is named even when it is missing, so that a test fails with the path that it misses.
  public static let fetched: String = {
    if let chosen = ProcessInfo.processInfo.environment["ECRM_DATA"], !chosen.isEmpty { return chosen }
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let package = tests.deletingLastPathComponent()
    var folder = tests
    while folder.path != "/" {
      let candidate = folder.appendingPathComponent(".data").path
      if FileManager.default.fileExists(atPath: candidate) { return candidate }
      folder.deleteLastPathComponent()
    }
    return package.appendingPathComponent(".data").path
  }()

  /// The folder of reference results beside the package, nil where it is not at hand.
  public static let reference: String? = {
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let candidates: [String?] = [
      ProcessInfo.processInfo.environment["ECRM_REFERENCE"],
      package.deletingLastPathComponent().appendingPathComponent("shared/data").path,
    ]
    return candidates.compactMap { $0 }.first { FileManager.default.fileExists(atPath: $0) }
  }()
}

import Datasets
import Foundation

/// A public data set that `ecrm` knows how to load.
enum Dataset: String, CaseIterable {
  case cdnow
  case febrl
  case clickStream = "click-stream"
  case onlineRetail = "online-retail"

  /// Its files, by their paths within the folder of data sets.
  private var names: [String] {
    switch self {
    case .cdnow: ["cdnow/CDNOW_sample.txt"]
    case .febrl: ["febrl/dataset4a.csv", "febrl/dataset4b.csv"]
    case .clickStream: ["retentioneering/ecom.csv"]
    case .onlineRetail: ["online-retail/online_retail.csv.gz"]
    }
  }

  /// Its files; nil when they are not at hand.
  ///
  /// They are looked for where `ECRM_DATA` says and in `.data`; Online Retail, which no package carries, also where
  /// `ECRM_REFERENCE` says and in `../shared/data`.
  func files(environment: [String: String] = ProcessInfo.processInfo.environment) -> [String]? {
    var folders = [environment["ECRM_DATA"] ?? "", ".data"]
    if self == .onlineRetail { folders += [environment["ECRM_REFERENCE"] ?? "", "../shared/data"] }
    return folders.lazy.filter { !$0.isEmpty }
      .map { folder in names.map { "\(folder)/\($0)" } }
      .first { $0.allSatisfy(FileManager.default.isReadableFile) }
  }

  func requiredFiles() throws -> [String] {
    if let files = files() { return files }
    let remedy =
      self == .onlineRetail
      ? "name the folder that holds \(names[0]) with ECRM_DATA" : "run `make data`, or name its folder with ECRM_DATA"
    throw Fault("The data set \(rawValue) is not at hand: \(remedy).")
  }

  /// What is sent of it, read from its files.
  func phases(_ files: [String]) throws -> [LoadPhase] {
    switch self {
    case .cdnow: try CDNOW.phases(files[0])
    case .febrl: try FEBRL.phases(files[0], files[1])
    case .clickStream: try ClickStream.phases(files[0])
    case .onlineRetail: try OnlineRetail.phases(files[0])
    }
  }
}

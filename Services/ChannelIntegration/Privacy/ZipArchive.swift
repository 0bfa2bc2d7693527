import Models

/// A ZIP archive whose files are stored as they are (method 0), after PKWARE's APPNOTE 6.3.10. Names are UTF-8.
///
/// Files and the whole are smaller than 4 GiB, which is what the format takes without its extensions.
struct ZipArchive {
  private var bytes: [UInt8] = []
  private var directory: [UInt8] = []
  private var count: UInt16 = 0
  private let time: UInt16
  private let date: UInt16

  /// - Parameter moment: When the files were made, in UTC.
  init(at moment: Timestamp) {
    // As the wire writes it: 2026-01-01T10:00:00Z.
    let digits = "\(moment)".split { !$0.isNumber }.compactMap { UInt16($0) }
    date = (digits[0] - 1980) << 9 | digits[1] << 5 | digits[2]
    time = digits[3] << 11 | digits[4] << 5 | digits[5] / 2
  }

  mutating func add(_ name: String, _ content: [UInt8]) {
    let start = UInt32(bytes.count)
    let name = Array(name.utf8)
    // Version 2.0, names in UTF-8, stored.
    var common: [UInt8] = []
    for value in [20, 0x0800, 0, time, date] as [UInt16] { common.append(little: value) }
    for value in [CRC32.of(content), UInt32(content.count), UInt32(content.count)] { common.append(little: value) }
    for value in [UInt16(name.count), 0] { common.append(little: value) }
    bytes.append(little: 0x0403_4b50 as UInt32)
    bytes += common + name + content
    directory.append(little: 0x0201_4b50 as UInt32)
    directory.append(little: 20 as UInt16)
    directory += common
    for value in [0, 0, 0] as [UInt16] { directory.append(little: value) }
    directory.append(little: 0 as UInt32)
    directory.append(little: start)
    directory += name
    count += 1
  }

  /// The whole, with its directory at the end.
  func finished() -> [UInt8] {
    var end: [UInt8] = []
    end.append(little: 0x0605_4b50 as UInt32)
    for value in [0, 0, count, count] { end.append(little: value) }
    end.append(little: UInt32(directory.count))
    end.append(little: UInt32(bytes.count))
    end.append(little: 0 as UInt16)
    return bytes + directory + end
  }
}

/// The cyclic redundancy check of ZIP: polynomial 0xEDB88320, reflected.
private enum CRC32 {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { code, _ in code & 1 == 1 ? 0xedb8_8320 ^ (code >> 1) : code >> 1 }
  }

  static func of(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0) { code, byte in table[Int((code ^ UInt32(byte)) & 0xff)] ^ (code >> 8) }
  }
}

extension [UInt8] {
  fileprivate mutating func append<Number: FixedWidthInteger>(little value: Number) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }
}

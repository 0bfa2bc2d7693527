import NIOCore

/// A network of addresses, `10.0.0.0/8` or `fd00::/8`; without a length a single address.
struct AddressNetwork: Hashable, Sendable {
  private let bytes: [UInt8]
  private let length: Int

  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, let bytes = addressBytes(String(parts[0])) else { return nil }
    let length = parts.count == 2 ? Int(parts[1]) : bytes.count * 8
    guard let length, (0...bytes.count * 8).contains(length) else { return nil }
    self.bytes = bytes
    self.length = length
  }

  func contains(_ address: [UInt8]) -> Bool {
    guard address.count == bytes.count else { return false }
    return (0..<length).allSatisfy { bit in
      let mask = UInt8(0x80) >> UInt8(bit % 8)
      return address[bit / 8] & mask == bytes[bit / 8] & mask
    }
  }
}

/// Tells the addresses of callers, through proxies that are trusted to name them.
struct CallerAddresses: Sendable {
  let trustedProxies: [AddressNetwork]

  /// The key a caller counts by: the last address that no trusted proxy has, an IPv6 address cut to 64 bits.
  func key(of connection: Connection, forwardedFor: [String]) -> String {
    if trustedProxies.isEmpty || forwardedFor.isEmpty { return connection.addressKey }
    var caller = connection.peerAddress.flatMap(addressBytes)
    let hops = forwardedFor.flatMap { $0.split(separator: ",") }.map { String($0.trimmingSpaces()) }
    for hop in hops.reversed() {
      guard let proxy = caller, trustedProxies.contains(where: { $0.contains(proxy) }) else { break }
      guard let next = addressBytes(hop) else { break }
      caller = next
    }
    return addressKey(caller)
  }
}

extension SocketAddress {
  /// The key that a caller of this address counts by.
  var callerKey: String { addressKey(addressBytes(self)) }
}

private func addressKey(_ caller: [UInt8]?) -> String {
  guard let caller else { return "unknown" }
  if caller.count == 4 { return caller.map(String.init).joined(separator: ".") }
  let groups = stride(from: 0, to: 8, by: 2).map {
    String(UInt16(caller[$0]) << 8 | UInt16(caller[$0 + 1]), radix: 16)
  }
  return groups.joined(separator: ":") + "::/64"
}

/// The 4 or 16 bytes of an address; an IPv4 address inside IPv6 is taken out of it.
private func addressBytes(_ text: String) -> [UInt8]? {
  (try? SocketAddress(ipAddress: text, port: 0)).flatMap(addressBytes)
}

private func addressBytes(_ address: SocketAddress) -> [UInt8]? {
  switch address {
  case .v4(let address):
    return withUnsafeBytes(of: address.address.sin_addr) { Array($0) }
  case .v6(let address):
    let bytes = withUnsafeBytes(of: address.address.sin6_addr) { Array($0) }
    let isMapped = bytes[0..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xff && bytes[11] == 0xff
    return isMapped ? Array(bytes[12...]) : bytes
  case .unixDomainSocket:
    return nil
  }
}

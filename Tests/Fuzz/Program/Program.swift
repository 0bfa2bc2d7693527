import Foundation
import FuzzTargets

private let target = ProcessInfo.processInfo.environment["FUZZ_TARGET"].flatMap { FuzzTarget(rawValue: $0) }

/// What libFuzzer calls with each input that it makes; it brings the program's beginning itself.
@_cdecl("LLVMFuzzerTestOneInput")
public func take(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  let fault = target == nil ? "FUZZ_TARGET names none" : target?.fault(in: bytes)
  guard let fault else { return 0 }
  FileHandle.standardError.write(Data("\(fault)\n".utf8))
  abort()
}

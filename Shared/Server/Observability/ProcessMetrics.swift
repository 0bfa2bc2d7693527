import Foundation
import Models

/// What the operating system says of this process, under the names that Prometheus's own clients use.
struct ProcessMetrics: Sendable {
  let startedAt: Timestamp

  static let help = [
    "process_start_time_seconds": "When the process started, in seconds since 1970.",
    "process_cpu_seconds_total": "Processor time that the process has used.",
    "process_resident_memory_bytes": "Memory that the process holds.",
    "process_virtual_memory_bytes": "Memory that the process has mapped.",
    "process_open_fds": "File descriptors that are open.",
    "process_max_fds": "File descriptors that may be open.",
  ]

  /// The samples as they are now; those that this system does not tell are left out.
  @Sendable func samples() -> [PrometheusMetrics.Sample] {
    var samples = [
      PrometheusMetrics.Sample(
        "process_start_time_seconds", value: Double(startedAt.microsecondsSinceEpoch) / 1_000_000)
    ]
    var used = timespec()
    if clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == 0 {
      let seconds = Double(used.tv_sec) + Double(used.tv_nsec) / 1_000_000_000
      samples.append(.init("process_cpu_seconds_total", kind: .counter, value: seconds))
    }
    if let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) {
      let pages = text.split(separator: " ").compactMap { Double($0) }
      let bytes = Double(sysconf(Int32(_SC_PAGESIZE)))
      if pages.count > 1 {
        samples.append(.init("process_virtual_memory_bytes", value: pages[0] * bytes))
        samples.append(.init("process_resident_memory_bytes", value: pages[1] * bytes))
      }
    }
    if let open = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
      samples.append(.init("process_open_fds", value: Double(open.count)))
    }
    let limit = sysconf(Int32(_SC_OPEN_MAX))
    if limit >= 0 { samples.append(.init("process_max_fds", value: Double(limit))) }
    return samples
  }
}

/// What the transport counts.
struct TransportMetrics: Sendable {
  let connections: GaugeInstrument
  let handshakeFailures: CounterInstrument
  let requestBytes: CounterInstrument
  let callsInFlight: GaugeInstrument
  /// Nearly all answers have this status, so that it need not be looked up.
  private let successes: CounterInstrument
  private let metrics: PrometheusMetrics
  private let service: String

  init(metrics: PrometheusMetrics, settings: TransportSettings) {
    self.metrics = metrics
    self.service = settings.service
    let labels = [("service", settings.service)]
    metrics.describe("http_connections_open", "Connections that are open.")
    metrics.describe("tls_handshake_failures_total", "Connections that ended before their TLS handshake did.")
    metrics.describe("http_request_bytes_total", "Bytes of the bodies that were read.")
    metrics.describe("http_requests_in_flight", "Requests that are being answered.")
    metrics.describe("http_requests_total", "Requests by the status of their answer.")
    metrics.describe("build_info", "The version that runs, as a label.")
    connections = metrics.gauge("http_connections_open", labels)
    handshakeFailures = metrics.counter("tls_handshake_failures_total", labels)
    requestBytes = metrics.counter("http_request_bytes_total", labels)
    callsInFlight = metrics.gauge("http_requests_in_flight", labels)
    successes = metrics.counter("http_requests_total", labels + [("status", "200")])
    metrics.gauge("build_info", labels + [("version", settings.version)]).set(1 as Int64)
  }

  func answered(status: Int) {
    if status == 200 { return successes.increment(by: 1 as Int64) }
    metrics.counter("http_requests_total", [("service", service), ("status", "\(status)")]).increment(by: 1 as Int64)
  }
}

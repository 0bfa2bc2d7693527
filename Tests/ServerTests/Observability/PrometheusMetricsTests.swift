import CoreMetrics
import Testing

@testable import Server

@Suite struct PrometheusMetricsTests {
  @Test func `metrics are written in the text format`() {
    let metrics = PrometheusMetrics(
      help: ["rpc_requests_total": "Calls\nby \\ code."], buckets: ["rpc_duration_seconds": [0.1, 1]])
    let labels = [("service", "a"), ("code", "say \"x\\y\"\n")]
    Counter(label: "rpc.requests", dimensions: labels, factory: metrics).increment(by: 3)
    Counter(label: "rpc_requests_total", dimensions: labels, factory: metrics).increment()
    let timer = Timer(label: "rpc_duration", dimensions: [("m", "x")], factory: metrics)
    timer.recordNanoseconds(50_000_000)
    timer.recordNanoseconds(100_000_000)
    timer.recordNanoseconds(2_000_000_000)
    let gauge = Meter(label: "pool size", factory: metrics)
    gauge.set(2.5)
    gauge.increment(by: 1)
    metrics.register { [.init("lag", labels: [("s", "b")], value: .infinity), .init("lag", value: 1)] }
    let text = String(decoding: metrics.expose(), as: UTF8.self)
    #expect(
      text == """
        # HELP lag lag
        # TYPE lag gauge
        lag{s="b"} +Inf
        lag 1
        # HELP pool_size pool size
        # TYPE pool_size gauge
        pool_size 3.5
        # HELP rpc_duration_seconds rpc duration seconds
        # TYPE rpc_duration_seconds histogram
        rpc_duration_seconds_bucket{m="x",le="0.1"} 2
        rpc_duration_seconds_bucket{m="x",le="1.0"} 2
        rpc_duration_seconds_bucket{m="x",le="+Inf"} 3
        rpc_duration_seconds_sum{m="x"} 2.15
        rpc_duration_seconds_count{m="x"} 3
        # HELP rpc_requests_total Calls\\nby \\\\ code.
        # TYPE rpc_requests_total counter
        rpc_requests_total{code="say \\"x\\\\y\\"\\n",service="a"} 4

        """)
  }

  @Test func `a name keeps its kind and a destroyed series goes`() {
    let metrics = PrometheusMetrics()
    let counter = metrics.makeCounter(label: "x_total", dimensions: [])
    metrics.makeMeter(label: "x_total", dimensions: [("a", "b")]).set(5 as Int64)
    #expect(String(decoding: metrics.expose(), as: UTF8.self).hasSuffix("# TYPE x_total counter\nx_total 0\n"))
    metrics.destroyCounter(counter)
    #expect(metrics.expose().isEmpty)
  }

  @Test func `every series has the common labels, unless it has its own`() {
    let metrics = PrometheusMetrics(labels: [("service", "a")])
    metrics.makeCounter(label: "n", dimensions: [("code", "0")]).increment(by: 1)
    metrics.makeCounter(label: "n", dimensions: [("service", "b")]).increment(by: 2)
    metrics.register { [.init("lag", labels: [("s", "b")], value: 1)] }
    let lines = String(decoding: metrics.expose(), as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(lines == [#"lag{s="b",service="a"} 1"#, #"n_total{code="0",service="a"} 1"#, #"n_total{service="b"} 2"#])
  }

  @Test func `counting from many tasks loses nothing`() async {
    let metrics = PrometheusMetrics()
    await withTaskGroup { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<1000 { metrics.makeCounter(label: "n", dimensions: []).increment(by: 1) }
        }
      }
    }
    #expect(String(decoding: metrics.expose(), as: UTF8.self).hasSuffix("n_total 8000\n"))
  }
}

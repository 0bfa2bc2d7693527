import Foundation
import Logging
import Testing

@testable import Server

@Suite struct JSONLogHandlerTests {
  @Test(arguments: [
    ("mail ada@example.com now", "mail [email] now"), ("<ada.l+x@mail.example.co.uk>", "<[email]>"),
    ("größe@müller.example", "[email]"), ("a@b", "a@b"), ("@example.com", "@example.com"),
    ("call +49 (0)170 123-4567.", "call [phone]."), ("0170/1234567", "[phone]"), ("(555) 123-4567", "[phone]"),
    ("555-123-4567", "[phone]"), ("at 2026-11-22T14:22:47.123456Z", "at 2026-11-22T14:22:47.123456Z"),
    ("01890a5d-ac96-774b-bcce-b302099a8057", "01890a5d-ac96-774b-bcce-b302099a8057"),
    ("took 0.000123456 s, 127.0.0.1:7101", "took 0.000123456 s, 127.0.0.1:7101"),
    ("Authorization: Bearer abc.def-123", "Authorization: [token]"), ("bearer of news", "[token] news"),
    ("token eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln end", "token [token] end"), ("eyJust", "eyJust"),
    ("1700000000123", "1700000000123"), ("", ""), ("@", "@"), ("+", "+"),
  ])
  func `personal data and tokens are masked`(text: String, expected: String) {
    #expect(masked(text) == expected)
  }

  @Test func `each message is one line of JSON with its metadata`() throws {
    let pipe = Pipe()
    let descriptor = pipe.fileHandleForWriting.fileDescriptor
    var logger = Logger(label: "calls") { label in
      JSONLogHandler(label: label, service: "acquisition", fileDescriptor: descriptor)
    }
    logger[metadataKey: "request_id"] = "r1"
    logger.info(
      "Wrote to ada@example.com\n\"again\" \u{1}",
      metadata: [
        "trace_id": "t1", "duration_ms": .stringConvertible(12), "ok": .stringConvertible(true), "ts": "forged",
        "to": ["+49 170 1234567", .dictionary(["token": "Bearer secret"])],
      ])
    logger.debug("not written")
    try pipe.fileHandleForWriting.close()
    let text = String(decoding: try #require(try pipe.fileHandleForReading.readToEnd()), as: UTF8.self)
    #expect(text.filter { $0 == "\n" }.count == 1)
    let line = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(line["msg"] as? String == "Wrote to [email]\n\"again\" \u{1}")
    #expect(line["level"] as? String == "info")
    #expect(line["service"] as? String == "acquisition")
    #expect(line["logger"] as? String == "calls")
    #expect(line["request_id"] as? String == "r1")
    #expect(line["trace_id"] as? String == "t1")
    #expect(line["duration_ms"] as? Int == 12)
    #expect(line["ok"] as? Bool == true)
    #expect((line["ts"] as? String)?.hasSuffix("Z") == true)
    #expect(text.contains(#""to":["[phone]",{"token":"[token]"}]"#))
  }

  @Test func `a trace is continued or begun`() throws {
    let sent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    let trace = try #require(TraceContext(traceparent: sent))
    #expect(trace.traceID == "4bf92f3577b34da6a3ce929d0e0e4736")
    #expect(trace.parentID == "00f067aa0ba902b7")
    #expect(trace.isSampled)
    #expect(TraceContext(traceparent: trace.traceparent)?.parentID == trace.spanID)
    #expect(TraceContext(traceparent: TraceContext().traceparent) != nil)
    for wrong in [
      "", "00", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", sent + "-x", sent.uppercased(),
      "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
      "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
    ] {
      #expect(TraceContext(traceparent: wrong) == nil)
    }
  }
}

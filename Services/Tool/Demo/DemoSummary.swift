import JSON

/// The value chain on one screen: what each service answers about the data sets.
struct DemoSummary {
  /// A set's orders or events, from the first day to the day after the last.
  private struct Period {
    let from: String
    let to: String

    var members: String { #""from":"\#(from)","to":"\#(to)""# }
  }

  private static let cdnow = Period(from: "1997-01-01", to: "1998-07-01")
  private static let retail = Period(from: "2010-12-01", to: "2011-12-10")
  private static let clicks = Period(from: "2024-01-01", to: "2024-07-01")

  private let client: SuiteClient
  private let fit: JSONNode
  private let training: JSONNode
  private let hasRetail: Bool

  init(_ client: SuiteClient, jobs: (fit: JSONNode, training: JSONNode), hasRetail: Bool) {
    self.client = client
    fit = jobs.fit
    training = jobs.training
    self.hasRetail = hasRetail
  }

  func lines() async throws -> [String] {
    var screen = Screen()
    let music = try await scorecard(Self.cdnow)
    let retail = hasRetail ? try await scorecard(Self.retail) : nil
    screen.heading("")
    try await acquisition(&screen)
    try await retention(&screen, music)
    try await expansion(&screen, music, retail)
    try await channels(&screen, music)
    try await performance(&screen)
    further(&screen)
    return screen.lines
  }

  private func scorecard(_ period: Period) async throws -> JSONNode {
    try await client.ask(.performanceMeasurement, "scorecard.get", "{\(period.members)}")
  }

  private func acquisition(_ screen: inout Screen) async throws {
    let figures = try await scorecard(Self.clicks)["acquisition"]
    screen.heading("ACQUISITION, a shop's click-stream, January to June 2024")
    screen.line(
      "who came",
      [
        "\(count(figures, "visitors")) visitors", "\(count(figures, "events")) events",
        "\(count(figures, "identifiedVisitors")) signed in to buy",
      ])
    let steps = ["product_view", "add_to_cart", "payment_details", "purchase"]
    let names = steps.map { "\"\($0)\"" }.joined(separator: ",")
    let funnel = try await client.ask(
      .acquisition, "funnels.report", #"{"steps":[\#(names)],"withinHours":24,\#(Self.clicks.members)}"#)
    let reached = funnel.list("steps").enumerated().map { index, step in
      let share = index == 0 ? "" : " (\(Figures.percent(step["rate"]?.double)))"
      return "\(step["event"]?.string ?? "") \(count(step, "visitors"))\(share)"
    }
    screen.line("within 24 hours", reached, separator: " → ")
  }

  private func retention(_ screen: inout Screen, _ music: JSONNode) async throws {
    screen.heading("RETENTION, the music shop CDNOW, January 1997 to June 1998")
    let figures = music["retention"]
    let rfm = try await client.ask(.retention, "rfm.report", #"{"asOf":"1998-06-30","source":"cdnow"}"#)
    screen.line(
      "who stayed",
      [
        "\(Figures.number(rfm["customers"]?.double)) buyers",
        "\(Figures.percent(figures?["secondPurchaseRate"]?.double)) bought on a second day",
      ])
    let segments = rfm.list("segments").prefix(6).map { segment in
      "\(segment["title"]?.string ?? "") \(Figures.percent(segment["share"]?.double))"
    }
    screen.line("RFM segments", segments)
    let model = fit["model"]
    screen.line("BG/NBD", parameters(model, [("r", "r"), ("α", "alpha"), ("a", "a"), ("b", "b")], decimals: 4))
    screen.line("", "published: r 0.2426  α 4.4136  a 0.7929  b 2.4259 (Fader, Hardie & Lee 2005)")
    screen.line(
      "Gamma-Gamma",
      parameters(fit["spend"], [("p", "p"), ("q", "q"), ("v", "v")], decimals: 2)
        + "  published: p 6.25  q 3.74  v 15.44 (Fader & Hardie 2013)")
    let test = fit["backtest"]
    screen.line(
      "forecast",
      [
        "\(count(test, "predicted")) purchases in the \(count(test, "holdoutDays")) days after "
          + "\(DemoJobs.calibrationEnd), \(count(test, "actual")) came",
        "off by \(Figures.number(test?["meanAbsoluteError"]?.double, decimals: 2)) a customer, "
          + "own rate by \(Figures.number(test?["baselineMeanAbsoluteError"]?.double, decimals: 2))",
      ])
    let best = try await client.ask(.retention, "clv.list", #"{"sort":"value","source":"cdnow","limit":3}"#)
    var worth: [String] = []
    for item in best.list("items") {
      let name = try await externalID(of: try item.text("customer"), source: "cdnow")
      let value = Figures.number(item["expectedValue"]?.double)
      worth.append("customer \(name): \(value) USD, alive \(Figures.percent(item["probabilityAlive"]?.double))")
    }
    screen.line("worth in a year", worth)
  }

  private func expansion(_ screen: inout Screen, _ music: JSONNode, _ retail: JSONNode?) async throws {
    screen.heading("EXPANSION")
    for (name, card) in [("CDNOW", music), ("Online Retail", retail)] {
      guard let figures = card?["expansion"] else { continue }
      screen.line(
        name,
        [
          "\(count(figures, "orders")) orders",
          "\(Figures.number(figures["ordersPerCustomer"]?.double, decimals: 1)) a customer",
          "\(Figures.money(figures.list("averageOrder").first)) on average",
          "\(Figures.money(figures.list("revenue").first)) in all",
        ])
    }
    let products =
      training["products"]?.integer == 1
      ? "one product, since CDNOW names no titles" : "\(count(training, "products")) products"
    screen.line("learnt from", "the orders of \(count(training, "customers")) customers: \(products)")
    let found = try await client.ask(
      .channelIntegration, "customers.search", hasRetail ? #"{"text":"12748"}"# : #"{"text":"1516"}"#)
    guard let customer = found.list("items").first?["customer"]?.string else { return }
    let next = try await client.ask(
      .expansion, "recommendations.forCustomer",
      #"{"customer":"\#(customer)","limit":5,"includeBought":\#(!hasRetail)}"#)
    let items = next.list("items").map { item in
      let reason = item.list("reasons").first?["sku"]?.string
      return "\(item["sku"]?.string ?? "") (\(reason.map { "goes with \($0)" } ?? "popular"))"
    }
    screen.line("next for \(hasRetail ? "12748" : "1516")", items)
  }

  private func channels(_ screen: inout Screen, _ music: JSONNode) async throws {
    let figures = music["channelIntegration"]
    screen.heading("CHANNEL INTEGRATION, one view of each customer")
    screen.line(
      "customer base",
      [
        "\(count(figures, "profiles")) profiles of \(count(figures, "customers")) customers",
        "\(count(figures, "linkedCustomers")) known by several profiles",
      ])
    let found = try await client.ask(
      .channelIntegration, "customers.search", #"{"text":"michaela neuman","limit":2}"#)
    let hits = found.list("items").map { item in
      let words = item.list("matches").prefix(2).compactMap(\.string).joined(separator: " ")
      return "\(words) (likeness \(Figures.number(item["score"]?.double, decimals: 2)))"
    }
    screen.line("michaela neuman", hits)
  }

  private func performance(_ screen: inout Screen) async throws {
    screen.heading("PERFORMANCE MEASUREMENT, buyers by the month of their first purchase, and who bought again")
    let sets = [("CDNOW", "cdnow", Self.cdnow)] + (hasRetail ? [("Online Retail", "online-retail", Self.retail)] : [])
    for (name, source, period) in sets {
      let report = try await client.ask(
        .performanceMeasurement, "cohorts.report", #"{"grain":"month","source":"\#(source)",\#(period.members)}"#)
      for cohort in report.list("cohorts").prefix(2) {
        let shares = cohort.list("periods").dropFirst().prefix(10).map { Figures.percent($0["retention"]?.double) }
        screen.line(
          name,
          "\((cohort["start"]?.string ?? "").prefix(7)) \(count(cohort, "customers")): "
            + shares.joined(separator: " "))
      }
    }
  }

  private func further(_ screen: inout Screen) {
    screen.heading("TO LOOK FURTHER")
    let addresses = Service.allCases.map { "\($0.rawValue) \(client.ports.rpc($0))" }
    screen.line("localhost, TLS", addresses)
    screen.line("a call", #"\#(Terminal.command) call channel-integration customers.search '{"text":"neumann"}'"#)
    screen.line("", #"\#(Terminal.command) call retention clv.list '{"sort":"value","source":"cdnow"}'"#)
    screen.line("the contract", "curl --cacert \(client.state.authority) \\")
    screen.line("", "  https://localhost:\(client.ports.rpc(.retention))/openrpc.json")
    screen.line("the end", "\(Terminal.command) down ends the suite and keeps its data")
  }

  /// What the source calls the customer.
  private func externalID(of customer: String, source: String) async throws -> String {
    let view = try await client.ask(
      .channelIntegration, "customers.get", #"{"customer":"\#(customer)"}"#)
    return view.list("profiles").first { $0["source"]?.string == source }?["externalId"]?.string ?? "–"
  }

  private func count(_ figures: JSONNode?, _ name: String) -> String {
    Figures.number(figures?[name]?.double)
  }

  private func parameters(_ model: JSONNode?, _ names: [(String, String)], decimals: Int) -> String {
    names.map { "\($0) \(Figures.number(model?[$1]?.double, decimals: decimals))" }.joined(separator: "  ")
  }
}

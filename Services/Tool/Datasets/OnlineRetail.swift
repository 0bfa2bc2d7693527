/// A year of invoices of a British seller of gifts (Chen, UCI Machine Learning Repository 352, CC BY 4.0):
/// `online_retail.csv`, or the same with `.gz`.
public enum OnlineRetail {
  /// One line of an invoice.
  public struct Line: Hashable, Sendable {
    /// Number of the invoice; C before it cancels, A adjusts a bad debt.
    public var invoice: String
    /// Article, or a word for what is none: POST, DOT, M.
    public var stockCode: String
    /// Name of the article, empty when unknown.
    public var description: String
    /// Units, negative where the invoice takes back.
    public var quantity: Int
    /// When, RFC 3339; local time written as UTC.
    public var invoicedAt: String
    /// Pounds a unit, as written: 2.55.
    public var unitPrice: String
    /// Number of the customer, nil when unknown.
    public var customer: String?
    /// Country of the customer.
    public var country: String

    /// Whether a known customer bought something for money: the usual cleaning for the analysis of customers.
    public var isPurchase: Bool {
      customer != nil && !invoice.hasPrefix("C") && quantity > 0 && (Double(unitPrice) ?? 0) > 0
    }

    /// The article in capital letters, nil where the code is none: five digits, then letters.
    public var article: String? {
      let code = Array(stockCode.uppercased().utf8)
      let isArticle =
        code.count >= 5 && code.prefix(5).allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        && code.dropFirst(5).allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
      return isArticle ? String(decoding: code, as: UTF8.self) : nil
    }
  }

  /// Hands the lines of a file to `body`, in its order, without keeping them.
  public static func forEachLine(path: String, _ body: (Line) throws -> Void) throws {
    let reader = try CSVReader(path: path)
    let places = try reader.columns(
      "InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
    while let fields = try reader.next() {
      guard let quantity = Int(fields[places[3]]), let invoicedAt = moment(fields[places[4]]),
        Double(fields[places[5]]) != nil
      else { throw reader.error("has a quantity, a time or a price that is none") }
      try body(
        Line(
          invoice: fields[places[0]], stockCode: fields[places[1]], description: fields[places[2]], quantity: quantity,
          invoicedAt: invoicedAt, unitPrice: fields[places[5]], customer: present(fields[places[6]]),
          country: fields[places[7]]))
    }
  }
}

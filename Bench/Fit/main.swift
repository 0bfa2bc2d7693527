import Foundation
import Retention

// Fits BG/NBD to a summary of customers (ID, frequency, recency and age in weeks), as often as asked, by what `clv.fit`
// itself calls, and prints each fit's time with what it found. The runner compares it with the package `lifetimes`.
//
// Arguments: the summary's file, the number of fits.

let arguments = CommandLine.arguments
guard arguments.count == 3, let times = Int(arguments[2]) else {
  FileHandle.standardError.write(Data("usage: fit-bench SUMMARY TIMES\n".utf8))
  exit(2)
}

let lines = try String(contentsOfFile: arguments[1], encoding: .utf8).split(whereSeparator: \.isNewline).dropFirst()
let histories = lines.compactMap { line -> PurchaseHistory? in
  let fields = line.split(separator: ",").compactMap { Double($0) }
  guard fields.count == 4 else { return nil }
  return PurchaseHistory(
    frequency: Int(fields[1]), recencyWeeks: fields[2], ageWeeks: fields[3], meanRepeatSpend: 0)
}
for _ in 0..<times {
  let start = ContinuousClock.now
  guard let fit = BetaGeometricModel.fit(histories) else { exit(1) }
  let seconds = (ContinuousClock.now - start) / .seconds(1)
  let (model, likelihood) = (fit.model, fit.logLikelihood)
  print(
    #"{"seconds":\#(seconds),"customers":\#(histories.count),"logLikelihood":\#(likelihood),"#
      + #""r":\#(model.r),"alpha":\#(model.alpha),"a":\#(model.a),"b":\#(model.b)}"#)
}

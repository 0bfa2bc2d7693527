/// Finds the maximum of a smooth function inside a box, by the method of Broyden, Fletcher, Goldfarb and Shanno with
/// steps projected onto the box (Nocedal & Wright 2006, Numerical Optimization, chapter 6).
struct QuasiNewton {
  /// Least and greatest value of each coordinate.
  var bounds: [ClosedRange<Double>]
  /// Steps after which the best point so far is the answer.
  var maximumSteps = 500
  /// Longest step in one coordinate, so that a bad first guess of the curvature does not leap to a far flat region.
  var maximumStride = 2.0

  /// The highest point reached from `start`, and the value there.
  ///
  /// `objective` returns the value at a point and leaves the gradient; where it is not finite, the point is taken as
  /// forbidden. Nil when `start` itself is.
  func maximum(
    from start: [Double], of objective: (_ point: [Double], _ gradient: inout [Double]) -> Double
  ) -> (point: [Double], value: Double)? {
    let size = start.count
    var point = clamped(start)
    var gradient = [Double](repeating: 0, count: size)
    var value = objective(point, &gradient)
    guard value.isFinite, gradient.allSatisfy(\.isFinite) else { return nil }
    var inverse = Self.identity(size, scale: 1)
    var isFresh = true

    for _ in 0..<maximumSteps {
      let isFree = point.indices.map { !isHeld(point[$0], gradient[$0], bounds[$0]) }
      var direction = Self.direction(inverse, gradient, isFree)
      var slope = Self.dot(gradient, direction)
      if slope <= 0 {
        inverse = Self.identity(size, scale: 1)
        isFresh = true
        direction = Self.direction(inverse, gradient, isFree)
        slope = Self.dot(gradient, direction)
      }
      // Half the slope is what the quadratic model still hopes to gain: below the rounding of the value, stop.
      guard slope > 1e-16 * (1 + abs(value)) else { break }
      let longest = direction.lazy.map { abs($0) }.max() ?? 0
      var stride = min(1, (isFresh ? 0.5 : maximumStride) / longest)

      var accepted: (point: [Double], gradient: [Double], value: Double)?
      for _ in 0..<60 {
        let candidate = clamped(zip(point, direction).map { $0 + stride * $1 })
        var candidateGradient = gradient
        let candidateValue = objective(candidate, &candidateGradient)
        // Near the maximum the gain drowns in rounding while the gradient is still exact: allow for the rounding.
        let least = value + 1e-4 * stride * slope - 1e-14 * abs(value)
        if candidateValue.isFinite, candidateGradient.allSatisfy(\.isFinite), candidateValue >= least {
          accepted = (candidate, candidateGradient, candidateValue)
          break
        }
        stride /= 2
      }
      guard let accepted else {
        if isFresh { break }
        inverse = Self.identity(size, scale: 1)
        isFresh = true
        continue
      }
      let step = zip(accepted.point, point).map { $0 - $1 }
      let bend = zip(gradient, accepted.gradient).map { $0 - $1 }
      point = accepted.point
      gradient = accepted.gradient
      value = accepted.value
      let curvature = Self.dot(step, bend)
      guard curvature > 1e-300 else { continue }
      if isFresh {
        inverse = Self.identity(size, scale: curvature / Self.dot(bend, bend))
        isFresh = false
      }
      Self.update(&inverse, step: step, bend: bend, curvature: curvature)
    }
    return (point, value)
  }

  private func clamped(_ point: [Double]) -> [Double] {
    zip(point, bounds).map { min(max($0, $1.lowerBound), $1.upperBound) }
  }

  /// Whether a coordinate stands at its bound and would only leave the box.
  private func isHeld(_ coordinate: Double, _ slope: Double, _ bounds: ClosedRange<Double>) -> Bool {
    (coordinate <= bounds.lowerBound && slope < 0) || (coordinate >= bounds.upperBound && slope > 0)
  }

  private static func direction(_ inverse: [[Double]], _ gradient: [Double], _ isFree: [Bool]) -> [Double] {
    gradient.indices.map { row in
      guard isFree[row] else { return 0 }
      return gradient.indices.reduce(0) { isFree[$1] ? $0 + inverse[row][$1] * gradient[$1] : $0 }
    }
  }

  private static func update(_ inverse: inout [[Double]], step: [Double], bend: [Double], curvature: Double) {
    let projected = inverse.map { dot($0, bend) }
    let factor = (1 + dot(bend, projected) / curvature) / curvature
    for row in step.indices {
      for column in step.indices {
        inverse[row][column] +=
          factor * step[row] * step[column]
          - (projected[row] * step[column] + step[row] * projected[column]) / curvature
      }
    }
  }

  private static func identity(_ size: Int, scale: Double) -> [[Double]] {
    (0..<size).map { row in (0..<size).map { $0 == row ? scale : 0 } }
  }

  private static func dot(_ left: [Double], _ right: [Double]) -> Double {
    zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
  }
}

import Glibc

extension SeededGenerator {
    /// A draw of the Laplace distribution around 0 with the given scale (mean absolute value), by inversion.
    mutating func laplace(scale: Double) -> Double {
        let bits = next()
        let magnitude = -log(Double((bits >> 11) + 1) * 0x1p-53) * scale
        return bits & 1 == 0 ? magnitude : -magnitude
    }

    /// A draw of the standard normal distribution (ziggurat of Marsaglia and Tsang 2000, 256 layers,
    /// 53-bit abscissae).
    mutating func normal() -> Double {
        let table = NormalZiggurat.shared
        while true {
            let bits = next()
            let layer = Int(bits & 0xFF)
            let negative = bits & 0x100 != 0
            let x = Double(bits >> 11) * 0x1p-53 * table.edges[layer]
            if x < table.edges[layer + 1] { return negative ? -x : x }
            if layer == 0 {
                var tail: Double
                var level: Double
                repeat {
                    tail = -log(positiveUniform()) / NormalZiggurat.tailStart
                    level = -log(positiveUniform())
                } while level + level < tail * tail
                let value = NormalZiggurat.tailStart + tail
                return negative ? -value : value
            }
            let height = table.heights[layer] + uniform() * (table.heights[layer + 1] - table.heights[layer])
            if height < exp(-0.5 * x * x) { return negative ? -x : x }
        }
    }

    /// A draw of the Poisson distribution. Multiplication of uniforms in pieces of at most mean 16, so that the
    /// running product never underflows.
    mutating func poisson(mean: Double) -> Int {
        var remaining = mean
        var count = 0
        while remaining > 0 {
            let piece = min(remaining, 16)
            remaining -= piece
            let threshold = exp(-piece)
            var product = positiveUniform()
            while product > threshold {
                count += 1
                product *= positiveUniform()
            }
        }
        return count
    }
}

/// Layer tables of the normal ziggurat.
private struct NormalZiggurat: Sendable {
    static let tailStart = 3.654_152_885_361_009
    static let layerArea = 0.004_928_673_233_992_336
    static let shared = NormalZiggurat()

    /// Right edge per layer; `edges[0]` is the width of the base strip's equal-area rectangle.
    let edges: [Double]
    /// Density at the right edge per layer.
    let heights: [Double]

    private init() {
        var edges = [Double](repeating: 0, count: 257)
        var heights = [Double](repeating: 0, count: 257)
        let base = exp(-0.5 * Self.tailStart * Self.tailStart)
        edges[0] = Self.layerArea / base
        edges[1] = Self.tailStart
        heights[1] = base
        for layer in 2..<256 {
            heights[layer] = heights[layer - 1] + Self.layerArea / edges[layer - 1]
            edges[layer] = sqrt(-2 * log(heights[layer]))
        }
        heights[256] = 1
        self.edges = edges
        self.heights = heights
    }
}

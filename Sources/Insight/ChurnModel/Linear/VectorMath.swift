/// Small vector operations of the solvers.
enum VectorMath {
    static func dot(_ left: [Double], _ right: [Double]) -> Double {
        var sum = 0.0
        for index in left.indices { sum += left[index] * right[index] }
        return sum
    }

    static func norm(_ vector: [Double]) -> Double {
        dot(vector, vector).squareRoot()
    }
}

/// What is wrong with the input of `churn-parity`.
struct ChurnParityError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

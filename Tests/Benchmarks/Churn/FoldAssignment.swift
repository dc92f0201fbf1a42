import ChurnModel
import Foundation

/// Which fold examines which customer, in each of several repetitions.
struct FoldAssignment {
    /// From `set` (empty for any) and repetition to the fold of every customer.
    private let folds: [String: [Int: [String: Int]]]

    /// Reads `customer_id,fold`, with the columns `set` and `repeat` where there are several of them.
    init(contentsOf url: URL) throws {
        let file = try CSVFile(contentsOf: url)
        let customer = try file.column("customer_id", in: url)
        let fold = try file.column("fold", in: url)
        let set = file.header.firstIndex(of: "set")
        let repetition = file.header.firstIndex(of: "repeat")
        var folds: [String: [Int: [String: Int]]] = [:]
        for row in file.rows {
            guard let number = Int(row[fold]) else {
                throw ChurnParityError("\(url.path): the fold '\(row[fold])' is no whole number")
            }
            guard let part = repetition.map({ Int(row[$0]) }) ?? 0 else {
                throw ChurnParityError("\(url.path): a repeat is no whole number")
            }
            folds[set.map { row[$0] } ?? "", default: [:]][part, default: [:]][row[customer]] = number
        }
        self.folds = folds
    }

    /// The repetitions of a set, in order.
    func repeats(of dataset: ChurnDataset) -> [Int] {
        (folds[dataset.name] ?? folds[""] ?? [0: [:]]).keys.sorted()
    }

    /// The fold of every customer of a set.
    func folds(of dataset: ChurnDataset, repetition: Int) throws -> [Int] {
        let known = (folds[dataset.name] ?? folds[""])?[repetition] ?? [:]
        return try dataset.customers.map { customer in
            guard let fold = known[customer] else {
                throw ChurnParityError("the folds file has no fold for customer \(customer) of \(dataset.name)")
            }
            return fold
        }
    }
}

import ChurnModel
import Foundation

/// Which fold examines which customer.
struct FoldAssignment {
    /// From `set` (empty for any) and customer to fold.
    private let folds: [String: [String: Int]]

    /// Reads `customer_id,fold` or `set,customer_id,fold`.
    init(contentsOf url: URL) throws {
        let file = try CSVFile(contentsOf: url)
        let customer = try file.column("customer_id", in: url)
        let fold = try file.column("fold", in: url)
        let set = file.header.firstIndex(of: "set")
        var folds: [String: [String: Int]] = [:]
        for row in file.rows {
            guard let number = Int(row[fold]) else {
                throw ChurnParityError("\(url.path): the fold '\(row[fold])' is no whole number")
            }
            folds[set.map { row[$0] } ?? "", default: [:]][row[customer]] = number
        }
        self.folds = folds
    }

    /// The fold of every customer of a set.
    func folds(of dataset: ChurnDataset) throws -> [Int] {
        let known = folds[dataset.name] ?? folds[""] ?? [:]
        return try dataset.customers.map { customer in
            guard let fold = known[customer] else {
                throw ChurnParityError("the folds file has no fold for customer \(customer) of \(dataset.name)")
            }
            return fold
        }
    }
}

/// The dozen people who each look after a book of clients.
enum AccountManagers {
    private struct Manager {
        let name: String
        let region: Region
        /// Share of the region's clients of each segment, relative to the colleagues.
        let weights: [Double]
    }

    private static let managers: [Manager] = [
        Manager(name: "Maren Oldekop", region: .emea, weights: [3, 1, 0]),
        Manager(name: "Rhys Penhallow", region: .emea, weights: [3, 1, 0]),
        Manager(name: "Océane Tisserand", region: .emea, weights: [1, 3, 0]),
        Manager(name: "Lorcan Whitby", region: .emea, weights: [1, 2, 1]),
        Manager(name: "Giada Montefalco", region: .emea, weights: [0, 0.4, 3]),
        Manager(name: "Tamsin Brookhart", region: .northAmerica, weights: [3, 1, 0]),
        Manager(name: "Deshawn Calloway", region: .northAmerica, weights: [2, 2, 0]),
        Manager(name: "Priscilla Vantongeren", region: .northAmerica, weights: [0.5, 2, 1]),
        Manager(name: "Everett Nakagawa-Hill", region: .northAmerica, weights: [0, 0.3, 2]),
        Manager(name: "Haruto Kisaragi", region: .asiaPacific, weights: [2, 1, 1]),
        Manager(name: "Anjali Deshmukh-Roy", region: .asiaPacific, weights: [1, 2, 1]),
        Manager(name: "Thiago Albuquerque-Lins", region: .latinAmerica, weights: [1, 1, 1]),
    ]

    static let names: [String] = managers.map(\.name)

    static func owner(region: Region, segment: Segment, stream: inout RandomStream) -> Int {
        let weights = managers.map { $0.region == region ? $0.weights[Int(segment.rawValue)] : 0 }
        return stream.index(weights: weights)
    }
}

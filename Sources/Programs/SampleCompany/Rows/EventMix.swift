/// What people do in a session after the login, as a table of 256 equally likely event types.
struct EventMix: Sendable {
    let types: [UInt8]
    private let isPriceMinded: Bool

    private init(weights: [Int], isPriceMinded: Bool = false) {
        types = weights.enumerated().flatMap { type, weight in
            Array(repeating: UInt8(type), count: weight)
        }
        precondition(types.count == 256, "the weights of an event mix add up to 256")
        self.isPriceMinded = isPriceMinded
    }

    /// The order of the weights is that of `Catalogue.eventTypes`.
    static let all: [EventMix] = [
        // Usual work.
        EventMix(weights: [0, 84, 66, 45, 19, 10, 8, 6, 8, 3, 7]),
        // Programs call features and fetch data; they do not look at pages.
        EventMix(weights: [0, 0, 182, 0, 12, 40, 0, 2, 0, 0, 20]),
        // Taking the data along.
        EventMix(weights: [0, 62, 40, 32, 14, 56, 4, 8, 4, 0, 36]),
        // Looking at the bill and the settings.
        EventMix(weights: [0, 94, 44, 40, 14, 12, 4, 36, 4, 0, 8], isPriceMinded: true),
    ]

    @inline(__always)
    static func index(reason: ChurnReason?, isProgrammatic: Bool) -> Int {
        switch reason {
        case .competitor: 2
        case .price: isProgrammatic ? 1 : 3
        default: isProgrammatic ? 1 : 0
        }
    }

    /// The feature that the event type implies, or nil when the client's own habits decide. `draw` is in 0 … 255.
    @inline(__always)
    func feature(of type: Int, draw: Int) -> Int? {
        switch type {
        case 5, 10: draw < 150 ? Catalogue.exportsFeature : nil
        case 7: isPriceMinded && draw < 160 ? Catalogue.billingFeature : 0
        case 9: 0
        default: isPriceMinded && draw < 50 ? Catalogue.billingFeature : nil
        }
    }
}

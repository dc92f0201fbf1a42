import Contract
import Testing

/// The answers that the screens are drawn from are such as a daemon gives: none that is invented.
@Suite struct SampleAnswerTests {
    @Test(arguments: Endpoint.all.map(\.name))
    func isWhole(name: String) throws {
        let endpoint = try #require(Endpoint.named(name))
        guard let answer = try SampleAnswers.all()[name] else { return }
        var params = JSONObject()
        for parameter in endpoint.parameters where parameter.isRequired {
            switch parameter.kind {
            case .choice(let words, _): params[parameter.name] = words.first.map { .string($0) }
            case .customer: params[parameter.name] = .string(try SampleSnapshot.customer())
            default: params[parameter.name] = .integer(17)
            }
        }
        let value = try JSONReader().read(try answer(params))
        let differences = endpoint.resultShape.differences(from: value)
        #expect(differences.isEmpty, "\(name): \(differences)")
    }
}

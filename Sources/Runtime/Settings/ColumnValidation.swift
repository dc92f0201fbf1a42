/// What `validation:` asks of one column beyond what the data contract asks.
public struct ColumnValidation: Sendable, Equatable {
    /// A row without a value is rejected.
    public var required = false
    /// The only values that are accepted, compared exactly; nil accepts every value.
    public var values: [String]?
    /// Bounds of the value as a number, both included.
    public var minimum: Double?
    public var maximum: Double?
    /// `*` stands for any text, `?` for one character.
    public var pattern: String?

    public init(
        required: Bool = false, values: [String]? = nil, minimum: Double? = nil, maximum: Double? = nil,
        pattern: String? = nil
    ) {
        self.required = required
        self.values = values
        self.minimum = minimum
        self.maximum = maximum
        self.pattern = pattern
    }
}

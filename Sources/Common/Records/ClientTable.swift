public import Words

/// The clients and their attributes as the latest demographics gave them: a column for each of ``ClientAttribute``, by the
/// form of its values.
///
/// What is read for many clients is taken out once, before the loop: `let owners = clients[word: .owner]`.
public struct ClientTable: Sendable {
    /// `Int32.min` stands for an unknown day.
    public static let unknownDay = Int32.min
    public static let unknownNumber: Int32 = -1

    public var id = TextColumn()
    /// Whether demographics of the client have arrived.
    public var isKnown: [Bool] = []
    // By attribute; those of another form are empty.
    private var words = [CodedColumn](repeating: CodedColumn(), count: ClientAttribute.allCases.count)
    private var texts = [TextColumn](repeating: TextColumn(), count: ClientAttribute.allCases.count)
    private var numbers = [[Int32]](repeating: [], count: ClientAttribute.allCases.count)
    private var days = [[Int32]](repeating: [], count: ClientAttribute.allCases.count)
    /// Columns beyond the schema, in the order of their names.
    public var attributeNames: [String] = []
    public var attributes: [SparseColumn] = []
    public var knownCount = 0

    public init() {}

    public var count: Int { isKnown.count }

    /// The cells that the columns beyond the schema have memory for, four bytes each.
    public var attributeCells: Int { attributes.reduce(0) { $0 + $1.cells } }

    public subscript(word attribute: ClientAttribute) -> CodedColumn {
        get { words[attribute.rawValue] }
        _modify { yield &words[attribute.rawValue] }
    }

    public subscript(text attribute: ClientAttribute) -> TextColumn {
        get { texts[attribute.rawValue] }
        _modify { yield &texts[attribute.rawValue] }
    }

    /// ``unknownNumber`` when unknown.
    public subscript(number attribute: ClientAttribute) -> [Int32] {
        get { numbers[attribute.rawValue] }
        _modify { yield &numbers[attribute.rawValue] }
    }

    /// ``unknownDay`` when unknown.
    public subscript(day attribute: ClientAttribute) -> [Int32] {
        get { days[attribute.rawValue] }
        _modify { yield &days[attribute.rawValue] }
    }

    /// Adds a client of whom only the id is known.
    public mutating func appendUnknown(id bytes: UnsafeBufferPointer<UInt8>) {
        id.append(bytes)
        isKnown.append(false)
        for attribute in ClientAttribute.texts { texts[attribute.rawValue].appendNil() }
        for attribute in ClientAttribute.words { words[attribute.rawValue].codes.append(0) }
        for attribute in ClientAttribute.numbers { numbers[attribute.rawValue].append(ClientTable.unknownNumber) }
        for attribute in ClientAttribute.days { days[attribute.rawValue].append(ClientTable.unknownDay) }
    }

    public mutating func reserveFurther(_ rows: Int) {
        id.reserveFurther(rows)
        isKnown.reserveFurther(rows)
        for attribute in ClientAttribute.texts { texts[attribute.rawValue].reserveFurther(rows) }
        for attribute in ClientAttribute.words { words[attribute.rawValue].codes.reserveFurther(rows) }
        for attribute in ClientAttribute.numbers { numbers[attribute.rawValue].reserveFurther(rows) }
        for attribute in ClientAttribute.days { days[attribute.rawValue].reserveFurther(rows) }
    }

    /// Forgets the last clients, who have nothing but an id, and the distinct values from some codes on.
    /// - Parameter values: how many distinct values the words keep, in the order of ``ClientAttribute/words``.
    mutating func truncate(to clients: Int, idBytes: Int, values: [Int]) {
        let surplus = count - clients
        id.truncate(to: clients, bytes: idBytes)
        isKnown.removeLast(surplus)
        for attribute in ClientAttribute.texts {
            texts[attribute.rawValue].truncate(to: clients, bytes: texts[attribute.rawValue].bytes.count)
        }
        for (attribute, values) in zip(ClientAttribute.words, values) {
            words[attribute.rawValue].codes.removeLast(surplus)
            words[attribute.rawValue].truncate(values: values)
        }
        for attribute in ClientAttribute.numbers { numbers[attribute.rawValue].removeLast(surplus) }
        for attribute in ClientAttribute.days { days[attribute.rawValue].removeLast(surplus) }
    }
}

/// The attributes that code reads by name.
extension ClientTable {
    public var gender: CodedColumn {
        get { self[word: .gender] }
        _modify { yield &self[word: .gender] }
    }
    public var location: CodedColumn {
        get { self[word: .location] }
        _modify { yield &self[word: .location] }
    }
    public var subscriptionType: CodedColumn {
        get { self[word: .subscriptionType] }
        _modify { yield &self[word: .subscriptionType] }
    }
    public var segment: CodedColumn {
        get { self[word: .segment] }
        _modify { yield &self[word: .segment] }
    }
    public var region: CodedColumn {
        get { self[word: .region] }
        _modify { yield &self[word: .region] }
    }
    public var tier: CodedColumn {
        get { self[word: .tier] }
        _modify { yield &self[word: .tier] }
    }
    public var product: CodedColumn {
        get { self[word: .product] }
        _modify { yield &self[word: .product] }
    }
    public var industry: CodedColumn {
        get { self[word: .industry] }
        _modify { yield &self[word: .industry] }
    }
    public var owner: CodedColumn {
        get { self[word: .owner] }
        _modify { yield &self[word: .owner] }
    }
    public var currency: CodedColumn {
        get { self[word: .currency] }
        _modify { yield &self[word: .currency] }
    }
    public var name: TextColumn {
        get { self[text: .name] }
        _modify { yield &self[text: .name] }
    }
    public var email: TextColumn {
        get { self[text: .email] }
        _modify { yield &self[text: .email] }
    }
    public var phone: TextColumn {
        get { self[text: .phone] }
        _modify { yield &self[text: .phone] }
    }
    public var contactName: TextColumn {
        get { self[text: .contactName] }
        _modify { yield &self[text: .contactName] }
    }
    public var age: [Int32] {
        get { self[number: .age] }
        _modify { yield &self[number: .age] }
    }
    public var creationDay: [Int32] {
        get { self[day: .creationDay] }
        _modify { yield &self[day: .creationDay] }
    }
    public var contractEndDay: [Int32] {
        get { self[day: .contractEndDay] }
        _modify { yield &self[day: .contractEndDay] }
    }
    public var churnDay: [Int32] {
        get { self[day: .churnDay] }
        _modify { yield &self[day: .churnDay] }
    }
}

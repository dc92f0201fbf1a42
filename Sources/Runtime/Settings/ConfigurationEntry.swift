/// One effective setting as text: what rendering prints and what two configurations are compared by.
struct ConfigurationEntry {
    /// The mapping the key is in; nil at the top.
    var section: String?
    var name: String
    /// YAML; nil where there is nothing of the kind, for example no file of rules.
    var value: String?
    /// What a reader of the value wants to know beside it.
    var note: String?
    var effect: ConfigurationChange.Effect

    /// A key at the top.
    init(_ name: String, _ value: String?, note: String? = nil, _ effect: ConfigurationChange.Effect = .reload) {
        self.name = name
        self.value = value
        self.note = note
        self.effect = effect
    }

    /// A key of a mapping.
    init(
        _ section: String, _ name: String, _ value: String?, note: String? = nil,
        _ effect: ConfigurationChange.Effect = .reload
    ) {
        self.section = section
        self.name = name
        self.value = value
        self.note = note
        self.effect = effect
    }

    var keyPath: String { Wording.keyPath(section ?? "", name) }
}

/// Keys of metadata as names of fields.
enum FieldName {
    /// The journal takes capitals, digits and underscores, 64 at most, and keeps names that start with an underscore
    /// for itself (systemd.journal-fields(7)): a prefix and capitals, everything else as underscores.
    static func journal(_ key: String) -> String {
        var name = "AURA_"
        for scalar in key.unicodeScalars.prefix(64 - name.utf8.count) {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9": name += String(Character(scalar)).uppercased()
            default: name += "_"
            }
        }
        return name
    }

    /// Letters, digits, dots, hyphens and underscores stay; everything else becomes an underscore, so that a key cannot
    /// forge another field of the line.
    static func short(_ key: String) -> String {
        guard !key.isEmpty else { return "_" }
        var name = ""
        for scalar in key.unicodeScalars.prefix(64) {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", ".", "-", "_": name.unicodeScalars.append(scalar)
            default: name += "_"
            }
        }
        return name
    }
}

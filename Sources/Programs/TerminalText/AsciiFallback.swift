/// Characters for a terminal that shows ASCII only (`LANG=C`).
enum AsciiFallback {
    /// The nearest ASCII text: letters without their accents, common signs spelt out, otherwise a question mark.
    static func text(for scalar: Unicode.Scalar) -> String {
        let value = scalar.value
        switch value {
        case 0x20...0x7E: return String(Character(scalar))
        case 0xC0...0x17F: return letter(latin, value - 0xC0)
        case 0x1E00...0x1EFF: return letter(latinAdditional, value - 0x1E00)
        case 0x2000...0x200A, 0xA0, 0x202F, 0x205F, 0x3000: return " "
        case 0x200B...0x200F, 0x2060, 0xFEFF, 0xAD, 0xFE00...0xFE0F: return ""
        // Fullwidth forms of ASCII.
        case 0xFF01...0xFF5E: return Unicode.Scalar(value - 0xFEE0).map { String(Character($0)) } ?? "?"
        default: return sign(value) ?? "?"
        }
    }

    private static func letter(_ table: [String], _ index: UInt32) -> String {
        Int(index) < table.count ? table[Int(index)] : "?"
    }

    private static func sign(_ value: UInt32) -> String? {
        switch value {
        case 0x2010...0x2015, 0x2212, 0x2500, 0x2501: "-"
        case 0x2018, 0x2019, 0x201A, 0x2032: "'"
        case 0x201C, 0x201D, 0x201E, 0x2033, 0xAB, 0xBB: "\""
        case 0x2026: "..."
        case 0x2022, 0x00B7, 0x25CF, 0x2605: "*"
        case 0x2190: "<-"
        case 0x2192: "->"
        case 0x2191, 0x25B2: "^"
        case 0x2193, 0x25BC: "v"
        case 0x2260: "!="
        case 0x2264: "<="
        case 0x2265: ">="
        case 0x2248: "~"
        case 0x00B1: "+/-"
        case 0x2713, 0x2714: "+"
        case 0x2717, 0x2718: "x"
        case 0x20AC: "EUR"
        case 0xA3: "GBP"
        case 0xA5: "JPY"
        case 0xA9: "(c)"
        case 0xAE: "(R)"
        case 0x2122: "(TM)"
        case 0xB0: "deg"
        case 0xB2: "2"
        case 0xB3: "3"
        case 0xB5, 0x3BC: "u"
        case 0xBC: "1/4"
        case 0xBD: "1/2"
        case 0xBE: "3/4"
        case 0x2502, 0x2503, 0xA6: "|"
        default: nil
        }
    }

    // The base letters of the canonical decompositions (UnicodeData.txt), and customary spellings for letters that
    // have none. Split once, on first use: only a terminal without Unicode ever needs them.
    private static let latin = split(
        """
        A A A A A A AE C E E E E I I I I D N O O O O O x O U U U U Y TH ss a a a a a a ae c e e e e i i i i
        d n o o o o o / o u u u u y th y A a A a A a C c C c C c C c D d D d E e E e E e E e E e G g G g G g
        G g H h H h I i I i I i I i I i IJ ij J j K k k L l L l L l L l L l N n N n N n 'n N n O o O o O o
        OE oe R r R r R r S s S s S s S s T t T t T t U u U u U u U u U u U u W w Y y Y Z z Z z Z z s
        """)

    private static let latinAdditional = split(
        """
        A a B b B b B b C c D d D d D d D d D d E e E e E e E e E e F f G g H h H h H h H h H h I i I i K k
        K k K k L l L l L l L l M m M m M m N n N n N n N n O o O o O o O o P p P p R r R r R r R r S s S s
        S s S s S s T t T t T t T t U u U u U u U u U u V v V v W w W w W w W w W w X x X x Y y Z z Z z Z z
        h t w y ? ? ? ? SS ? A a A a A a A a A a A a A a A a A a A a A a A a E e E e E e E e E e E e E e E e
        I i I i O o O o O o O o O o O o O o O o O o O o O o O o U u U u U u U u U u U u U u Y y Y y Y y Y y
        ? ? ? ? ? ?
        """)

    private static func split(_ table: String) -> [String] {
        table.split { $0 == " " || $0 == "\n" }.map(String.init)
    }
}

/// Turns customer identifiers into the group numbers that splits are made by.
public enum CustomerHash {
    /// A 64-bit hash of the identifier (FNV-1a, then the SplitMix64 finaliser): the same on every machine and day.
    public static func hash(_ identifier: String) -> UInt64 {
        var state: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in identifier.utf8 {
            state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        }
        return SplitMix64.mix(state)
    }
}

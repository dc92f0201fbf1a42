extension String {
    /// Enough of a caller's text to recognise it, for a message: whole when it is short. What it costs does not grow with
    /// the text.
    public var excerpt: String {
        let bytesMax = 80
        guard utf8.count > bytesMax else { return self }
        // A character of which a part was cut off is left out.
        let end = unicodeScalars.index(before: utf8.index(startIndex, offsetBy: bytesMax + 1))
        return String(unicodeScalars[..<end]) + "…"
    }
}

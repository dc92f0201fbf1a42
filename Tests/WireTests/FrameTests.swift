import Testing
import Wire

@Suite struct FrameTests {
    private func frame(_ body: [UInt8]) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try FrameEncoder.append(body, to: &bytes, bodyBytesMax: 1 << 20)
        return bytes
    }

    /// Feeds pieces and returns the bodies that came out.
    private func decode(_ decoder: inout FrameDecoder, _ pieces: [[UInt8]]) throws -> [[UInt8]] {
        var bodies: [[UInt8]] = []
        for piece in pieces {
            try piece.withUnsafeBytes { bytes in
                var offset = 0
                while let body = try decoder.next(in: bytes, from: &offset) {
                    switch body {
                    case .within(let range): bodies.append(Array(bytes[range]))
                    case .gathered(let gathered): bodies.append(gathered)
                    }
                }
                #expect(offset == bytes.count)
            }
        }
        return bodies
    }

    @Test func framesAreGolden() throws {
        #expect(try frame(Array("{}".utf8)) == [0, 0, 0, 2, 0x7B, 0x7D])
        #expect(try frame([UInt8](repeating: 0x20, count: 0x010203)).prefix(4) == [0, 1, 2, 3])
        var bytes: [UInt8] = [9]
        #expect(throws: FrameError.emptyFrame) { try FrameEncoder.append([], to: &bytes, bodyBytesMax: 10) }
        #expect(throws: FrameError.tooLarge(announced: 11, bodyBytesMax: 10)) {
            try FrameEncoder.append([UInt8](repeating: 1, count: 11), to: &bytes, bodyBytesMax: 10)
        }
        #expect(bytes == [9], "a frame that failed is taken out again")
    }

    @Test func anySplitGivesTheSameBodies() throws {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<2_000 {
            let bodies = (0..<Int.random(in: 1..<8, using: &generator)).map { _ in
                (0..<Int.random(in: 1..<300, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator)
                }
            }
            let stream = try bodies.flatMap { try frame($0) }
            var pieces: [[UInt8]] = []
            var rest = stream[...]
            while !rest.isEmpty {
                let count = min(rest.count, Int.random(in: 1..<120, using: &generator))
                pieces.append(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            var decoder = FrameDecoder(bodyBytesMax: 300)
            #expect(try decode(&decoder, pieces) == bodies)
            #expect(!decoder.isInsideFrame)
            #expect(decoder.heldBytes == 0)
        }
    }

    @Test func wholeFramesAreNotCopied() throws {
        let bytes = try frame([1, 2, 3]) + frame([4])
        var decoder = FrameDecoder()
        try bytes.withUnsafeBytes { bytes in
            var offset = 0
            let first = try decoder.next(in: bytes, from: &offset)
            let second = try decoder.next(in: bytes, from: &offset)
            let third = try decoder.next(in: bytes, from: &offset)
            #expect(first == .within(4..<7))
            #expect(second == .within(11..<12))
            #expect(third == nil)
        }
    }

    @Test(
        arguments: [
            ([0, 0, 0, 0], FrameError.emptyFrame), ([0, 0, 1, 1], .tooLarge(announced: 257, bodyBytesMax: 256)),
            ([0xFF, 0xFF, 0xFF, 0xFF], .tooLarge(announced: 4_294_967_295, bodyBytesMax: 256)),
        ] as [([UInt8], FrameError)])
    func badLengthsAreRefusedBeforeAnyBodyIsKept(header: [UInt8], expected: FrameError) {
        for split in 0...4 {
            var decoder = FrameDecoder(bodyBytesMax: 256)
            let pieces = [Array(header.prefix(split)), Array(header.dropFirst(split)) + [1, 2, 3]]
            #expect(throws: expected) { try decode(&decoder, pieces) }
            #expect(decoder.heldBytes == 0)
            #expect(throws: expected, "the error stays") { try decode(&decoder, [[0, 0, 0, 1, 1]]) }
            #expect(!expected.description.isEmpty)
        }
    }

    @Test func memoryFollowsTheBytesThatCameNotTheLengthAnnounced() throws {
        var decoder = FrameDecoder(bodyBytesMax: 16 << 20)
        _ = try decode(&decoder, [[0x01, 0, 0, 0]])
        #expect(decoder.isInsideFrame)
        var received = 0
        for _ in 0..<2_000 {
            _ = try decode(&decoder, [[UInt8](repeating: 7, count: 100)])
            received += 100
            #expect(decoder.heldBytes <= max(4_096, 3 * received))
        }
    }

    @Test func hundredThousandMutatedStreamsNeitherCrashNorHoldMoreThanTheyGot() throws {
        var generator = SeededGenerator(seed: 6)
        let stream = try (0..<20).flatMap { try frame([UInt8](repeating: UInt8($0), count: $0 * 13 + 1)) }
        var failed = 0
        for _ in 0..<100_000 {
            let start = Int.random(in: 0..<stream.count, using: &generator)
            var piece = Array(stream[start..<min(stream.count, start + Int.random(in: 1..<64, using: &generator))])
            piece[Int.random(in: 0..<piece.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            var decoder = FrameDecoder(bodyBytesMax: 4_096)
            do {
                _ = try decode(&decoder, [piece, piece])
                #expect(decoder.heldBytes <= 4_096)
            } catch is FrameError {
                failed += 1
                #expect(decoder.heldBytes == 0)
            }
        }
        #expect(failed > 10_000 && failed < 100_000)
    }
}

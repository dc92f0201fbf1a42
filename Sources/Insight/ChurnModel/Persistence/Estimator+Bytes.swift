extension FeatureEncoder: ByteCodable {
    func write(to writer: inout ByteWriter) { writer.write(sources) }

    init(from reader: inout ByteReader) throws(ChurnModelError) {
        let sources: [Source] = try reader.read()
        guard Set(sources.map(\.name)).count == sources.count else { throw .undecodable("a feature name occurs twice") }
        self.init(sources: sources)
    }
}

extension FeatureEncoder.Source: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(name)
        writer.write(unit)
        writer.write(isActionable)
        switch kind {
        case .number: writer.write(byte: 0)
        case .category(let levels, let hasOther, let hasMissing):
            writer.write(byte: 1)
            writer.write(levels)
            writer.write(hasOther)
            writer.write(hasMissing)
        }
    }

    init(from reader: inout ByteReader) throws(ChurnModelError) {
        let name: String = try reader.read()
        let unit: String = try reader.read()
        let isActionable: Bool = try reader.read()
        let kind: FeatureEncoder.Kind
        switch try reader.readByte() {
        case 0: kind = .number
        case 1:
            let levels: [String] = try reader.read()
            guard levels.count <= FeatureEncoder.levelsMax, Set(levels).count == levels.count else {
                throw .undecodable("the levels of '\(name)' are too many or not distinct")
            }
            kind = .category(levels: levels, hasOther: try reader.read(), hasMissing: try reader.read())
        case let other: throw .undecodable("feature kind \(other) is unknown")
        }
        self.init(name: name, unit: unit, isActionable: isActionable, kind: kind)
    }
}

extension Estimator: ByteCodable {
    func write(to writer: inout ByteWriter) {
        switch self {
        case .boosted(let ensemble):
            writer.write(byte: 0)
            writer.write(ensemble)
        case .logistic(let model):
            writer.write(byte: 1)
            writer.write(model)
        }
    }

    init(from reader: inout ByteReader) throws(ChurnModelError) {
        switch try reader.readByte() {
        case 0: self = .boosted(try reader.read())
        case 1: self = .logistic(try reader.read())
        case let other: throw .undecodable("model kind \(other) is unknown")
        }
    }

    /// Checks that the model refers to features of the encoder only.
    func validate(for encoder: FeatureEncoder) throws(ChurnModelError) {
        switch self {
        case .logistic(let model):
            guard model.terms.allSatisfy({ encoder.features.indices.contains($0.feature) }) else {
                throw .undecodable("a coefficient belongs to no feature")
            }
        case .boosted(let ensemble):
            guard ensemble.featureCount == encoder.features.count, ensemble.cuts.count == encoder.sources.count else {
                throw .undecodable("the trees were grown on other features")
            }
            for tree in ensemble.trees {
                for node in tree.nodes where !node.isLeaf {
                    guard encoder.features.indices.contains(Int(node.feature)) else {
                        throw .undecodable("a tree asks for a feature that does not exist")
                    }
                    let feature = encoder.features[Int(node.feature)]
                    let bins = feature.level == nil ? ensemble.cuts[feature.source].count + 1 : 1
                    guard (1...bins).contains(Int(node.bin)) else {
                        throw .undecodable("a tree cuts '\(feature.name)' where it has no bin")
                    }
                }
            }
        }
    }

    /// Fills in the thresholds, which are not stored: they follow from the bins.
    func completed(for encoder: FeatureEncoder) -> Estimator {
        guard case .boosted(let ensemble) = self else { return self }
        return .boosted(ensemble.withThresholds(of: encoder))
    }
}

extension TreeEnsemble: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(base)
        writer.write(learningRate)
        writer.write(featureCount)
        writer.write(cuts)
        writer.write(trees)
    }

    init(from reader: inout ByteReader) throws(ChurnModelError) {
        base = try reader.read()
        learningRate = try reader.read()
        featureCount = try reader.read()
        cuts = try reader.read()
        trees = try reader.read()
        guard abs(base) <= 1e6, learningRate > 0, learningRate <= 1 else {
            throw .undecodable("the base or the learning rate is out of range")
        }
        for cuts in cuts {
            guard cuts.count <= 254, zip(cuts, cuts.dropFirst()).allSatisfy({ $0 < $1 }) else {
                throw .undecodable("the cut points of a feature are too many or do not ascend")
            }
        }
    }

    fileprivate func withThresholds(of encoder: FeatureEncoder) -> TreeEnsemble {
        let completed = trees.map { tree in
            DecisionTree(
                nodes: tree.nodes.map { node in
                    guard !node.isLeaf else { return node }
                    var node = node
                    let feature = encoder.features[Int(node.feature)]
                    let edges = cuts[feature.source]
                    let bin = Int(node.bin)
                    node.threshold =
                        if feature.level != nil { 0.5 } else if bin <= edges.count { edges[bin - 1] } else { .infinity }
                    return node
                }
            )
        }
        return TreeEnsemble(
            base: base, learningRate: learningRate, featureCount: featureCount, cuts: cuts, trees: completed
        )
    }
}

extension DecisionTree: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(unsigned: UInt64(nodes.count))
        for node in nodes {
            // 0 is a leaf; otherwise the feature + 1, and in the lowest bit where missing values go.
            writer.write(unsigned: node.isLeaf ? 0 : UInt64(node.feature + 1) << 1 | (node.missingLeft ? 1 : 0))
            if !node.isLeaf {
                writer.write(byte: node.bin)
                writer.write(unsigned: UInt64(node.left))
            }
            writer.write(node.value)
            writer.write(unsigned: UInt64(node.cover))
        }
    }

    init(from reader: inout ByteReader) throws(ChurnModelError) {
        let count = try reader.readUnsigned()
        guard count >= 1, count <= UInt64(reader.remaining) else { throw .undecodable("a tree has no nodes") }
        var nodes: [Node] = []
        var parents = [Int](repeating: 0, count: Int(count))
        for position in 0..<Int(count) {
            let code = try reader.readUnsigned()
            var node = Node.leaf(value: 0, cover: 0)
            if code != 0 {
                guard code >> 1 >= 1, code >> 1 <= UInt64(Int32.max) else {
                    throw .undecodable("a tree asks for a feature that does not exist")
                }
                node.feature = Int32(code >> 1) - 1
                node.missingLeft = code & 1 == 1
                node.bin = try reader.readByte()
                let left = try reader.readUnsigned()
                guard left > UInt64(position), left + 1 < count else {
                    throw .undecodable("the nodes of a tree do not hang together")
                }
                node.left = Int32(left)
                node.right = Int32(left) + 1
                parents[Int(left)] += 1
                parents[Int(left) + 1] += 1
            }
            node.value = try reader.read()
            let cover = try reader.readUnsigned()
            guard cover >= 1, cover <= UInt64(Int32.max) else { throw .undecodable("a node of a tree covers no rows") }
            node.cover = Int32(cover)
            nodes.append(node)
        }
        for (position, node) in nodes.enumerated() {
            guard parents[position] == (position == 0 ? 0 : 1) else {
                throw .undecodable("the nodes of a tree do not hang together")
            }
            guard node.isLeaf || Int(nodes[Int(node.left)].cover) + Int(nodes[Int(node.right)].cover) == Int(node.cover)
            else { throw .undecodable("the rows of a tree do not add up") }
            guard abs(node.value) <= 1e12 else { throw .undecodable("a step of a tree is absurdly large") }
        }
        self.init(nodes: nodes)
        // Explaining walks trees recursively.
        guard depth <= 64 else { throw .undecodable("a tree is \(depth) splits deep; 64 is the most") }
    }
}

extension LogisticModel: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(intercept)
        writer.write(terms)
    }

    init(from reader: inout ByteReader) throws(ChurnModelError) {
        self.init(intercept: try reader.read(), terms: try reader.read())
        guard abs(intercept) <= 1e100, terms.allSatisfy({ abs($0.coefficient) <= 1e100 && $0.scale > 1e-200 }) else {
            throw .undecodable("a coefficient is out of range")
        }
    }
}

extension LogisticModel.Term: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(feature)
        writer.write(isMissingFlag)
        for number in [fill, mean, scale, coefficient] { writer.write(number) }
    }

    init(from reader: inout ByteReader) throws(ChurnModelError) {
        self.init(
            feature: try reader.read(), isMissingFlag: try reader.read(), fill: try reader.read(),
            mean: try reader.read(), scale: try reader.read(), coefficient: try reader.read()
        )
        guard scale > 0 else { throw .undecodable("a standard deviation is not above 0") }
    }
}

extension Calibrator: ByteCodable {
    func write(to writer: inout ByteWriter) {
        switch self {
        case .none: writer.write(byte: 0)
        case .platt(let platt):
            writer.write(byte: 1)
            writer.write(platt.slope)
            writer.write(platt.intercept)
        case .isotonic(let isotonic):
            writer.write(byte: 2)
            writer.write(isotonic.margins)
            writer.write(isotonic.probabilities)
        }
    }

    init(from reader: inout ByteReader) throws(ChurnModelError) {
        switch try reader.readByte() {
        case 0: self = .none
        case 1:
            let platt = PlattCalibrator(slope: try reader.read(), intercept: try reader.read())
            guard abs(platt.slope) <= 1e9, abs(platt.intercept) <= 1e9 else {
                throw .undecodable("the calibration curve is out of range")
            }
            self = .platt(platt)
        case 2:
            let margins: [Double] = try reader.read()
            let probabilities: [Double] = try reader.read()
            guard !margins.isEmpty, margins.count == probabilities.count,
                zip(margins, margins.dropFirst()).allSatisfy({ $0 < $1 }),
                zip(probabilities, probabilities.dropFirst()).allSatisfy({ $0 <= $1 }),
                probabilities.allSatisfy({ (0...1).contains($0) })
            else { throw .undecodable("the calibration curve does not rise") }
            self = .isotonic(IsotonicCalibrator(margins: margins, probabilities: probabilities))
        case let other: throw .undecodable("calibration kind \(other) is unknown")
        }
    }
}

import Glibc

extension Client {
    /// Expected sessions on an average day at this point of the client's life, before season, weekday and events.
    ///
    /// - Parameters:
    ///   - start: first day of the window, where the client's own trend begins for those who are older.
    ///   - weekNoise: standard normal of the running week; usage is more uneven than independent sessions would be.
    func activityLevel(on day: Int, windowStart start: Int, weekNoise: Double) -> Double {
        guard isServed(on: day) else { return 0 }
        return sessionsPerDay * exp(logTrend(on: day, start: max(signupDay, start)) + 0.25 * weekNoise - 0.03)
            * onboardingFactor(on: day) * declineFactor(on: day)
    }

    private func logTrend(on day: Int, start: Int) -> Double {
        let first = min(day, bends.0) - start
        let second = max(0, min(day, bends.1) - bends.0)
        let third = max(0, day - bends.1)
        let value = (slopes.0 * Double(first) + slopes.1 * Double(second) + slopes.2 * Double(third)) / 365
        return min(max(value, -1.5), 1.2)
    }

    private func onboardingFactor(on day: Int) -> Double {
        let age = day - (day >= returnDay ? returnDay : signupDay)
        return age < 21 ? 1.5 - 0.5 * Double(age) / 21 : 1
    }

    private func declineFactor(on day: Int) -> Double {
        if let progress = warningProgress(on: day), let reason {
            switch reason {
            case .price: return 1 - 0.75 * progress
            case .support: return 1 - 0.8 * progress
            case .championLeft: return progress < 0.5 ? 0.3 : 0.12
            case .competitor: return progress < 0.35 ? 1.05 : 1.05 - 1.45 * (progress - 0.35)
            case .silent: return 0.03 + 0.97 * pow(1 - progress, 1.3)
            case .sudden: return 1
            }
        }
        if let progress = dipProgress(on: day) { return 1 - dipDepth * progress }
        return 1
    }
}

"""Sets of customers with known labels that are awkward in one way each, in the shape that churn-parity and its peers take.

made_sets.py FOLDER [SEED]
"""

import csv
import os
import sys

import numpy as np


def sigmoid(margins):
    return 1 / (1 + np.exp(-margins))


def base(random, rows):
    """Numbers of which some matter: linearly, in steps, together, or not at all."""
    numbers = np.column_stack([
        random.gamma(1.5, 20, rows), random.normal(0, 1, rows), random.exponential(30, rows).round(),
        random.poisson(4, rows), random.uniform(0, 1, rows), random.normal(50, 15, rows).round(1),
        random.lognormal(3, 1.2, rows), random.integers(0, 2, rows), random.normal(0, 1, rows), random.normal(0, 1, rows),
    ]).astype(float)
    margins = (0.9 * numbers[:, 1] - 0.6 * np.log1p(numbers[:, 0]) + 0.9 * (numbers[:, 2] > 45) - 0.15 * numbers[:, 3]
               + 1.4 * (numbers[:, 4] > 0.7) * (numbers[:, 7] > 0) + 0.5 * np.sin(numbers[:, 5] / 6))
    return numbers, margins


def draw(random, margins, share):
    """Labels with about this share of churn."""
    low, high = -30.0, 30.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if sigmoid(margins + middle).mean() < share else (low, middle)
    return random.random(len(margins)) < sigmoid(margins + low)


def few(random):
    numbers, margins = base(random, 400)
    return numbers, {}, draw(random, margins, 0.3)


def few_linear(random):
    numbers, _ = base(random, 900)
    return numbers, {}, draw(random, 0.8 * numbers[:, 1] - 0.5 * numbers[:, 8] + 0.02 * numbers[:, 5], 0.35)


def noise(random):
    numbers, _ = base(random, 2_000)
    return numbers, {}, random.random(2_000) < 0.3


def categories(random):
    numbers, margins = base(random, 8_000)
    cities = (random.pareto(0.8, 8_000) * 3).astype(int) % 900
    plans = random.integers(0, 24, 8_000)
    effects, steps = random.normal(0, 1, 900), random.normal(0, 0.9, 24)
    texts = {"city": [f"city {city}" for city in cities], "plan": [f"plan {plan}" for plan in plans]}
    return numbers, texts, draw(random, margins + effects[cities] + steps[plans], 0.25)


def missing(random):
    numbers, margins = base(random, 8_000)
    labels = draw(random, margins, 0.2)
    for column in range(numbers.shape[1]):
        # Half are missing by chance; of one column the missing ones churn more.
        gone = random.random(8_000) < np.where(labels & (column == 3), 0.9, [0.1, 0.5, 0.8][column % 3])
        numbers[gone, column] = np.nan
    return numbers, {"plan": [["", "a", "b", "c"][code] for code in random.integers(0, 4, 8_000)]}, labels


def rare(random):
    numbers, margins = base(random, 30_000)
    return numbers, {}, draw(random, 1.3 * margins, 0.01)


def copies(random):
    numbers, margins = base(random, 3_000)
    labels = draw(random, margins, 0.25)
    again = random.integers(0, 3_000, 9_000)
    return numbers[again], {}, labels[again]


def wrong_labels(random):
    numbers, margins = base(random, 10_000)
    labels = draw(random, 3 * margins, 0.2)
    return numbers, {}, labels ^ (random.random(10_000) < 0.02)


def wide(random):
    numbers, margins = base(random, 3_000)
    return np.column_stack([numbers, random.normal(0, 1, (3_000, 90))]), {}, draw(random, margins, 0.3)


def extreme(random):
    """Long tails, ties at 0 and numbers of very different size."""
    numbers, margins = base(random, 12_000)
    spent = np.where(random.random(12_000) < 0.7, 0, random.pareto(0.7, 12_000) * 1e4)
    stamps = 1.7e9 + random.integers(0, 40_000_000, 12_000)
    labels = draw(random, margins + 0.8 * (spent > 0) - 1.5 * (spent > 1e5) + 2e-8 * (stamps - 1.72e9), 0.15)
    return np.column_stack([numbers, spent, stamps]), {}, labels


SETS = dict(few=few, few_linear=few_linear, noise=noise, categories=categories, missing=missing, rare=rare, copies=copies,
            wrong_labels=wrong_labels, wide=wide, extreme=extreme)


def write(folder, numbers, texts, labels):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "features.csv"), "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["customer_id", *(f"n{column}" for column in range(numbers.shape[1])), *texts])
        for row, values in enumerate(numbers):
            writer.writerow([f"c{row}", *("" if np.isnan(value) else repr(float(value)) for value in values),
                             *(column[row] for column in texts.values())])
    with open(os.path.join(folder, "labels.csv"), "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["customer_id", "churned"])
        writer.writerows((f"c{row}", int(label)) for row, label in enumerate(labels))


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    for number, (name, make) in enumerate(SETS.items()):
        random = np.random.default_rng([int(sys.argv[2]) if len(sys.argv) == 3 else 1, number])
        write(os.path.join(sys.argv[1], f"made_{name}"), *make(random))

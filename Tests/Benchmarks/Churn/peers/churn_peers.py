"""LightGBM and scikit-learn on the folders that `aura-bench churn-parity` reads, on the same folds.

churn_peers.py folds DIR FILE [N]       write stratified folds (rows with equal features stay together), divided N times;
                                        without N the more often the fewer rows or churned ones
churn_peers.py run DIR FILE [--json]    judge the peers on these folds
churn_peers.py table FILE LABEL FOLDER  make such a folder of a CSV file with a column of 0 and 1 (--drop NAME for others)
churn_peers.py speed FOLDER [ROWS]      the time of 200 trees with two threads, the shortest of five
churn_peers.py judge FILE               compare the JSON lines of both programs (aura-bench and this one): means over the
                                        divisions, and the standard errors of the differences
"""

import csv
import json
import os
import re
import sys
import time

import numpy as np

SEED = 7
MISSING_MARKS = {"na", "n/a", "nan", "null", "none", "?", "-"}


def datasets(directory):
    def holds_set(path):
        return all(os.path.exists(os.path.join(path, name)) for name in ("features.csv", "labels.csv"))

    if holds_set(directory):
        return [directory]
    return [path for path in sorted(os.path.join(directory, name) for name in os.listdir(directory)) if holds_set(path)]


def is_number(text):
    try:
        float(text)
        return True
    except ValueError:
        return False


def load(path):
    """Customers, features with one column per level, labels, and a group per client or distinct row of features."""
    with open(os.path.join(path, "labels.csv"), newline="", encoding="utf-8-sig") as file:
        described = {row["customer_id"]: row for row in csv.DictReader(file)}
    labels = {name: row["churned"].strip().lower() in ("1", "true", "yes") for name, row in described.items()}
    with open(os.path.join(path, "features.csv"), newline="", encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file) if row["customer_id"] in labels]
    names = [name for name in rows[0] if name != "customer_id"]
    columns, numeric = [], []
    for name in names:
        texts = [row[name].strip() for row in rows]
        present = [text for text in texts if text]
        if name == "split" or any(re.match(r"\d{4}-\d{2}-\d{2}", text) for text in present):
            continue
        values = [text for text in present if text.lower() not in MISSING_MARKS]
        if (values or not present) and all(is_number(text) for text in values):
            columns.append(np.array([float(text) if is_number(text) else np.nan for text in texts]))
            numeric.append(True)
            continue
        if len(set(present)) > len(texts) // 2 and len(texts) > 20:
            continue
        counts = {}
        for text in texts:
            counts[text] = counts.get(text, 0) + 1
        for level in sorted(counts, key=lambda level: (-counts[level], level))[:33]:
            columns.append(np.array([float(text == level) for text in texts]))
            numeric.append(False)
    groups = {}
    group_of = [groups.setdefault(described[row["customer_id"]].get("group") or tuple(row[name] for name in names),
                                  len(groups)) for row in rows]
    customers = [row["customer_id"] for row in rows]
    return customers, np.column_stack(columns), np.array([labels[customer] for customer in customers]), np.array(group_of)


def write_folds(directory, path, wanted):
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["set", "repeat", "customer_id", "fold"])
        for folder in datasets(directory):
            customers, features, labels, groups = load(folder)
            name = os.path.basename(os.path.normpath(folder))
            has_copies = len(set(groups)) < len(groups)
            kind = StratifiedGroupKFold if has_copies else StratifiedKFold
            rarer = min(labels.sum(), len(labels) - labels.sum())
            for repeat in range(wanted or min(20, max(2, -(-30_000 // len(labels)), -(-2_000 // max(1, rarer))))):
                fold_of = np.zeros(len(labels), int)
                splitter = kind(5, shuffle=True, random_state=SEED + repeat)
                for fold, (_, examined) in enumerate(splitter.split(features, labels, groups if has_copies else None)):
                    fold_of[examined] = fold
                writer.writerows((name, repeat, customer, fold) for customer, fold in zip(customers, fold_of))


def held_back(labels, groups, share, seed):
    """A share of the groups, drawn apart among those with and those without churn."""
    names, first = np.unique(groups, return_index=True)
    chosen = []
    for label in (False, True):
        members = names[labels[first] == label]
        order = np.random.default_rng(seed).permutation(len(members))
        chosen.append(members[order[: round(share * len(members))]])
    return np.isin(groups, np.concatenate(chosen))


def lightgbm_model(features, labels, groups, repeat):
    import lightgbm

    parameters = dict(
        objective="binary", learning_rate=0.05, num_leaves=15, max_depth=6, lambda_l2=1.0, min_data_in_leaf=20,
        min_sum_hessian_in_leaf=1e-3, max_bin=255, num_threads=1, verbose=-1, seed=SEED + repeat, deterministic=True,
    )
    held = held_back(labels, groups, 0.15, SEED + repeat)
    learned = ~held
    training = lightgbm.Dataset(features[learned], labels[learned])
    watched = lightgbm.Dataset(features[held], labels[held], reference=training)
    stop = lightgbm.early_stopping(40, verbose=False)
    search = lightgbm.train(parameters, training, 600, valid_sets=[watched], callbacks=[stop])
    final = lightgbm.train(parameters, lightgbm.Dataset(features, labels), max(1, search.best_iteration))
    return lambda rows: final.predict(rows, num_threads=1)


def logistic_model(features, labels, groups, repeat):
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True), StandardScaler(),
        LogisticRegression(C=1.0, max_iter=5000, tol=1e-8),
    ).fit(features, labels)
    return lambda rows: model.predict_proba(rows)[:, 1]


def calibration_error(probabilities, labels):
    parts = np.array_split(np.argsort(probabilities, kind="stable"), 10)
    return sum(abs(probabilities[part].mean() - labels[part].mean()) * len(part) for part in parts) / len(labels)


def run(directory, folds_path, as_json):
    from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

    folds_of = {}
    with open(folds_path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            part = folds_of.setdefault(row.get("set", ""), {}).setdefault(int(row.get("repeat") or 0), {})
            part[row["customer_id"]] = int(row["fold"])
    for folder in datasets(directory):
        name = os.path.basename(os.path.normpath(folder))
        customers, features, labels, groups = load(folder)
        for repeat, fold_of in sorted((folds_of.get(name) or folds_of[""]).items()):
            folds = np.array([fold_of[customer] for customer in customers])
            for model, train in (("lightgbm", lightgbm_model), ("sklearn-logistic", logistic_model)):
                probabilities = np.zeros(len(labels))
                seconds = 0.0
                for fold in sorted(set(folds)):
                    learned = folds != fold
                    start = time.process_time()
                    predict = train(features[learned], labels[learned], groups[learned], repeat)
                    seconds += time.process_time() - start
                    probabilities[~learned] = predict(features[~learned])
                top = np.argsort(-probabilities, kind="stable")[: int(0.1 * len(labels))]
                row = dict(
                    set=name, repeat=repeat, model=model, rows=len(labels), positives=int(labels.sum()),
                    auc=roc_auc_score(labels, probabilities), pr_auc=average_precision_score(labels, probabilities),
                    brier=brier_score_loss(labels, probabilities),
                    ece=calibration_error(probabilities, labels), lift_10=labels[top].mean() / labels.mean(),
                    log_loss=log_loss(labels, probabilities), cpu_seconds=seconds,
                )
                if as_json:
                    print(json.dumps(row), flush=True)
                else:
                    figures = "".join(f"{row[key]:<8.4f}" for key in ("auc", "pr_auc", "brier", "ece", "lift_10"))
                    print(f"{name:<24}{repeat:<8}{model:<17}{row['rows']:<7}{figures}{seconds:.2f}", flush=True)


def table(path, label, folder, dropped):
    with open(path, newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    names = [name for name in rows[0] if name not in ("customer_id", label, *dropped)]
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "features.csv"), "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["customer_id", *names])
        writer.writerows([row["customer_id"], *(row[name] for name in names)] for row in rows)
    with open(os.path.join(folder, "labels.csv"), "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["customer_id", "churned"])
        writer.writerows((row["customer_id"], row[label]) for row in rows)


def speed(folder, rows):
    import lightgbm

    _, features, labels, _ = load(folder)
    features, labels = features[:rows], labels[:rows]
    parameters = dict(
        objective="binary", learning_rate=0.05, num_leaves=15, max_depth=6, lambda_l2=1.0, min_data_in_leaf=20,
        min_sum_hessian_in_leaf=1e-3, max_bin=255, num_threads=2, verbose=-1, seed=SEED, deterministic=True,
    )
    times, burnt = [], []
    for _ in range(5):
        start, cpu = time.monotonic(), time.process_time()
        lightgbm.train(parameters, lightgbm.Dataset(features, labels), 200)
        times.append(time.monotonic() - start)
        burnt.append(time.process_time() - cpu)
    print(f"lightgbm: {features.shape[0]} rows x {features.shape[1]} columns, 200 trees, 2 threads: "
          f"{min(times):.2f} s, CPU {min(burnt):.2f} s", flush=True)


def mean(values):
    return sum(values) / len(values)


def standard_error(values):
    """Of the mean; unknown with one value."""
    if len(values) < 2:
        return float("nan")
    return (sum((value - mean(values)) ** 2 for value in values) / (len(values) - 1) / len(values)) ** 0.5


def judge(path):
    """The rule of acceptance: trees against LightGBM, the chosen model against both and against logistic regression.

    All figures are means over the divisions into folds. A difference whose standard error is not below its bound is not
    known and fails, unless it is on the good side by two of them."""
    runs = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            runs.setdefault(row["set"], {}).setdefault(row["model"], {})[row["repeat"]] = row
    print(f"{'set':<24}{'model':<18}{'AUC':<8}{'PR-AUC':<8}{'Brier':<8}{'ECE':<8}{'lift10':<8}CPU s")
    failed = False
    for name, models in sorted(runs.items()):
        repeats = sorted(models["lightgbm"])
        count = models["lightgbm"][repeats[0]]["rows"]

        def figure(model, key):
            return mean([models[model][repeat][key] for repeat in repeats])

        def difference(model, peer, key):
            values = [models[model][repeat][key] - models[peer][repeat][key] for repeat in repeats]
            return mean(values), standard_error(values)

        for model in ("lightgbm", "gbdt", "sklearn-logistic", "logistic", "chosen"):
            figures = "".join(f"{figure(model, key):<8.4f}" for key in ("auc", "pr_auc", "brier", "ece", "lift_10"))
            print(f"{name:<24}{model:<18}{figures}{figure(model, 'cpu_seconds'):.2f}")
        allowed = 0.005 if count * 0.8 >= 5000 else 0.010
        better = max(("gbdt", "logistic"), key=lambda model: figure(model, "auc"))
        areas = [
            ("gbdt", "lightgbm", allowed), ("logistic", "sklearn-logistic", allowed), ("chosen", "logistic", 0.003),
            ("chosen", better, allowed), ("chosen", "lightgbm", allowed),
        ]
        # Where nobody ranks better than chance, one order of the rows is as good as another.
        positives = models["lightgbm"][repeats[0]]["positives"]
        chance = (1 / 12 * (1 / positives + 1 / (count - positives))) ** 0.5
        if all(abs(figure(model, "auc") - 0.5) < 2 * chance for model in models):
            print("  nothing to rank by: all AUC within two standard errors of chance")
            areas = []
        checks = []
        for model, peer, bound in areas:
            change, error = difference(model, peer, "auc")
            known = error < bound or change - 2 * error >= -bound or (len(repeats) == 1 and count >= 20_000)
            checks.append((known and change >= -bound,
                           f"AUC of {model} less {peer}: {change:+.4f} +- {error:.4f}, at least -{bound}"))
        for model in ("gbdt", "chosen"):
            ratio = figure(model, "brier") / figure("lightgbm", "brier")
            checks.append((ratio <= 1.02, f"Brier of {model} {ratio:.3f} times that of LightGBM, at most 1.02"))
            change = figure(model, "ece") - figure("lightgbm", "ece")
            checks.append((change <= 0.01, f"ECE of {model} {change:+.4f} above that of LightGBM, at most 0.01"))
        burnt = figure("gbdt", "cpu_seconds") / figure("lightgbm", "cpu_seconds")
        checks.append((burnt <= 3, f"CPU of gbdt {burnt:.2f} times that of LightGBM, at most 3"))
        print(f"  {count} rows, divided {len(repeats)} times")
        for holds, text in checks:
            failed = failed or not holds
            print(f"  {'ok  ' if holds else 'FAIL'} {text}")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) >= 4 and sys.argv[1] == "folds":
        write_folds(sys.argv[2], sys.argv[3], int(sys.argv[4]) if len(sys.argv) > 4 else None)
    elif len(sys.argv) >= 4 and sys.argv[1] == "run":
        run(sys.argv[2], sys.argv[3], "--json" in sys.argv)
    elif len(sys.argv) >= 5 and sys.argv[1] == "table":
        table(*sys.argv[2:5], [sys.argv[i + 1] for i in range(5, len(sys.argv) - 1) if sys.argv[i] == "--drop"])
    elif len(sys.argv) >= 3 and sys.argv[1] == "speed":
        speed(sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else None)
    elif len(sys.argv) == 3 and sys.argv[1] == "judge":
        sys.exit(judge(sys.argv[2]))
    else:
        sys.exit(__doc__)

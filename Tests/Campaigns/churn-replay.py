#!/usr/bin/env python3
"""Replays generated data month by month through the inbox, has the daemon train some months before the end, and holds the
probabilities it gave then against what happened afterwards. The folder holds the five files and truth.csv
(customer_id,churn_date). Churn dates reach the daemon as a company would know them: with a monthly drop of demographics, on
the end of the month in which the client left; with --label inactivity they do not reach it at all."""

import collections
import csv
import io
import json
import math
import os
import time

import campaign
from campaign import Daemon, Failure

DAY_COLUMN = {"demographics": "account_creation_date", "transactions": "transaction_date", "engagement": "timestamp",
              "support": "created_at", "surveys": "response_date"}
HORIZON = 90


def options(parser):
    parser.add_argument("--data", required=True, metavar="DIR", help="five CSV files and truth.csv")
    parser.add_argument("--months", type=int, default=3, help="months before the end at which the judged model is trained")
    parser.add_argument("--label", choices=["explicit", "inactivity"], default="explicit", help="what the daemon may know")
    parser.add_argument("--train-every", type=int, default=6, metavar="N", help="also train every N months before that")
    parser.add_argument("--activity", default="engagement", help="what makes a client active")


def by_month(content, column):
    """month -> rows, and the header; rows keep their order."""
    header, rows = campaign.records(content)
    index = header.decode().strip().split(",").index(column)
    months = collections.defaultdict(list)
    for row in rows:
        # Quoted fields before the day would need a CSV reader; generated ones have none unless asked for.
        fields = row.split(b",") if b'"' not in row else [f.encode() for f in next(csv.reader(io.StringIO(row.decode())))]
        months[fields[index][:7].decode()].append(row)
    return header, months


def truth(folder):
    """customer -> the day of leaving; without a day for those who stay."""
    with open(os.path.join(folder, "truth.csv"), newline="") as file:
        return {row["customer_id"]: row["churn_date"] for row in csv.DictReader(file)}


def day_number(text):
    return math.floor(time.mktime(time.strptime(text[:10] + " UTC", "%Y-%m-%d %Z")) / 86400 + 0.5)


def table(daemon, name):
    return list(csv.DictReader(io.StringIO(daemon.export(name).decode())))


def area(scores, labels):
    """Area under the ROC curve, ties counted half."""
    order = sorted(range(len(scores)), key=scores.__getitem__)
    positives = sum(labels)
    negatives = len(labels) - positives
    if not positives or not negatives:
        return float("nan")
    total, start = 0.0, 0
    while start < len(order):
        end = start
        while end < len(order) and scores[order[end]] == scores[order[start]]:
            end += 1
        total += sum(labels[order[i]] for i in range(start, end)) * (start + 1 + end) / 2
        start = end
    return (total - positives * (positives + 1) / 2) / (positives * negatives)


def lift(scores, labels, share=0.1):
    """Churners in the top share against chance; rows tied at the border count in part."""
    order = sorted(range(len(scores)), key=lambda i: -scores[i])
    wanted = len(scores) * share
    found, taken, start = 0.0, 0.0, 0
    while start < len(order) and taken < wanted:
        end = start
        while end < len(order) and scores[order[end]] == scores[order[start]]:
            end += 1
        part = min(1.0, (wanted - taken) / (end - start))
        found += part * sum(labels[order[i]] for i in range(start, end))
        taken += part * (end - start)
        start = end
    return found / max(1, sum(labels)) / share


class Replay:
    def __init__(self, arguments, scratch):
        self.arguments = arguments
        self.truth = truth(arguments.data)
        self.parts = {name: by_month(content, DAY_COLUMN[name])
                      for name, content in campaign.read_company(arguments.data).items()}
        months = sorted({month for _, parts in self.parts.values() for month in parts})
        first = min(month for month in self.parts["engagement"][1])
        self.months = [month for month in months if month >= first]
        # Whoever signed up before the first month of events is known from the start.
        header, clients = self.parts["demographics"]
        for month in [month for month in clients if month < first]:
            clients[first] = clients.pop(month) + clients.get(first, [])
        self.row_of_client = {}
        self.daemon = Daemon(
            arguments.aurad, os.path.join(scratch, "daemon"),
            campaign.CONFIGURATION + f"activity: {arguments.activity}\nschedule: {{ train_hours: 0 }}\n"
            f"inbox: {{ settle_seconds: 0 }}\nchurn: {{ label: {arguments.label}, horizon_days: {HORIZON} }}\n")
        self.daemon.start()
        self.drops = 0

    def demographics(self, month):
        """New clients, and those who left in the month with their day."""
        header, parts = self.parts["demographics"]
        new = parts.get(month, [])
        for row in new:
            self.row_of_client[row.split(b",")[0].decode().strip('"')] = row
        if self.arguments.label == "inactivity":
            return header + b"".join(new) if new else b""
        left = {client: day for client, day in self.truth.items() if day[:7] == month and client in self.row_of_client}
        rows, seen = [], set()
        for row in new + [self.row_of_client[client] for client in left]:
            client = row.split(b",")[0].decode().strip('"')
            if client not in seen:
                seen.add(client)
                rows.append(row.rstrip(b"\r\n") + b"," + left.get(client, "").encode() + b"\n")
        return header.rstrip(b"\r\n") + b",churn_date\n" + b"".join(rows) if rows else b""

    def play(self, month):
        for category, (header, parts) in self.parts.items():
            content = self.demographics(month) if category == "demographics" else header + b"".join(parts.get(month, []))
            if content and (category == "demographics" or parts.get(month)):
                self.daemon.drop(category, f"{category}-{month}.csv", content)
                self.drops += 1
        return self.daemon.wait_settled(self.drops)

    def train(self, report):
        began = time.monotonic()
        answer = self.daemon.call("churn.train", {"wait": True}, timeout=3600)
        report.note(f"{answer['as_of']}: training {time.monotonic() - began:.1f} s, {answer['outcome']} "
                    f"{answer['version']}: {answer['statement']}")
        return answer


def judge(report, name, rows, churners):
    """Lift, calibration and tenths of [(probability, rules, left)]."""
    scores, rules, labels = ([row[i] for row in rows] for i in range(3))
    model_lift, rules_lift = lift(scores, labels), lift(rules, labels)
    observed, expected = sum(labels), sum(scores)
    report.note(f"{name}: {len(rows)} clients scored, {observed} of {churners} later churners among them; AUC "
                f"{area(scores, labels):.3f}, rules {area(rules, labels):.3f}")
    order = sorted(range(len(rows)), key=lambda i: -scores[i])
    calibrated = True
    for tenth in range(10):
        part = order[tenth * len(order) // 10:(tenth + 1) * len(order) // 10]
        left, sure = sum(labels[i] for i in part), sum(scores[i] for i in part)
        ratio = left / sure if sure else float("nan")
        counts = left >= 200
        calibrated = calibrated and (not counts or 0.8 <= ratio <= 1.25)
        report.note(f"tenth {tenth + 1:2d}: {len(part)} clients, {left:5d} left, expected {sure:7.1f}, "
                    f"observed/expected {ratio:.2f}{' *' if counts else ''}")
    report.check(model_lift >= 2.5, f"{name}: lift of the top tenth {model_lift:.2f} (2.5 wanted)")
    report.check(model_lift >= 1.5 * rules_lift, f"{name}: {model_lift / rules_lift:.2f} times the rules' "
                 f"{rules_lift:.2f} (1.5 wanted)")
    return observed / expected, calibrated


def body(arguments, scratch, report):
    replay = Replay(arguments, scratch)
    daemon = replay.daemon
    cut = len(replay.months) - arguments.months
    if cut < 6:
        raise Failure("too few months: the first training needs half a year")
    for number, month in enumerate(replay.months[:cut], 1):
        status = replay.play(month)
        if number % arguments.train_every == 0 and number < cut:
            replay.train(report)
    answer = replay.train(report)
    model = daemon.call("churn.model")
    report.check(model["state"] == "model", "a model is in force", json.dumps(model["last"]))
    validation = model["model"]["validation"]
    report.note(f"{model['version']}: {model['model']['kind']}, {model['model']['rows']} rows; validated AUC "
                f"{validation['chosen']['auc']['value']:.3f}, rules {validation['rules']['auc']['value']:.3f} on the same rows")
    as_of = answer["as_of"]
    scored = {row["customer_id"]: row for row in table(daemon, "customer_health_scores")}
    features = table(daemon, "ai_model_features")
    report.check(len(features) == len(scored), f"ai_model_features has a row for each of {len(scored)} clients")
    work_list = daemon.call("clients.list", {"limit": 3})
    report.check(work_list["sort"] == "churn_probability", "the work list is ranked by the model")
    explained = daemon.call("clients.get", {"customer_id": work_list["clients"][0]["customer_id"]})["churn"]
    report.note("first of the work list: " + "; ".join(reason["text"] for reason in explained["contributions"][:3]))
    start = day_number(as_of)
    leaves = {client: day_number(day) - start for client, day in replay.truth.items() if day}
    churners = sum(1 for client, days in leaves.items() if 0 < days <= HORIZON and client in scored)
    # Without churn dates the daemon also scores clients who have left already: they are no later churners.
    rows = [(float(row["churn_probability"]), float(row["risk_score"]), 0 < leaves.get(client, 1 << 30) <= HORIZON)
            for client, row in scored.items() if row["churn_probability"] and leaves.get(client, 1) > 0]
    ratio, calibrated = judge(report, f"trained {as_of}", rows, churners)
    if arguments.label == "explicit":
        report.check(0.9 <= ratio <= 1.1, f"observed/expected {ratio:.3f} overall (0.9 to 1.1 wanted)")
        report.check(calibrated, "observed/expected of every tenth with 200 events (*) within 0.8 to 1.25")
    for month in replay.months[cut:]:
        replay.play(month)
    replay.train(report)
    drift = daemon.call("churn.model")["drift"]
    for window in drift["windows"]:
        report.note(f"window from {window['day']}: observed/expected {window['observed_over_expected']:.3f}, "
                    f"{window['advice']}: {window['statement']}")
    report.check(not daemon.verify(), "verify", str(daemon.verify()))
    daemon.stop()


if __name__ == "__main__":
    campaign.main("churn-replay", __doc__, options, body)

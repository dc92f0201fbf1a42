#!/usr/bin/env python3
"""Companies that cannot teach a churn model, or hardly: the daemon must say in words why the rules are in force, or serve
probabilities that mean something; it never crashes and never makes a number up."""

import csv
import datetime
import io
import json
import os
import random

import campaign
from campaign import Daemon, Refused

FIRST = datetime.date(2024, 1, 1)
DAYS = 300


def options(parser):
    parser.add_argument("--clients", type=int, default=1_500, help="clients of the companies that are not tiny")
    parser.add_argument("--categories", type=int, default=1_000_000, help="clients, each with a plan of its own")


def day(number):
    return (FIRST + datetime.timedelta(days=number)).isoformat()


class Company:
    """Rows of the five files, written as CSV."""

    def __init__(self, extra=()):
        self.clients = [["customer_id", "name", "account_creation_date", *extra]]
        self.events = [["event_id", "customer_id", "event_type", "timestamp"]]

    def client(self, number, *values, since=0):
        self.clients.append([f"c{number}", f"Client {number}", day(since), *values])

    def event(self, number, on, kind="login"):
        self.events.append([f"e{len(self.events)}", f"c{number}", kind, f"{day(on)}T10:00:00Z"])

    def files(self):
        return {"demographics": text(self.clients), "engagement": text(self.events)}


def text(rows):
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(rows)
    return file.getvalue().encode()


def living(company, clients, random_, share=0.5):
    """Clients with events every few days, of whom a share falls silent some day."""
    for number in range(clients):
        ends = random_.randrange(60, DAYS) if random_.random() < share else DAYS
        pace = random_.randrange(2, 12)
        for on in range(random_.randrange(pace), ends, pace):
            company.event(number, on)


def forty(arguments, random_):
    company = Company(("subscription_type",))
    for number in range(40):
        company.client(number, "basic")
    living(company, 40, random_, share=0.4)
    return company


def one_class(arguments, random_):
    """Nobody ever leaves."""
    company = Company()
    for number in range(arguments.clients):
        company.client(number)
        for on in range(number % 7, DAYS, 7):
            company.event(number, on)
    return company


def all_leave(arguments, random_):
    """Everybody was there on one day and never again."""
    company = Company()
    for number in range(arguments.clients):
        company.client(number)
        company.event(number, number % 120)
    company.event(0, DAYS - 1)
    return company


def constant(arguments, random_):
    """All do the same on the same days, and who leaves is drawn by lot."""
    company = Company(("subscription_type", "churn_date"))
    for number in range(arguments.clients):
        company.client(number, "basic", day(random_.randrange(100, DAYS)) if random_.random() < 0.4 else "")
        for on in range(0, DAYS, 10):
            company.event(number, on)
    return company


def nothing_known(arguments, random_):
    """Churn dates, and nothing else about anybody but that he exists."""
    company = Company(("churn_date",))
    for number in range(arguments.clients):
        company.client(number, day(random_.randrange(100, DAYS)) if random_.random() < 0.4 else "")
        company.event(number, 0)
        company.event(number, DAYS - 1) if number == 0 else None
    return company


def many_categories(arguments, random_):
    """A place of its own for everyone, and as many plans and products as a company can have."""
    company = Company(("subscription_type", "product", "location"))
    for number in range(arguments.categories):
        company.client(number, f"plan {number % 9000}", f"product {number % 9000}", f"place {number}")
    living(company, min(arguments.clients, arguments.categories), random_)
    return company


COMPANIES = {"40 clients": forty, "one class: nobody leaves": one_class, "one class: everybody leaves": all_leave,
             "constant features": constant, "nothing known": nothing_known, "a category for each client": many_categories}


def judge(report, daemon, name):
    try:
        answer = daemon.call("churn.train", {"wait": True}, timeout=3600)
    except Refused as refused:
        report.check(bool(refused.error.get("message")), f"{name}: refused, {refused}")
        return
    model = daemon.call("churn.model")
    statement = answer["statement"] or ""
    words = f"{name}: {answer['outcome']} in {answer['duration_ms'] / 1000:.1f} s: {statement}"
    rows = daemon.call("clients.list", {"limit": 1000})
    probabilities = [row["churn_probability"] for row in rows["clients"]]
    if model["state"] == "rules":
        report.check(len(statement) > 30 and "rules" in statement, words)
        report.check(all(value is None for value in probabilities) and rows["sort"] == "risk_score",
                     f"{name}: no probabilities, ranked by the rules")
        client = daemon.call("clients.get", {"customer_id": rows["clients"][0]["customer_id"]})
        report.check(client["churn"] is None, f"{name}: no churn section for a client")
        # What aurac churn model shows is this.
        report.check((model["last"] or {}).get("statement") == statement, f"{name}: aurac churn model says the same")
    else:
        known = [value for value in probabilities if value is not None]
        area = model["model"]["validation"]["chosen"]["auc"]
        report.check(all(0 < value < 1 for value in known), words)
        report.check(area["lower"] > 0.5, f"{name}: in force with an AUC of {area['value']:.3f}, from {area['lower']:.3f}")


def body(arguments, scratch, report):
    for place, (name, make) in enumerate(COMPANIES.items()):
        random_ = random.Random(arguments.seed + place)
        files = make(arguments, random_).files()
        daemon = Daemon(
            arguments.aurad, os.path.join(scratch, f"company-{place}"),
            campaign.CONFIGURATION + campaign.NO_TRAINING + "inbox: { settle_seconds: 0 }\nforecasts: { keep: false }\n"
            "history: { weeks: 0 }\nchurn: { horizon_days: 30, population_days: 60 }\n")
        daemon.start()
        for category, content in files.items():
            daemon.drop(category, f"{category}.csv", content)
        daemon.wait_settled(len(files))
        judge(report, daemon, name)
        report.check(daemon.is_running and not daemon.verify(), f"{name}: still running, verify passes")
        daemon.stop()


if __name__ == "__main__":
    campaign.main("churn-degenerate", __doc__, options, body)

#!/usr/bin/env python3
"""Splits real transactions into one drop a day and delivers them in order, shuffled, all at once, again, with restarts
between, with a clock that is set back, the clients before and after: the exported gold is the same each time, byte for
byte, and a rebuild from the originals gives it once more. A second delivery is a recorded duplicate. Without --data it
works on an invented company. The wall clock is set back by a small preloaded library, for which a C compiler is needed."""

import collections
import os
import random
import shutil
import subprocess
import time

import campaign
from campaign import Daemon, Failure

CLOCK = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
static long long offset(void) { const char *text = getenv("CAMPAIGN_CLOCK_OFFSET"); return text ? atoll(text) : 0; }
int clock_gettime(clockid_t clock, struct timespec *time) {
    static int (*next)(clockid_t, struct timespec *);
    if (!next) next = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int result = next(clock, time);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += offset();
    return result;
}
"""


def options(parser):
    parser.add_argument("--data", metavar="DIR", help="a folder of five files; transactions.csv is cut by its days")
    parser.add_argument("--currency", default="GBP", help="base currency of that folder")


def by_day(content):
    """One drop for each transaction_date: [(name, content)], in the order of the days."""
    header, rows = campaign.records(content)
    column = header.decode().strip().split(",").index("transaction_date")
    days = collections.OrderedDict()
    for row in rows:
        days.setdefault(row.decode().rstrip("\r\n").split(",")[column][:10], []).append(row)
    return [(f"{day}.csv", header + b"".join(days[day])) for day in sorted(days)]


class Way:
    """One way to deliver the same drops."""

    def __init__(self, arguments, scratch, name, configuration, rates, environment=None):
        self.name = name
        self.daemon = Daemon(arguments.aurad, os.path.join(scratch, name.replace(" ", "-")), configuration,
                             rates=rates, environment=environment)
        self.count = 0
        self.daemon.start()

    def drop(self, category, name, content):
        self.daemon.drop(category, name, content)
        self.count += 1

    def wait(self):
        self.daemon.wait_settled(self.count)

    def finish(self):
        self.wait()
        self.daemon.refresh()
        return self.daemon.export_all()


def check_ledger(report, name, daemon, loaded, duplicates):
    states = collections.Counter(drop["state"] for drop in daemon.drops())
    wanted = {"loaded": loaded, **({"duplicate": duplicates} if duplicates else {})}
    report.check(states == wanted, f"{name}: ledger {dict(states)}", f"expected {wanted}")
    wrong = daemon.verify()
    report.check(not wrong, f"{name}: verify", str(wrong))
    left = daemon.leftovers()
    report.check(not left, f"{name}: nothing left over", str(left[:5]))


def rebuild(report, way, expected, environment=None):
    daemon = way.daemon
    daemon.stop()
    daemon.environment.update(environment or {})
    began = time.monotonic()
    daemon.start("--rebuild", timeout=900)
    seconds = time.monotonic() - began
    campaign.compare(report, f"{way.name}, rebuilt in {seconds:.1f} s", expected, daemon.export_all())
    wrong = daemon.verify()
    report.check(not wrong, f"{way.name}, rebuilt: verify", str(wrong))


def body(arguments, scratch, report):
    rng = random.Random(arguments.seed)
    if arguments.data:
        company = campaign.read_company(arguments.data)
    else:
        company = campaign.sample_company(arguments.aurad, os.path.join(scratch, "company"), mess=0)
    configuration = campaign.CONFIGURATION + campaign.NO_TRAINING + (f"base_currency: {arguments.currency}\n" if arguments.data else "")
    days = by_day(company["transactions"])
    clients = ("demographics", "clients.csv", company["demographics"])
    others = [(category, f"{category}.csv", company[category]) for category in ("engagement", "support", "surveys")]
    total = len(days) + 1 + len(others)
    report.note(f"{len(days)} days, {sum(content.count(10) - 1 for _, content in days)} transactions, "
                f"{company['demographics'].count(10) - 1} clients")

    def way(name, environment=None):
        rates = "date,currency,rate_to_base\n" if arguments.data else campaign.RATES
        return Way(arguments, scratch, name, configuration, rates, environment)

    # In order, one by one as a day goes by; this is what the others are compared with.
    first = way("in order")
    first.drop(*clients)
    for drop in others:
        first.drop(*drop)
    first.wait()
    for number, (name, content) in enumerate(days):
        first.drop("transactions", name, content)
        if number % 25 == 0:
            first.wait()
    expected = first.finish()
    report.check(len(expected["customer_metrics"].splitlines()) > 10, "in order: there is gold to compare")
    check_ledger(report, first.name, first.daemon, total, 0)

    again = rng.sample(days, len(days))
    for name, content in again:
        first.drop("transactions", f"again-{name}", content)
    first.drop("demographics", "again.csv", company["demographics"])
    tables = first.finish()
    campaign.compare(report, "delivered again", expected, tables)
    check_ledger(report, "delivered again", first.daemon, total, len(days) + 1)
    rebuild(report, first, expected)
    rebuild(report, first, expected)
    first.daemon.stop()

    # All at once, the clients last: everything is an orphan until they come.
    at_once = way("all at once, clients last")
    at_once.daemon.stop()
    for name, content in days:
        at_once.drop("transactions", name, content)
    for drop in others:
        at_once.drop(*drop)
    at_once.daemon.start()
    at_once.wait()
    orphans = sum(drop["orphans"] or 0 for drop in at_once.daemon.drops())
    at_once.drop(*clients)
    campaign.compare(report, f"all at once, clients last ({orphans} orphans joined)", expected, at_once.finish())
    check_ledger(report, at_once.name, at_once.daemon, total, 0)
    rebuild(report, at_once, expected)
    at_once.daemon.stop()

    # Shuffled, with restarts, half of them without a warning.
    shuffled = way("shuffled, with restarts")
    drops = [("transactions", name, content) for name, content in days] + [clients] + others
    rng.shuffle(drops)
    for number, drop in enumerate(drops):
        shuffled.drop(*drop)
        if number % 30 == 29:
            if rng.random() < 0.5:
                shuffled.daemon.kill()
            else:
                shuffled.daemon.stop()
            shuffled.daemon.start()
    campaign.compare(report, shuffled.name, expected, shuffled.finish())
    check_ledger(report, shuffled.name, shuffled.daemon, total, 0)
    rebuild(report, shuffled, expected)
    shuffled.daemon.stop()

    backwards(arguments, scratch, report, way, company, days, clients, others, expected, total)


def backwards(arguments, scratch, report, way, company, days, clients, others, expected, total):
    """The clock goes back by a day with every restart; values of clients that came later still win, also in a rebuild."""
    compiler = shutil.which("cc") or shutil.which("clang") or shutil.which("gcc")
    if compiler is None:
        report.note("no C compiler: the clock is not set back")
        return
    source, library = os.path.join(scratch, "clock.c"), os.path.join(scratch, "clock.so")
    with open(source, "w") as file:
        file.write(CLOCK)
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)

    def clock(days_back):
        return {"LD_PRELOAD": library, "CAMPAIGN_CLOCK_OFFSET": str(-86_400 * days_back)}

    back = way("clock set back", clock(0))
    header, rows = campaign.records(company["demographics"])
    # Two older versions of the clients come first: the last delivery has to win whatever the clock says.
    column = header.decode().strip().split(",").index("subscription_type")
    for number in range(2):
        changed = []
        for row in rows:
            fields = row.decode().rstrip("\n").split(",")
            if len(fields) == len(header.split(b",")) and b'"' not in row:
                fields[column] = f"older-{number}"
            changed.append((",".join(fields) + "\n").encode())
        back.drop("demographics", f"older-{number}.csv", header + b"".join(changed))
        back.wait()
        back.daemon.stop()
        back.daemon.environment.update(clock(number + 1))
        back.daemon.start()
    back.drop(*clients)
    for drop in others:
        back.drop(*drop)
    size = -(-len(days) // 5)
    for number in range(5):
        for name, content in days[number * size:(number + 1) * size]:
            back.drop("transactions", name, content)
        back.wait()
        back.daemon.stop()
        back.daemon.environment.update(clock(number + 3))
        back.daemon.start()
    started = back.daemon.status()["started_at"]
    real = time.strftime("%Y-%m-%d", time.gmtime())
    report.check(started[:10] < real, f"clock set back: the daemon believes it is {started[:10]}", real)
    campaign.compare(report, "clock set back with every restart", expected, back.finish())
    check_ledger(report, back.name, back.daemon, total + 2, 0)
    rebuild(report, back, expected)
    rebuild(report, back, expected, clock(400))
    back.daemon.stop()


if __name__ == "__main__":
    campaign.main("rebuild-and-order", __doc__, options, body)

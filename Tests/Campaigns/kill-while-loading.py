#!/usr/bin/env python3
"""Kills the daemon at random instants while it loads, restarts it each time, and compares what it ends up with to an
undisturbed run: every exported table byte for byte, the ledger, the rejected rows, and nothing left over."""

import collections
import os
import random
import threading
import time

import campaign
from campaign import Daemon, Failure


def options(parser):
    parser.add_argument("--kills", type=int, default=200, help="how often, over all companies")
    parser.add_argument("--pieces", type=int, default=200, help="drops a file is cut into")
    parser.add_argument("--clients", type=int, default=1500, help="size of the sample company")
    parser.add_argument("--longest", type=float, default=0.3, metavar="SECONDS", help="longest life of a daemon")
    parser.add_argument("--settle", type=int, default=0, metavar="SECONDS",
                        help="inbox.settle_seconds; with more than 0 the order of drops may change at a restart")
    parser.add_argument("--again", type=float, default=0.05, metavar="SHARE",
                        help="share of the drops that is dropped twice")
    parser.add_argument("--data", action="append", default=[], metavar="DIR",
                        help="a folder of five more files to load as well; may be repeated")
    parser.add_argument("--rebuilds", type=int, default=20, help="how often to kill a rebuild")


class Feeder(threading.Thread):
    """Keeps a few drops in the inboxes; sometimes one of them in place, or one that was there before."""

    def __init__(self, daemon, drops, rng, again):
        super().__init__(daemon=True)
        self.target_daemon = daemon
        self.queue = collections.deque(drops)
        self.rng = rng
        self.again = again
        self.dropped = []
        self.repeated = 0
        self.ahead = 6
        self.finished = threading.Event()

    def run(self):
        while self.queue:
            waiting = len(self.target_daemon.waiting_files()) + self.claimed()
            if waiting >= self.ahead:
                time.sleep(0.002)
                continue
            if self.dropped and self.rng.random() < self.again:
                category, name, content, _ = self.rng.choice(self.dropped)
                self.repeated += 1
                self.target_daemon.drop(category, f"again-{self.repeated}-{name}", content)
                continue
            piece = self.queue.popleft()
            self.dropped.append(piece)
            self.target_daemon.drop(piece[0], piece[1], piece[2])
        self.finished.set()

    def claimed(self):
        return len(os.listdir(os.path.join(self.target_daemon.state, "claimed")))


def undisturbed(arguments, folder, configuration, drops):
    daemon = Daemon(arguments.aurad, folder, configuration)
    daemon.start()
    began = time.monotonic()
    for category, name, content, _ in drops:
        daemon.drop(category, name, content)
    daemon.wait_settled(len(drops))
    daemon.refresh()
    seconds = time.monotonic() - began
    tables = daemon.export_all()
    ledger = {drop["sha256"]: drop for drop in daemon.drops()}
    rejects = campaign.rejected_rows(daemon.state)
    wrong = daemon.verify()
    daemon.stop()
    if wrong:
        raise Failure(f"verify after the undisturbed run: {wrong}")
    return tables, ledger, rejects, seconds


def check_outcome(report, daemon, drops, repeated, expected, name):
    tables, ledger, rejects, _ = expected
    campaign.compare(report, f"{name}: exported gold", tables, daemon.export_all())
    found = daemon.drops()
    loaded = [drop for drop in found if drop["state"] == "loaded"]
    others = [drop for drop in found if drop["state"] not in ("loaded", "duplicate")]
    report.check(not others, f"{name}: every drop is loaded or a duplicate",
                 str([(drop["file"], drop["state"], drop["reason"]) for drop in others[:5]]))
    hashes = collections.Counter(drop["sha256"] for drop in loaded)
    report.check(
        set(hashes) == set(ledger) and max(hashes.values()) == 1, f"{name}: each of {len(ledger)} contents loaded once",
        f"missing {len(set(ledger) - set(hashes))}, twice {[h for h, n in hashes.items() if n > 1][:3]}")
    report.check(
        len(found) == len(drops) + repeated, f"{name}: {len(drops) + repeated} drops in the ledger, as many as dropped",
        f"{len(found)}, by state {dict(collections.Counter(drop['state'] for drop in found))}")
    fields = ("rows", "accepted", "rejected", "duplicates")
    sums = {field: sum(drop[field] or 0 for drop in loaded) for field in fields}
    wanted = {field: sum(drop[field] or 0 for drop in ledger.values()) for field in fields}
    rows = sum(piece[3] for piece in drops)
    report.check(sums == wanted and sums["rows"] == rows, f"{name}: rows of the ledger {sums}",
                 f"undisturbed {wanted}, in the files {rows}")
    found_rejects = campaign.rejected_rows(daemon.state)
    report.check(found_rejects == rejects, f"{name}: {len(rejects)} rejected rows kept, the same ones",
                 f"{len(found_rejects)}")
    wrong = daemon.verify()
    report.check(not wrong, f"{name}: verify", str(wrong))
    left = daemon.leftovers()
    report.check(not left, f"{name}: nothing left over", str(left[:8]))
    refused = [entry for entry in os.listdir(os.path.join(daemon.state, "quarantine"))
               if not entry.endswith(".rejects.ndjson")]
    report.check(not refused, f"{name}: nothing refused into the quarantine", str(refused[:5]))
    originals = {entry[:64] for entry in daemon.originals()}
    report.check(originals == set(ledger), f"{name}: {len(originals)} originals in bronze, each once",
                 f"{len(ledger)} expected, {len(daemon.originals())} files")


def run_company(arguments, scratch, report, name, company, kills, rng):
    configuration = campaign.CONFIGURATION + f"inbox:\n  settle_seconds: {arguments.settle}\n" \
        "store:\n  compress_after_seconds: 0\nschedule:\n  compress_minutes: 1\n  train_hours: 0\n"
    drops = campaign.pieces(company, arguments.pieces)
    expected = undisturbed(arguments, os.path.join(scratch, name, "undisturbed"), configuration, drops)
    report.note(f"{name}: {len(drops)} drops, {sum(piece[3] for piece in drops)} rows, undisturbed in "
                f"{expected[3]:.1f} s")

    # With a log that is emptied all the time, loads are also killed between the steps that large ones are written in.
    daemon = Daemon(arguments.aurad, os.path.join(scratch, name, "disturbed"),
                    configuration.replace("store:\n", "store:\n  log_bytes: 64 KiB\n"))
    daemon.start()
    feeder = Feeder(daemon, drops, rng, arguments.again)
    feeder.start()
    states = collections.Counter()
    slowest = 0.0
    killed = 0
    while killed < kills:
        time.sleep(rng.uniform(0, arguments.longest))
        daemon.kill()
        killed += 1
        states["with drops in the inbox"] += bool(daemon.waiting_files())
        states["with claimed drops"] += len(os.listdir(os.path.join(daemon.state, "claimed"))) > 1
        states["with everything dropped"] += feeder.finished.is_set()
        if feeder.finished.is_set():
            # The rest of the kills meets duplicates.
            for piece in rng.sample(drops, 5):
                feeder.repeated += 1
                daemon.drop(piece[0], f"again-{feeder.repeated}-{piece[1]}", piece[2])
        if rng.random() < 0.3:
            # Killed while it starts.
            daemon.launch()
            time.sleep(rng.uniform(0, 0.15))
            daemon.kill()
            killed += 1
            states["while starting"] += 1
        try:
            slowest = max(slowest, daemon.start())
        except Failure as error:
            report.check(False, f"{name}: start after kill {killed}", str(error))
            raise
    report.check(True, f"{name}: {killed} kills, every start succeeded, the slowest in {slowest:.2f} s")
    report.note(f"{name}: killed {dict(states)}")
    feeder.ahead = 50
    feeder.finished.wait(600)
    daemon.wait_settled(len(drops) + feeder.repeated)
    daemon.refresh()
    check_outcome(report, daemon, drops, feeder.repeated, expected, name)

    kill_rebuilds(arguments, report, name, daemon, rng)
    check_outcome(report, daemon, drops, feeder.repeated, expected, f"{name} after killed rebuilds")
    code = daemon.stop()
    report.check(code == 0, f"{name}: SIGTERM ends it with 0", str(code))


def kill_rebuilds(arguments, report, name, daemon, rng):
    """Kills while silver is derived anew; the plain start that follows serves what was there, or the whole new one."""
    daemon.stop()
    began = time.monotonic()
    daemon.launch("--rebuild")
    daemon.wait_ready(600)
    whole = time.monotonic() - began
    for number in range(arguments.rebuilds):
        daemon.kill()
        daemon.launch("--rebuild")
        time.sleep(rng.uniform(0, whole * 1.1))
        daemon.kill()
        if number % 2 == 0:
            # Published and compressed at once, so that kills meet these too.
            daemon.start(timeout=600)
            time.sleep(rng.uniform(0, 0.5))
    if not daemon.is_running:
        daemon.start(timeout=600)
    daemon.wait_settled()
    daemon.refresh()


def body(arguments, scratch, report):
    rng = random.Random(arguments.seed)
    companies = [("sample", campaign.sample_company(arguments.aurad, os.path.join(scratch, "company"),
                                                     clients=arguments.clients))]
    for folder in arguments.data:
        companies.append((os.path.basename(os.path.abspath(folder)), campaign.read_company(folder)))
    for name, company in companies:
        run_company(arguments, scratch, report, name, company, -(-arguments.kills // len(companies)), rng)


if __name__ == "__main__":
    campaign.main("kill-while-loading", __doc__, options, body)

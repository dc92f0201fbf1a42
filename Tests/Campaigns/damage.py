#!/usr/bin/env python3
"""Damages every kind of file a daemon keeps, in every way a disk or a hand can: bits flipped, blocks of zeroes, cut off,
gone. Whatever was damaged is named, or made again, before anything else changes; nothing crashes; and what README says
under "If something breaks" brings every exported table back byte for byte."""

import gzip
import os
import random
import shutil
import sqlite3
import subprocess
import time

import campaign
from campaign import Daemon, Failure


def options(parser):
    parser.add_argument("--rounds", type=int, default=3, help="how often each kind is damaged in each way")
    parser.add_argument("--clients", type=int, default=120, help="size of the sample company")


CONFIGURATION = campaign.CONFIGURATION + campaign.NO_TRAINING + \
    "store:\n  compress_after_seconds: 0\nforecasts: { quiet_seconds: 0 }\nhistory: { quiet_seconds: 0 }\n"


def flip(data, rng):
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def zero(data, rng):
    start = rng.randrange(max(1, len(data) - 4096))
    data[start:start + 4096] = bytes(len(data[start:start + 4096]))


def cut(data, rng):
    del data[rng.randrange(len(data)):]


WAYS = {"a bit flipped in": flip, "zeroes in": zero, "cut off": cut, "gone:": None}


def damage(path, way, rng):
    """Changes a file; False when that made no difference."""
    if way is None:
        os.unlink(path)
        return True
    with open(path, "rb") as file:
        before = file.read()
    data = bytearray(before)
    if not data:
        return False
    way(data, rng)
    os.chmod(path, 0o600)
    with open(path, "wb") as file:
        file.write(data)
    return data != before


class Kept:
    """A whole state directory, from which each trial starts."""

    def __init__(self, arguments, scratch):
        self.folder = os.path.join(scratch, "whole")
        self.trial = os.path.join(scratch, "trial")
        self.binary = arguments.aurad
        daemon = Daemon(arguments.aurad, self.folder, CONFIGURATION)
        daemon.start()
        company = campaign.sample_company(arguments.aurad, os.path.join(scratch, "company"), clients=arguments.clients,
                                          days=200)
        count = 0
        for category, name, content, _ in campaign.pieces(company, 3):
            if count % 3 == 1:
                name, content = name + ".gz", gzip.compress(content, mtime=0)
            daemon.drop(category, name, content)
            count += 1
            daemon.wait_settled(count)
        for category, name, content in [
                ("demographics", "j.json", b'[{"customer_id": "C-json", "account_creation_date": "2024-01-01"}]'),
                ("support", "n.ndjson", b'{"ticket_id":"T-n","customer_id":"C-json","created_at":"2024-01-05"}\n'),
                ("events", "days.csv", b"date,name\n2024-02-03,Sale\n"),
                ("demographics", "again.csv", b"customer_id,account_creation_date,region\nC-json,2024-01-01,NORTH\n"),
                ("support", "early.csv", b"ticket_id,customer_id,created_at\nT-e,C-nobody,2024-01-05\n"),
                ("surveys", "bad.csv", b"survey_id,customer_id,response_date,nps_score\nS-1,C-json,never,11\n")]:
            daemon.drop(category, name, content)
            count += 1
            daemon.wait_settled(count)
        daemon.refresh()
        self.tables = daemon.export_all()
        self.snapshot = daemon.status()["snapshot"]
        wrong = daemon.verify()
        if wrong:
            raise Failure(f"verify of the undamaged state: {wrong}")
        daemon.stop()
        # One original stays as it was delivered, most are packed by now or not: both kinds are there.
        for name in ["aura.db", "gold.db"]:
            with sqlite3.connect(os.path.join(self.folder, "state", name)) as database:
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def begin(self):
        shutil.rmtree(self.trial, ignore_errors=True)
        os.makedirs(self.trial)
        subprocess.run(["cp", "-a", os.path.join(self.folder, "state"), self.trial], check=True)
        return Daemon(self.binary, self.trial, CONFIGURATION)

    def files(self):
        """(kind, path inside of the state directory), by kind."""
        kinds = {}
        state = os.path.join(self.folder, "state")
        for folder, _, names in os.walk(state):
            for name in names:
                path = os.path.relpath(os.path.join(folder, name), state)
                if path.endswith(("-wal", "-shm")) or path == "aurad.lock":
                    continue
                kinds.setdefault(self.kind(path), []).append(path)
        return kinds

    @staticmethod
    def kind(path):
        folder, name = os.path.split(path)
        if folder == "bronze":
            return "the journal" if name.startswith("journal") else "an original " + name[65:]
        if folder == "quarantine":
            return "a list of rejected rows"
        return path


def attempt(daemon, *arguments):
    """Starts; the text of a refusal, or None."""
    try:
        daemon.start(*arguments, timeout=120)
        # The status is answered before what is stored has been read.
        while not daemon.status()["ready"]:
            time.sleep(0.02)
        return None
    except (Failure, OSError, EOFError, campaign.Refused):
        if daemon.process is not None:
            daemon.process.wait(60)
        code = daemon.process.poll()
        daemon.process = None
        if code != 78:
            raise
        return daemon.log_tail(8)


def exports_match(daemon, kept):
    daemon.wait_settled()
    daemon.refresh()
    return daemon.export_all() == kept.tables


def try_one(report, kept, kind, path, words, way, rng):
    daemon = kept.begin()
    target = os.path.join(daemon.state, path)
    if not damage(target, way, rng):
        return
    title = f"{words} {kind}"
    sha = os.path.basename(path)[:64] if kind.startswith("an original") else None
    try:
        refusal = attempt(daemon)
        named = refusal or ""
        if refusal is None:
            good = exports_match(daemon, kept)
            wrong = daemon.verify()
            named = " ".join(wrong + daemon.status()["problems"])
            again = daemon.verify()
            if kind.startswith("an original"):
                report.check(sha in named, f"{title}: verify names the original", named[:300])
                report.check(good, f"{title}: what is served does not change")
                daemon.stop()
                refusal = attempt(daemon, "--rebuild")
                report.check(refusal is not None and sha in refusal, f"{title}: a rebuild refuses and names it",
                             str(refusal)[:300])
                shutil.copy2(os.path.join(kept.folder, "state", path), target)
                daemon.start("--rebuild", timeout=300)
                report.check(exports_match(daemon, kept) and not daemon.verify(),
                             f"{title}: put back and rebuilt, all is as it was")
            elif path == "aura.db":
                # What a start does not read may be damaged: verify finds it, or it carried nothing.
                if wrong:
                    daemon.stop()
                    daemon.start("--rebuild", timeout=300)
                report.check(exports_match(daemon, kept) and not daemon.verify(),
                             f"{title}: {'found by verify and rebuilt' if wrong else 'no difference to anything'}",
                             str(daemon.verify())[:300])
            elif kind == "the journal":
                if wrong:
                    daemon.stop()
                    daemon.start("--rebuild", timeout=300)
                report.check(exports_match(daemon, kept) and not daemon.verify(),
                             f"{title}: named, and written anew", named[:300])
            else:
                report.check(good and not again, f"{title}: made again or named, tables as before", str(again)[:300])
        else:
            report.check("aura.db" in refusal or "journal" in refusal, f"{title}: a start refuses and says what to do",
                         refusal[:400])
            daemon.start("--rebuild", timeout=300)
            report.check(exports_match(daemon, kept) and not daemon.verify(), f"{title}: rebuilt, all is as it was",
                         str(daemon.verify())[:300])
        code = daemon.stop()
        report.check(code == 0, f"{title}: ends well", str(code))
    except (Failure, OSError, EOFError, campaign.Refused) as error:
        report.check(False, f"{title} ({path})", f"{error}")
        daemon.kill()


def body(arguments, scratch, report):
    rng = random.Random(arguments.seed)
    kept = Kept(arguments, scratch)
    kinds = kept.files()
    report.note("kinds of files: " + ", ".join(sorted(kinds)))
    for kind in sorted(kinds):
        for words, way in WAYS.items():
            for _ in range(arguments.rounds if way else 1):
                try_one(report, kept, kind, rng.choice(sorted(kinds[kind])), words, way, rng)
    # Everything that is not an original, gone at once.
    daemon = kept.begin()
    for name in os.listdir(daemon.state):
        path = os.path.join(daemon.state, name)
        if name != "bronze":
            shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
    refusal = attempt(daemon)
    report.check(refusal is not None and "--rebuild" in refusal, "bronze alone: a start refuses and says what to do",
                 str(refusal)[:300])
    daemon.start("--rebuild", timeout=300)
    report.check(exports_match(daemon, kept) and not daemon.verify(), "bronze alone: rebuilt, all is as it was")
    report.check(daemon.status()["snapshot"] == kept.snapshot, "bronze alone: the same snapshot")
    daemon.stop()


if __name__ == "__main__":
    campaign.main("damage", __doc__, options, body)

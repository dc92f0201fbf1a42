#!/usr/bin/env python3
"""Flips one random bit in the pages of each table and index of aura.db. Each time one of these holds: a start refuses and
names --rebuild, verify finds it, or no exported figure, no ledger line and no list of rejected rows differs. And now and
then a rebuild brings everything back."""

import os
import random
import sqlite3

import campaign
import damage
from campaign import Failure

PAGE_HEADER = 12


def options(parser):
    parser.add_argument("--flips", type=int, default=12, help="how many in each table and index")
    parser.add_argument("--clients", type=int, default=60, help="size of the sample company")
    parser.add_argument("--only", action="append", help="one table or index; may be repeated")


def cells(path):
    """{table or index: [(first byte, last byte)] of what is written in its pages}: a flip in free room is none."""
    places = {}
    with sqlite3.connect(path) as database:
        (size,) = database.execute("PRAGMA page_size").fetchone()
        pages = database.execute("SELECT name, pageno, pagetype, ncell FROM dbstat").fetchall()
    with open(path, "rb") as file:
        content = file.read()
    for name, number, kind, count in pages:
        start = (number - 1) * size
        if kind == "overflow":
            places.setdefault(name, []).append((start, start + size))
            continue
        header = start + (100 if number == 1 else 0)
        pointers = PAGE_HEADER if kind == "internal" else 8
        first = int.from_bytes(content[header + 5:header + 7], "big") or 65536
        places.setdefault(name, []).append((header, header + pointers + 2 * count))
        if first < size:
            places[name].append((start + first, start + size))
    return places


def picture(daemon):
    """Everything that is to stay: exported tables, the ledger, what was rejected."""
    drops = [{key: value for key, value in drop.items() if key != "served"} for drop in daemon.drops()]
    rejects = [daemon.call("data.rejects", {"drop_id": drop["drop_id"]}) for drop in drops if drop["rejected"]]
    return daemon.export_all(), drops, rejects, daemon.call("data.rejects")


def attempt(kept, expected, path, rng, place, rebuilds):
    """-> (what became of it, what was said)"""
    daemon = kept.begin()
    target = os.path.join(daemon.state, "aura.db")
    first, last = place
    offset, bit = rng.randrange(first, last), 1 << rng.randrange(8)
    with open(target, "r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ bit]))
    where = f"byte {offset}, bit {bit}"
    outcome = None
    try:
        refusal = damage.attempt(daemon)
        if refusal is not None:
            outcome = ("refused", where) if "--rebuild" in refusal else ("WRONG", f"{where}: refused with {refusal[:300]}")
        else:
            try:
                differs = picture(daemon) != expected
            except (campaign.Refused, EOFError, OSError) as error:
                # Damage that an answer meets is said by it.
                differs = not daemon.is_running or "WRONG"
                if daemon.is_running:
                    differs = "refused an answer"
            wrong = daemon.verify()
            if wrong:
                outcome = ("verify", f"{where}: figures differ before" if differs is True else where)
            else:
                outcome = ("WRONG", f"{where}: {differs} and nobody says so") if differs else ("harmless", where)
        if rebuilds and outcome[0] in ("refused", "verify"):
            daemon.stop()
            daemon.start("--rebuild", timeout=300)
            damage.exports_match(daemon, kept)
            if daemon.export_all() != expected[0] or daemon.verify():
                outcome = ("WRONG", f"{where}: a rebuild does not bring it back: {daemon.verify()}"[:400])
        daemon.stop()
    except (Failure, OSError, EOFError, campaign.Refused) as error:
        outcome = ("WRONG", f"{where}: {error}"[:400])
        daemon.kill()
    return outcome


def body(arguments, scratch, report):
    rng = random.Random(arguments.seed)
    kept = damage.Kept(arguments, scratch)
    path = os.path.join(kept.folder, "state", "aura.db")
    daemon = kept.begin()
    daemon.start()
    daemon.wait_settled()
    expected = picture(daemon)
    daemon.stop()
    total = {}
    for name, places in sorted(cells(path).items()):
        if arguments.only and name not in arguments.only:
            continue
        outcomes, bad, early = {}, [], 0
        for number in range(arguments.flips):
            # By their lengths, so that each byte is as likely as another.
            place = rng.choices(places, [last - first for first, last in places])[0]
            outcome, text = attempt(kept, expected, path, rng, place, rebuilds=number == 0)
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
            total[outcome] = total.get(outcome, 0) + 1
            early += "figures differ" in text
            if outcome == "WRONG":
                bad.append(text)
        report.check(not bad, f"{name}: " + ", ".join(f"{count} {word}" for word, count in sorted(outcomes.items()))
                     + (f" ({early} with other figures until verify)" if early else ""), "; ".join(bad)[:1500])
    report.note("all: " + ", ".join(f"{count} {word}" for word, count in sorted(total.items())))


if __name__ == "__main__":
    campaign.main("flipped-bytes", __doc__, options, body)

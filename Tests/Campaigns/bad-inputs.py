#!/usr/bin/env python3
"""Drops everything that should not be dropped: damaged, endless, deep and wide files, things that are no files, files that
change while they are read, impossible names. Each has to end with a recorded reason that says what was found and where,
nothing of it may be lost, memory stays bounded, and questions are answered within a second all the while. Run as root it
makes the daemon run as another user, so that permissions count."""

import gzip
import io
import os
import random
import re
import shutil
import socket
import stat
import threading
import time

import campaign
from campaign import Daemon, Failure

HEADER = b"transaction_id,customer_id,amount,currency,payment_method,transaction_date\n"
DEMOGRAPHICS = b"customer_id,name,account_creation_date,subscription_type\n"
NOBODY = 65534


def options(parser):
    parser.add_argument("--only", metavar="TEXT", help="only the cases whose name contains this")
    parser.add_argument("--memory", type=int, default=256, metavar="MIB", help="how much the peak may grow in one case")
    parser.add_argument("--crowd", type=int, default=10_000, help="files dropped at once")
    parser.add_argument("--huge", type=int, default=2 << 30, metavar="BYTES", help="size of endless lines and bombs")


class Prober(threading.Thread):
    """Asks questions all the while and remembers the longest wait."""

    def __init__(self, daemon):
        super().__init__(daemon=True)
        self.target_daemon = daemon
        self.slowest = 0.0
        self.failures = []
        self.stopped = False

    def run(self):
        while not self.stopped:
            began = time.monotonic()
            try:
                self.target_daemon.call("kpis.get", timeout=20)
                self.target_daemon.call("system.status", timeout=20)
            except Exception as error:
                if not self.stopped:
                    self.failures.append(f"{type(error).__name__}: {error}")
            self.slowest = max(self.slowest, time.monotonic() - began)
            time.sleep(0.02)


class Bench:
    """Runs one case after the other against one daemon."""

    def __init__(self, arguments, scratch, report):
        self.arguments = arguments
        self.report = report
        self.rng = random.Random(arguments.seed)
        self.outside = os.path.join(scratch, "outside")
        os.makedirs(self.outside)
        os.chmod(self.outside, 0o777)
        uid = None
        binary = os.path.join(scratch, "aurad")
        shutil.copy(arguments.aurad, binary)
        os.chmod(binary, 0o755)
        folder = os.path.join(scratch, "daemon")
        os.makedirs(folder)
        if os.geteuid() == 0:
            uid = NOBODY
            os.chown(folder, uid, uid)
        else:
            report.note("not root: the daemon runs as this user, and cases that need another one are left out")
        self.daemon = Daemon(binary, folder, campaign.CONFIGURATION + campaign.NO_TRAINING, uid=uid)
        self.number = 0

    def row(self, customer=None, date=b"2026-01-01"):
        """A row of a transaction that was loaded before: accepted by the reader, counted as a duplicate."""
        self.number += 1
        return self.known_rows[self.number % len(self.known_rows)]

    def path(self, name, category="transactions"):
        if isinstance(name, bytes):
            return os.path.join(os.fsencode(self.daemon.inbox(category)), name)
        return os.path.join(self.daemon.inbox(category), name)

    def case(self, name, body, state=None, reason=None, category="transactions", file=None, drops=1, rejects=None,
             seconds=120.0, quarantined=False):
        """One case: `body` drops something; then what became of it is looked up by its file name."""
        if self.arguments.only and self.arguments.only not in name:
            return
        daemon, report = self.daemon, self.report
        before = {drop["drop_id"] for drop in daemon.drops()}
        ended = daemon.ended()
        daemon.reset_peak() if os.geteuid() == 0 else None
        resident = daemon.counters("VmRSS")
        prober = Prober(daemon)
        prober.start()
        began = time.monotonic()
        try:
            body()
            daemon.wait_settled(ended + (drops or 1), timeout=seconds)
        except (Failure, OSError, EOFError, campaign.Refused) as error:
            report.check(False, f"{name}: comes to an end", f"{error} {daemon.log_tail() if not daemon.is_running else ''}")
            if not daemon.is_running:
                raise Failure("the daemon has ended")
        finally:
            prober.stopped = True
        took = time.monotonic() - began
        prober.join()
        new = [drop for drop in daemon.drops() if drop["drop_id"] not in before]
        grown = (daemon.counters("VmHWM") - resident) / 1024
        found = "; ".join(sorted({f"{drop['state']}: {drop['reason']}" for drop in new})[:3])[:400]
        good = len(new) == (drops or len(new))
        if state:
            good = good and all(drop["state"] == state for drop in new)
        if reason:
            good = good and all(re.search(reason, drop["reason"] or "") for drop in new)
        report.check(good, f"{name}: {found}" if good else f"{name}: {drops} × {state} /{reason}/",
                     f"{len(new)} drops, {found}")
        if rejects is not None:
            rows = daemon.rejects(new[0]["drop_id"]) if new else []
            shown = [(row["line"], row["column"], row["reason"]) for row in rows[:2]]
            report.check(bool(rows) and all(re.search(rejects, f"line {row['line']} {row['column']} {row['reason']}")
                                            for row in rows), f"{name}: {len(rows)} rejected rows {shown}", rejects)
        for drop in new:
            if drop["state"] == "refused" and not self.in_quarantine(drop):
                report.check(False, f"{name}: lies in the quarantine with its reason", str(drop))
                break
        report.check(grown <= self.arguments.memory and prober.slowest < 1 and not prober.failures,
                     f"{name}: {took:.1f} s, peak +{grown:.0f} MiB, slowest answer {prober.slowest * 1000:.0f} ms",
                     str(prober.failures[:2]))

    def in_quarantine(self, drop):
        names = os.listdir(os.path.join(self.daemon.state, "quarantine"))
        mine = [name for name in names if name.split("-")[0].lstrip("0") == str(drop["drop_id"])]
        reasons = [name for name in mine if name.endswith(".reason.json")]
        return bool(reasons) and len(mine) > len(reasons)

    def put(self, name, content, category="transactions"):
        def body():
            hidden = self.path(b".hidden.part" if isinstance(name, bytes) else ".hidden.part", category)
            with open(hidden, "wb") as file:
                for piece in [content] if isinstance(content, bytes) else content:
                    file.write(piece)
            os.chmod(hidden, 0o644)
            os.rename(hidden, self.path(name, category))
        return body

    def gold(self):
        return self.daemon.export_all()


def zeros(count, piece=1 << 20):
    block = b"\0" * piece
    for _ in range(count // piece):
        yield block


def bomb(count, head=b""):
    """A gzip file of `head` and `count` zero bytes, packed a thousandfold."""
    target = io.BytesIO()
    with gzip.GzipFile(fileobj=target, mode="wb", compresslevel=6, mtime=0) as file:
        file.write(head)
        for block in zeros(count):
            file.write(block)
    return target.getvalue()


def damaged(bench):
    rows = b"".join(bench.row() for _ in range(5000))
    packed = gzip.compress(HEADER + rows, mtime=0)
    bench.case("truncated gzip", bench.put("a.csv.gz", packed[:len(packed) // 2]), "refused", "end|truncat")
    bench.case("gzip of 5 bytes", bench.put("a5.csv.gz", packed[:5]), "refused", "end|truncat")
    bench.case("gzip with a wrong checksum", bench.put("b.csv.gz", packed[:-8] + b"\1\2\3\4" + packed[-4:]), "refused",
               "damaged|check")
    bench.case("gzip with rubbish behind it", bench.put("c.csv.gz", packed + b"rubbish behind the end" * 20), "refused",
               "gzip")
    bench.case("gzip of gzip", bench.put("d.csv.gz", gzip.compress(packed, mtime=0)), "refused", "text")
    huge = bench.arguments.huge
    bench.case("gzip bomb of zeros", bench.put("e.csv.gz", bomb(huge)), "refused", "line 1")
    bench.case("gzip bomb behind a header", bench.put("f.csv.gz", bomb(huge, HEADER + bench.row())), "refused",
               "unpacks to more than")
    bench.case("xz", bench.put("g.csv.xz", b"\xfd7zXZ\0\0\4\xe6\xd6\xb4F" + bench.rng.randbytes(5000)), "refused", "text")
    bench.case("zstd, truncated", bench.put("h.csv.zst", b"\x28\xb5\x2f\xfd" + bench.rng.randbytes(50)), "refused", "zstd")
    bench.case("binary rubbish", bench.put("i.csv", bench.rng.randbytes(1 << 20)), "refused", "line 1")
    bench.case("binary rubbish behind a header", bench.put("j.csv", HEADER + bench.rng.randbytes(1 << 20)), "loaded",
               rejects="line")
    bench.case("empty file", bench.put("k.csv", b""), "refused", "empty")
    bench.case("header without rows", bench.put("l.csv", HEADER), "loaded", "no rows")
    bench.case("header without a line end", bench.put("m.csv", HEADER[:-1]), "loaded", "no rows")
    bench.case("UTF-16", bench.put("n.csv", (HEADER + rows[:500]).decode().encode("utf-16")), "refused", "text|UTF")
    bench.case("UTF-16 without a mark", bench.put("n2.csv", (HEADER + rows[:500]).decode().encode("utf-16-le")), "refused",
               "text|UTF")
    bench.case("Latin-1 in a row", bench.put("o.csv", HEADER + b"TX1,C1,5.00,USD,caf\xe9,2026-01-01\n"), "loaded",
               rejects="line 2 .*")
    bench.case("NUL bytes in rows", bench.put("p.csv", HEADER + b"T\0X1,C\0,5\0,U\0SD,,2026-01-01\n" + b"\0\0\0\n"),
               "loaded", rejects="line [23] ")
    bench.case("NUL bytes in the header", bench.put("q.csv", b"\0\0\0" + HEADER + bench.row()), "refused", "line 1")
    bench.case("a quote that never ends", bench.put("r.csv", HEADER + b'"T1,C1,5,USD,,2026-01-01\n' + rows), "loaded",
               rejects="line 2 ")
    bench.case("carriage returns alone", bench.put("s.csv", (HEADER + rows[:2000]).replace(b"\n", b"\r")), None)


def large(bench):
    huge = bench.arguments.huge

    def line(filler):
        def pieces():
            yield HEADER + bench.row()
            block = filler * (1 << 20)
            for _ in range(huge >> 20):
                yield block
            yield b"\n" + bench.row()
        return pieces()

    bench.case("a line of 2 GB", bench.put("long.csv", line(b"x")), "loaded", rejects="line 3 .*(long|bytes)", seconds=300)
    def quoted():
        yield HEADER + b'"'
        for _ in range(huge >> 20):
            yield (b"y" * 4095 + b"\n") * 256

    bench.case("a quoted field of 2 GB", bench.put("quoted.csv", quoted()), "loaded", rejects="line ", seconds=300)
    lines = huge >> 5
    bench.case("a packed file of bad lines", bench.put(
        "lines.csv.gz", gzip.compress(HEADER + b"y\n" * lines, compresslevel=6, mtime=0)), "loaded", rejects="line ",
        seconds=600)
    kept = [0] + [os.lstat(os.path.join(bench.daemon.state, "quarantine", name)).st_size
            for name in os.listdir(os.path.join(bench.daemon.state, "quarantine"))]
    bench.report.check(max(kept) < 20 << 20, f"{lines} bad lines: the list of rejected rows ends, {max(kept) >> 20} MiB")
    bench.case("a first line of 2 GB", bench.put("first.csv", (b"z" * (1 << 20) for _ in range(huge >> 20))), "refused",
               "line 1")
    names = b",".join(b"extra_%d" % i for i in range(5000))
    bench.case("5,000 columns", bench.put(
        "wide.csv", HEADER[:-1] + b"," + names + b"\n" + b"".join(bench.row()[:-1] + b",v" * 5000 + b"\n" for _ in range(200))),
        "refused", "line 1: more than 1000 different columns")
    names = b",".join(b"extra_%d" % i for i in range(900))
    bench.case("900 columns", bench.put(
        "wide2.csv", HEADER[:-1] + b"," + names + b"\n" + b"".join(bench.row()[:-1] + b",v" * 900 + b"\n" for _ in range(200))),
        "loaded")
    bench.case("a header of 1 MB", bench.put(
        "header.csv", HEADER[:-1] + b"," + b",".join(b"column_%06d" % i for i in range(80_000)) + b"\n"), "refused",
        "different columns")
    bench.case("a column name of 1 MB", bench.put("name.csv", HEADER[:-1] + b"," + b"n" * (1_000_000) + b"\n" + bench.row()),
               "loaded")
    bench.case("a header of 2 MB", bench.put("header2.csv", HEADER[:-1] + b"," + b"n" * (2 << 20) + b"\n"), "refused",
               "line 1.*bytes")


def structure(bench):
    row = bench.row().decode().strip().split(",")
    names = HEADER.decode().strip().split(",")
    record = "{" + ",".join(f'"{n}":"{v}"' for n, v in zip(names, row)) + "}"
    bench.case("wrong category", bench.put("w.csv", HEADER + bench.row(), "demographics"), "refused",
               "missing: .*account_creation_date", category="demographics")
    bench.case("a column twice", bench.put("t.csv", HEADER[:-1] + b",amount\n" + bench.row()), "refused", "amount.*twice")
    bench.case("a required column missing", bench.put("u.csv", HEADER.replace(b"amount", b"amuont") + bench.row()),
               "refused", "missing: amount.*nearest: amuont")
    bench.case("JSON array cut off", bench.put("v.json", f"[{record},{record[:40]}".encode()), "loaded",
               rejects="line 1 ")
    bench.case("JSON array cut off after a record", bench.put("v2.json", f"[{record},".encode()), None)
    if not bench.arguments.only: bench.report.check(
        any("cut" in row["reason"] or "clos" in row["reason"] or "end" in row["reason"]
            for drop in bench.daemon.drops() if drop["file"] == "v2.json" for row in bench.daemon.rejects(drop["drop_id"]))
        or any(drop["file"] == "v2.json" and drop["state"] == "refused" for drop in bench.daemon.drops()),
        "JSON array cut off after a record: it is said that the file is not whole")
    bench.case("JSON nested 100,000 deep", bench.put(
        "x.json", b"[" + record[:-1].encode() + b',"more":' + b"[" * 100_000 + b"]" * 100_000 + b"}]"), "loaded")
    bench.case("JSON without a required name", bench.put("x1.json", b'[{"transaction_id":1}]'), "refused")
    bench.case("NDJSON nested 100,000 deep", bench.put(
        "x.ndjson", record.encode() + b"\n" + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"\n" + record.encode() + b"\n"),
        "loaded", rejects="line 2")
    bench.case("brackets alone, a million", bench.put("x2.json", b"[" * 1_000_000), "loaded", rejects="line 1 ")
    bench.case("NDJSON with a bad line", bench.put("y.ndjson", f"{record}\n{{bad\n{record}\n".encode()), "loaded",
               rejects="line 2")
    bench.case("JSON that is no record", bench.put("z.json", b'"text"'), "refused")
    bench.case("JSON of numbers", bench.put("z2.json", b"[1,2,3]"), "loaded", rejects="line 1 ")
    bench.case("JSON with a name twice", bench.put("z3.ndjson", (record[:-1] + ',"amount":"1"}\n').encode()), None)
    bench.case("JSON with half a surrogate", bench.put(
        "z4.ndjson", record.replace(row[4], "\\ud800x").encode() + b"\n"), None)


def no_files(bench):
    outside = bench.outside

    def bound(path):
        # Socket names are short: bind it nearby, then rename.
        near = os.path.join("/tmp", f"aura-campaign-{os.getpid()}.sock")
        endpoint = socket.socket(socket.AF_UNIX)
        endpoint.bind(near)
        shutil.move(near, path) if os.stat("/tmp").st_dev != os.stat(os.path.dirname(path)).st_dev else os.rename(near, path)
        endpoint.close()

    def directory(name, inner, owner):
        os.mkdir(bench.path(".new"))
        if inner:
            with open(bench.path(".new") + "/inner.csv", "wb") as file:
                file.write(HEADER)
        if os.geteuid() == 0:
            os.chown(bench.path(".new"), owner, owner)
        os.rename(bench.path(".new"), bench.path(name))

    bench.case("a directory", lambda: directory("dir.csv", False, NOBODY), "refused", "directory|folder")
    bench.case("a directory with files", lambda: directory("full.csv", True, NOBODY), "refused", "directory|folder")
    if os.geteuid() == 0 and not bench.arguments.only:
        # The kernel lets nobody but its owner move a directory: it stays, and the status says so until it is gone.
        bench.daemon.left_behind.add("transactions/b'foreign.csv'")
        directory("foreign.csv", False, 1)
        time.sleep(1)
        told = [problem for problem in bench.daemon.status()["problems"] if "foreign.csv" in problem]
        bench.report.check(len(told) == 1, f"another user's directory: {told}", str(bench.daemon.status()["problems"]))
        os.rmdir(bench.path("foreign.csv"))
        bench.daemon.left_behind.clear()
        bench.put("after-foreign.csv", HEADER + bench.row() * 3)()
        time.sleep(1)
        bench.report.check(not bench.daemon.status()["problems"], "another user's directory: gone, and so is the problem",
                           str(bench.daemon.status()["problems"]))
    bench.case("a FIFO", lambda: os.mkfifo(bench.path("fifo.csv")), "refused", "fifo|pipe")
    bench.case("a socket", lambda: bound(bench.path("socket.csv")), "refused", "socket")
    if os.geteuid() == 0:
        bench.case("a device", lambda: os.mknod(bench.path("zero.csv"), stat.S_IFCHR | 0o666, os.makedev(1, 5)),
                   "refused", "device")
    bench.case("a symbolic link to nothing", lambda: os.symlink("/nonexistent/file", bench.path("dangling.csv")),
               "refused", "link")
    target = os.path.join(outside, "target.csv")
    with open(target, "wb") as file:
        file.write(HEADER + bench.row())
    bench.case("a symbolic link to a file outside", lambda: os.symlink(target, bench.path("outside.csv")), "refused",
               "link")
    bench.case("a symbolic link to /etc/passwd", lambda: os.symlink("/etc/passwd", bench.path("passwd.csv")), "refused",
               "link")
    bench.case("a symbolic link to a directory", lambda: os.symlink("/etc", bench.path("etc.csv")), "refused", "link")
    bench.case("a symbolic link to itself", lambda: os.symlink("loop.csv", bench.path("loop.csv")), "refused", "link")

    original = os.path.join(outside, "linked.csv")
    with open(original, "wb") as file:
        file.write(HEADER + bench.row() + bench.row())
    os.chmod(original, 0o644)
    shared = os.stat(outside).st_dev == os.stat(bench.daemon.inbox("transactions")).st_dev
    if shared:
        bench.case("a hard link", lambda: os.link(original, bench.path("linked.csv")), "loaded")
        bench.report.check(os.path.getsize(original) > 0, "a hard link: the other name is still there")
        # What its owner does to the file afterwards must not reach the original that was kept.
        with open(original, "ab") as file:
            file.write(b"changed afterwards\n")
        bench.report.check(not bench.daemon.verify(), "a hard link: changed afterwards, verify")
    if os.geteuid() == 0:
        def unreadable():
            bench.put(".secret.part", HEADER + bench.row())()
            os.chmod(bench.path(".secret.part"), 0)
            os.rename(bench.path(".secret.part"), bench.path("secret.csv"))
        bench.case("a file that may not be read", unreadable, "refused", "read|permi")


def changing(bench):
    rows = [bench.row() for _ in range(3000)]

    def slow(path, before=0, pause=0.003):
        with open(path, "wb", buffering=0) as file:
            file.write(HEADER)
            for row in rows[:1000]:
                file.write(row)
                time.sleep(pause)

    bench.case("a file that grows in place", lambda: slow(bench.path("grows.csv")), "loaded")

    def renamed_while_written():
        # A rename says that the file is complete. Where it is not, the daemon can tell for files of its own user only.
        with open(bench.path(".late.part"), "wb", buffering=0) as file:
            file.write(HEADER + rows[0])
            if os.geteuid() == 0:
                os.chown(bench.path(".late.part"), NOBODY, NOBODY)
            os.rename(bench.path(".late.part"), bench.path("late.csv"))
            for row in rows[1:1500]:
                file.write(row)
                time.sleep(0.003)

    bench.case("a file renamed while it is written", renamed_while_written, "loaded")

    def stalled():
        with open(bench.path("stalled.csv"), "wb", buffering=0) as file:
            file.write(HEADER + b"".join(rows[:700]))
            time.sleep(6)
            file.write(b"".join(rows[700:1400]))

    bench.case("a file whose writer pauses for 6 s", stalled, "loaded")
    checks = [("grows.csv", 1000), ("late.csv", 1500), ("stalled.csv", 1400)]
    ledger = {drop["file"]: drop for drop in bench.daemon.drops()}
    for name, count in checks:
        if name in ledger:
            bench.report.check(ledger[name]["rows"] == count, f"{name}: all {count} rows", str(ledger[name]))

    big = HEADER + b"".join(rows) * 100

    def replaced():
        for number in range(20):
            hidden = bench.path(".replaced.part")
            with open(hidden, "wb") as file:
                file.write(big + rows[number] * (number + 1))
            os.rename(hidden, bench.path("replaced.csv"))
            time.sleep(bench.rng.uniform(0, 0.03))
        time.sleep(1)

    daemon = bench.daemon
    if not bench.arguments.only or bench.arguments.only in "replaced":
        before = daemon.ended()
        replaced()
        daemon.wait_settled(before + 1)
        mine = [drop for drop in daemon.drops() if drop["file"] == "replaced.csv"]
        last = campaign.sha256(big + rows[19] * 20)
        bench.report.check(
            bool(mine) and all(drop["state"] == "loaded" for drop in mine) and mine[-1]["sha256"] == last,
            f"a file replaced 20 times while it is read: {len(mine)} of them loaded, the last one too",
            str([(drop["state"], drop["reason"]) for drop in mine]))

    def vanishing():
        for number in range(200):
            path = bench.path(f"gone-{number}.csv")
            with open(path, "wb") as file:
                file.write(HEADER)
            os.unlink(path)
        bench.put("after-gone.csv", HEADER + rows[0] + rows[1])()

    bench.case("files that are removed at once, and one more", vanishing, None, drops=None)


def names(bench):
    def put_named(name):
        number = bench.number
        return bench.put(name, HEADER + bench.row() * (number % 7 + 2))

    for title, name in [
        ("a name that is not UTF-8", b"caf\xe9-\xff\xfe.csv"), ("a name of 255 bytes", b"n" * 251 + b".csv"),
        ("a name of 255 bytes that is not UTF-8", b"\xff" * 251 + b".csv"),
        ("a name with a line end", b"two\nlines.csv"), ("a name with quotes and a backslash", b"\"a\\b'$(x);`.csv"),
        ("a name with control characters", bytes(range(1, 32)).replace(b"/", b"") + b".csv"),
        ("a name that begins with a dash", b"-rf.csv"), ("a name without an ending", b"name"),
        ("a name of one space", b" "), ("a name with right-to-left marks", "\u202etxt.csv".encode()),
    ]:
        if bench.arguments.only and bench.arguments.only not in title:
            continue
        bench.number += 1
        content = HEADER + b"".join(bench.row() for _ in range(3))
        bench.case(title, bench.put(name, content), "loaded")
        bench.case(f"{title}, refused", bench.put(name, b"x,y\n" + content[-60:]), "refused", "missing")


def crowd(bench):
    count = bench.arguments.crowd

    def body():
        hidden = os.path.join(os.path.dirname(bench.outside), "crowd")
        os.makedirs(hidden)
        for number in range(count):
            with open(os.path.join(hidden, f"crowd-{number:06d}.csv"), "wb") as file:
                file.write(HEADER + bench.row() + b"TXCROWD%d,C1,x,USD,,2026-01-01\n" % number)
        for number in range(count):
            os.rename(os.path.join(hidden, f"crowd-{number:06d}.csv"), bench.path(f"crowd-{number:06d}.csv"))

    bench.case(f"{count} files at once", body, "loaded", drops=count, seconds=600)


def body(arguments, scratch, report):
    bench = Bench(arguments, scratch, report)
    daemon = bench.daemon
    company = campaign.sample_company(arguments.aurad, os.path.join(scratch, "company"), clients=200, mess=0)
    _, rows = campaign.records(company["transactions"])
    header, _ = campaign.records(company["transactions"])
    if header != HEADER:
        raise Failure(f"the sample's columns are {header!r}")
    bench.known_rows = rows
    bench.rng.shuffle(bench.known_rows)
    daemon.start()
    for category in campaign.CATEGORIES:
        daemon.drop(category, f"{category}.csv", company[category])
    daemon.wait_settled(5)
    daemon.refresh()
    gold = bench.gold()
    pid = daemon.process.pid
    for group in (damaged, structure, no_files, names, changing, large, crowd):
        group(bench)
    report.check(daemon.is_running and daemon.process.pid == pid, "the daemon has run all the while")
    daemon.refresh()
    campaign.compare(report, "after all that, exported gold", gold, daemon.export_all())
    wrong = daemon.verify()
    report.check(not wrong, "verify", str(wrong))
    left = daemon.leftovers()
    report.check(not left, "nothing left over", str(left[:8]))
    began = time.monotonic()
    daemon.kill()
    daemon.start()
    report.check(True, f"starts again in {time.monotonic() - began:.1f} s")
    campaign.compare(report, "after a restart, exported gold", gold, daemon.export_all())
    log = daemon.log_text()
    report.check("Fatal" not in log and "crashed" not in log, "no crash in the log")
    report.check(daemon.stop() == 0, "SIGTERM ends it with 0")


if __name__ == "__main__":
    campaign.main("bad-inputs", __doc__, options, body)

#!/usr/bin/env python3
"""A feeder who means harm, against a daemon that others rely on: bombs, rows and keys without end, amounts beyond all
sums, groups and values without measure, files that are written
to after they were handed over, ten thousand tiny drops, things that are no files. Meanwhile an honest feeder's drops are
loaded, memory and disk stay bounded, drops are cancelled, and SIGTERM ends every kind of load within seconds; what was
being loaded is loaded once by the next start. Run as root it makes the daemon and the feeder different users."""

import gzip
import io
import json
import os
import shutil
import socket
import subprocess
import threading
import time
import zlib

import campaign
from campaign import Daemon, Failure, Refused

DAEMON_USER = 65534
FEEDER_USER = 65533
EVENTS = b"event_id,customer_id,event_type,timestamp,device_type,feature_used\n"
SURVEYS = b"survey_id,customer_id,response_date,nps_score\n"
CLIENTS = b"customer_id,account_creation_date\n"
# Ends of a drop, and how long an attempt at one may take.
PATIENCE = 300


def options(parser):
    parser.add_argument("--only", metavar="TEXT", help="only the cases whose name contains this")
    parser.add_argument("--memory", type=int, default=1536, metavar="MIB", help="how much the daemon may take at most")
    parser.add_argument("--disk", type=int, default=256, metavar="MIB",
                        help="what the state may take beside twice what was handed over")
    parser.add_argument("--tiny", type=int, default=10_000, help="tiny drops with rejects")
    parser.add_argument("--stops", type=int, default=12, help="how often to stop the daemon while it loads")
    parser.add_argument("--stop-seconds", type=float, default=5.0, help="how long a stop may take")
    parser.add_argument("--rows", type=int, default=3_000_000, help="events of the load that is stopped and cancelled")


def packed_zeros(gibibytes, text=b"x"):
    """A gzip file of a header and so much of one letter, a member for every GiB: no line ever ends."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = text * (1 << 20)
    member = b"".join([packer.compress(piece) for _ in range(1024)]) + packer.flush()
    return gzip.compress(EVENTS) + member * gibibytes


def zstd_zeros(gibibytes):
    """The same as zstd, a repeated byte in every block."""
    block = (1 << 1 | (128 << 10) << 3).to_bytes(3, "little") + b"x"
    last = (1 | 1 << 1 | (128 << 10) << 3).to_bytes(3, "little") + b"x"
    head = (len(EVENTS) << 3).to_bytes(3, "little") + EVENTS
    return b"\x28\xb5\x2f\xfd\x00\x58" + head + block * (gibibytes * 8192 - 1) + last


class Honest(threading.Thread):
    """Somebody else's small drops, one after the other: how long each takes until it is loaded."""

    def __init__(self, daemon):
        super().__init__(daemon=True)
        self.target_daemon = daemon
        self.count = 0
        self.slowest = 0.0
        self.failures = []
        self.stopped = threading.Event()

    def run(self):
        while not self.stopped.wait(0.2):
            number = self.count
            name = f"honest-{number}.csv"
            began = time.monotonic()
            try:
                self.target_daemon.drop("surveys", name, SURVEYS + b"H%d,honest-%d,2024-05-06,9\n" % (number, number % 50))
                while not self.is_loaded(name):
                    if time.monotonic() - began > PATIENCE:
                        raise Failure(f"{name} is not loaded after {PATIENCE} s")
                    if self.stopped.wait(0.1):
                        return
            except (OSError, EOFError, Refused, Failure) as error:
                if not self.stopped.is_set():
                    self.failures.append(f"{type(error).__name__}: {error}")
            self.count += 1
            self.slowest = max(self.slowest, time.monotonic() - began)

    def is_loaded(self, name):
        return any(drop["file"] == name and drop["state"] == "loaded"
                   for drop in self.target_daemon.call("data.drops", {"limit": 50, "state": "loaded"})["drops"])


class Bench:
    """A daemon, what was handed to it, and what it may take."""

    def __init__(self, arguments, scratch, report):
        self.arguments = arguments
        self.report = report
        self.scratch = scratch
        self.delivered = 0
        self.uid = DAEMON_USER if os.geteuid() == 0 else None
        binary = os.path.join(scratch, "aurad")
        shutil.copy(arguments.aurad, binary)
        os.chmod(binary, 0o755)
        folder = os.path.join(scratch, "daemon")
        os.makedirs(folder)
        configuration = campaign.CONFIGURATION + campaign.NO_TRAINING + "inbox:\n  settle_seconds: 1\n"
        self.daemon = Daemon(binary, folder, configuration, uid=self.uid)
        if self.uid is not None:
            os.chown(folder, self.uid, self.uid)
        self.daemon.start()
        if self.uid is not None:
            for category in campaign.CATEGORIES:
                os.chmod(self.daemon.inbox(category), 0o777)

    def start(self, *arguments):
        """Starts the daemon and waits until it answers questions about data."""
        self.daemon.start(*arguments, timeout=600)
        limit = time.monotonic() + 600
        while not self.daemon.status()["ready"]:
            if time.monotonic() > limit:
                raise Failure("the daemon does not become ready")
            time.sleep(0.05)

    def drop(self, category, name, content):
        self.delivered += len(content)
        self.daemon.drop(category, name, content)

    def entry(self, name):
        found = [drop for drop in self.daemon.drops() if drop["file"] == name]
        return found[-1] if found else None

    def wait_end(self, name, patience=PATIENCE):
        limit = time.monotonic() + patience
        while time.monotonic() < limit:
            entry = self.entry(name)
            if entry and entry["state"] not in ("queued", "loading"):
                return entry
            time.sleep(0.1)
        raise Failure(f"{name} has not come to an end after {patience} s: {entry}, {self.daemon.status()['progress']}")

    def wait_loading(self, name, rows=1, patience=60):
        limit = time.monotonic() + patience
        while time.monotonic() < limit:
            progress = self.daemon.status()["progress"]
            if progress and progress.get("file") == name and progress.get("rows", 0) >= rows:
                return True
            entry = self.entry(name)
            if entry and entry["state"] not in ("queued", "loading"):
                return False
            time.sleep(0.01)
        return False

    def state_bytes(self):
        total = 0
        for folder, _, names in os.walk(self.daemon.state):
            for name in names:
                try:
                    total += os.lstat(os.path.join(folder, name)).st_blocks * 512
                except FileNotFoundError:
                    pass
        return total

    def check_bounds(self, name):
        peak = self.daemon.counters("VmHWM") // 1024
        self.report.check(peak <= self.arguments.memory, f"{name}: memory {peak} MiB at most",
                          f"more than {self.arguments.memory} MiB")
        used = self.state_bytes()
        limit = 2 * self.delivered + (self.arguments.disk << 20)
        self.report.check(used <= limit, f"{name}: {used >> 20} MiB of state for {self.delivered >> 20} MiB handed over",
                          f"more than {limit >> 20} MiB")


# Bombs, and rows, keys and values without end: each is refused with a reason, or loaded with its rejects counted.

def empty_rows():
    return "transactions", "empty-rows.csv.gz", gzip.compress(
        b"transaction_id,customer_id,amount,currency,payment_method,transaction_date\n" + b",,,,,\n" * 15_000_000, 9), "loaded"


def alternating_rejects():
    rows = b"".join(b"S%d,,2024-01-01,9\nS%d,c,never,9\n" % (n, n) for n in range(500_000))
    return "surveys", "alternating.csv.gz", gzip.compress(SURVEYS + rows, 6), "loaded"


def gzip_bomb():
    return "engagement", "bomb.csv.gz", packed_zeros(20), "unpacks"


def zstd_bomb():
    return "engagement", "bomb.csv.zst", zstd_zeros(100), "unpacks"


def empty_members():
    return "engagement", "members.csv.gz", gzip.compress(b"") * 3_000_000, "empty"


def many_keys():
    lines = [b'{"customer_id": "k%d", "account_creation_date": "2024-01-01", "key%d": 1}' % (n, n) for n in range(10_000)]
    return "demographics", "keys.ndjson", b"\n".join(lines), "different columns"


def many_keys_in_an_array():
    lines = [b'{"survey_id": "k%d", "key%d": {"a": 1}}' % (n, n) for n in range(20_000)]
    return "surveys", "keys.json", b"[" + b",".join(lines) + b"]", "different columns"


def many_columns():
    return "surveys", "columns.csv", SURVEYS[:-1] + b"".join(b",c%d" % n for n in range(100_000)) + b"\n", ""


def endless_line():
    return "engagement", "endless.csv", EVENTS + b"x" * (300 << 20), "loaded"


def endless_quote():
    return "surveys", "quote.csv", SURVEYS + b'S1,"' + b"c\n" * (20 << 20), "loaded"


def endless_string():
    return "surveys", "string.json", b'[{"survey_id": "' + b"s" * (100 << 20), "loaded"


def deep_nesting():
    return "surveys", "deep.json", b'[{"survey_id": ' + b"[" * (50 << 20), "loaded"


def long_numbers():
    return "transactions", "numbers.csv", (
        b"transaction_id,customer_id,amount,currency,payment_method,transaction_date\n"
        + b"".join(b"n%d,c,%s,USD,card,2024-01-01\n" % (n, b"9" * 900_000) for n in range(20))), "loaded"


def different_kinds():
    rows = b"".join(b"e%d,c,type-%d,2024-01-02,d,f\n" % (n, n) for n in range(1_200_000))
    return "engagement", "kinds.csv", EVENTS + rows, "combinations"


def different_methods():
    rows = b"".join(b"t%d,c,1,USD,method-%d,2024-01-02\n" % (n, n) for n in range(1_200_000))
    return "transactions", "methods.csv", (
        b"transaction_id,customer_id,amount,currency,payment_method,transaction_date\n" + rows), "combinations"


def different_attributes(part):
    """Every drop brings four hundred further columns; the third is one too many."""
    def case():
        names = b"".join(b",extra_%d_%d" % (part, n) for n in range(400))
        rows = b"".join(b"a%d,2024-01-01" % n + b",v" * 400 + b"\n" for n in range(500))
        return "demographics", f"attributes-{part}.csv", CLIENTS[:-1] + names + b"\n" + rows, \
            "further columns" if part == 2 else "loaded"
    return case


def large_amounts(rows, clients, expected):
    """Each of them is allowed; together they are more than can be added up."""
    def case():
        lines = b"".join(b"large-%d-%d,honest-%d,1000000000000,USD,card,2024-05-06\n" % (rows, n, n % clients)
                         for n in range(rows))
        return "transactions", f"large-{rows}.csv", (
            b"transaction_id,customer_id,amount,currency,payment_method,transaction_date\n" + lines), expected
    return case


def groups_of_one():
    rows = b"".join(b"g%d,2024-01-01,s%d,r%d,t%d,p%d\n" % (n, n, n, n, n) for n in range(50_000))
    return "demographics", "groups.csv", b"customer_id,account_creation_date,segment,region,tier,product\n" + rows, \
        "grouped by"


def combinations_of_groups():
    rows = b"".join(b"m%d,2020-%02d-01,s%d,r%d,t%d,p%d\n" % (n, n % 12 + 1, n % 229, n // 229, n % 7, n % 11)
                    for n in range(50_000))
    return "demographics", "combinations.csv", b"customer_id,account_creation_date,segment,region,tier,product\n" + rows, \
        "loaded"


def long_values():
    rows = b"".join(b"%s%d,2024-01-01,%s\n" % (b"i" * 900_000, n, b"n") for n in range(100))
    rows += b"".join(b"v%d,2024-01-01,%s\n" % (n, b"n" * 900_000) for n in range(100))
    return "demographics", "long.csv.gz", gzip.compress(b"customer_id,account_creation_date,name\n" + rows), "loaded"


CASES = {
    "amounts beyond all sums": large_amounts(60, 30, "added up"), "amounts of one client": large_amounts(12, 1, "added up"),
    "amounts that can be added up": large_amounts(4, 1, "loaded"), "a group for every client": groups_of_one,
    "fifty thousand combinations": combinations_of_groups, "values of a megabyte": long_values,
    "empty rows, packed": empty_rows, "rejects that alternate": alternating_rejects, "20 GiB of one line in gzip": gzip_bomb,
    "100 GiB of one line in zstd": zstd_bomb, "empty members of gzip": empty_members, "thousands of keys": many_keys,
    "thousands of keys in an array": many_keys_in_an_array, "a hundred thousand columns": many_columns,
    "a line that never ends": endless_line, "a quote that never ends": endless_quote,
    "a string that never ends": endless_string, "deep nesting": deep_nesting, "numbers of a million digits": long_numbers,
    "a kind for every event": different_kinds, "a method for every payment": different_methods,
    **{f"four hundred further columns, {part}": different_attributes(part) for part in range(3)},
}


def run_cases(bench, wanted):
    for name, make in CASES.items():
        if not wanted(name):
            continue
        category, file, content, expected = make()
        bench.daemon.reset_peak() if bench.uid is None else None
        began = time.monotonic()
        bench.drop(category, file, content)
        entry = bench.wait_end(file)
        seconds = time.monotonic() - began
        reason = entry["reason"] or ""
        if expected == "loaded":
            good = entry["state"] == "loaded" and entry["rows"] == entry["accepted"] + entry["rejected"] + entry["duplicates"]
        else:
            good = entry["state"] == "refused" and expected in reason and len(reason) > 20
        bench.report.check(good, f"{name}: {entry['state']} after {seconds:.1f} s, {len(content) >> 10} KiB: {reason[:100]}",
                           json.dumps(entry))
        if entry["state"] == "loaded" and entry["rejected"]:
            check_rejects(bench, name, entry)
        for method, parameters in [("kpis.get", {}), ("kpis.get", {"group_by": "segment"}), ("mrr.movements", {})]:
            bench.daemon.call(method, parameters)
        bench.check_bounds(name)


def check_rejects(bench, name, entry):
    answer = bench.daemon.call("data.rejects", {"drop_id": entry["drop_id"], "limit": 10_000})
    rows, offset = sum(row["rows"] for row in answer["rejects"]), len(answer["rejects"])
    while answer["next_cursor"]:
        answer = bench.daemon.call(
            "data.rejects", {"drop_id": entry["drop_id"], "limit": 10_000, "cursor": answer["next_cursor"]})
        rows += sum(row["rows"] for row in answer["rejects"])
        offset += len(answer["rejects"])
    bench.report.check(rows == entry["rejected"] == answer["total"] and answer["listed"] <= 10_000,
                       f"{name}: {rows} rejected rows, {answer['listed']} of them listed, {offset} entries",
                       f"the ledger says {entry['rejected']}, the answer {answer['total']}")


# Files that are no drops, and files that do not stay as they were

def strange_files(bench):
    folder = os.fsencode(bench.daemon.inbox("support"))
    outside = os.path.join(bench.scratch, "secret")
    with open(outside, "w") as file:
        file.write("ticket_id,customer_id,created_at\nsecret,secret,2024-01-01\n")
    made = [b"link.csv", b"dangling.csv", b"pipe.csv", b"folder.csv", b"socket.csv", b"holes.csv"]
    os.symlink(outside, os.path.join(folder, made[0]))
    os.symlink("/nowhere/at/all", os.path.join(folder, made[1]))
    os.mkfifo(os.path.join(folder, made[2]))
    os.mkdir(os.path.join(folder, made[3]))
    # Only who may write to a folder may move it.
    os.chmod(os.path.join(folder, made[3]), 0o777)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(os.path.join(folder, made[4]))
    # It takes no room where it lies, and a disk where it is copied to.
    with open(os.path.join(folder, made[5]), "wb") as file:
        file.write(b"ticket_id,customer_id,created_at\n")
        file.truncate(256 << 30)
    if bench.uid is not None:
        os.chown(os.path.join(folder, made[5]), FEEDER_USER, FEEDER_USER)
    names = [b"new\nline.csv", b"\xff\xfe.csv", b"n" * 251 + b".csv", b"-rf", b"'$(touch x)'.csv", b"tab\t.csv"]
    for number, name in enumerate(names):
        path = os.path.join(folder, name)
        # The longest name has no room for a hidden one: written in place.
        with open(path, "wb") as file:
            file.write(b"ticket_id,customer_id,created_at\nT%d,c,2024-01-01\n" % number)
    before = len([d for d in bench.daemon.drops() if d["category"] == "support"])
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        drops = [d for d in bench.daemon.drops() if d["category"] == "support"]
        if len(drops) >= before + len(made) + len(names) and all(d["state"] not in ("queued", "loading") for d in drops):
            break
        time.sleep(0.2)
    states = sorted(d["state"] for d in drops)
    bench.report.check(states == ["loaded"] * len(names) + ["refused"] * len(made),
                       f"links, pipes, folders, sockets, files with holes are refused, impossible names are loaded", str(states))
    bench.report.check(os.path.exists(outside), "what a link points to is untouched")
    found = b"".join(bench.daemon.export(table) for table in ["customer_metrics"])
    bench.report.check(b"secret" not in found, "what a link points to is not loaded")
    listener.close()


def rewritten_with_its_name_taken(bench):
    """A file that is written to for as long as it is not given up, and another one under its name in the inbox."""
    inbox = bench.daemon.inbox("support")
    name = "rewritten.csv"
    header = b"ticket_id,customer_id,created_at\n"
    hidden = os.path.join(inbox, ".rewritten.part")
    stopped = threading.Event()
    descriptor = os.open(hidden, os.O_WRONLY | os.O_CREAT, 0o644)
    if bench.uid is not None:
        os.fchown(descriptor, FEEDER_USER, FEEDER_USER)
    os.write(descriptor, header)

    def write_on():
        number = 0
        while not stopped.is_set():
            os.write(descriptor, b"R%d,c,2024-01-01\n" % number)
            number += 1
            if not os.path.exists(os.path.join(inbox, name)):
                with open(os.path.join(inbox, ".taken.part"), "wb") as other:
                    other.write(header + b"O%d,c,2024-01-01\n" % number)
                os.rename(os.path.join(inbox, ".taken.part"), os.path.join(inbox, name))
            time.sleep(0.02)

    os.rename(hidden, os.path.join(inbox, name))
    writer = threading.Thread(target=write_on, daemon=True)
    processor = processor_seconds(bench.daemon)
    written = written_bytes(bench.daemon)
    began = time.monotonic()
    writer.start()
    time.sleep(20)
    seconds = time.monotonic() - began
    used = processor_seconds(bench.daemon) - processor
    grown = written_bytes(bench.daemon) - written
    bench.report.check(used < 0.6 * seconds, f"a file that is rewritten: {used:.1f} s of processor in {seconds:.0f} s")
    bench.report.check(grown < 400 << 20, f"a file that is rewritten: {grown >> 20} MiB written in {seconds:.0f} s")
    stopped.set()
    writer.join()
    os.close(descriptor)
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        open_drops = [d for d in bench.daemon.drops() if d["file"] == name and d["state"] in ("queued", "loading")]
        if not open_drops and not os.path.exists(os.path.join(inbox, name)):
            break
        time.sleep(0.5)
    ended = [d for d in bench.daemon.drops() if d["file"] == name]
    bench.report.check(ended and not open_drops, f"files that are rewritten come to an end: {len(ended)} drops",
                       str([(d["state"], d["reason"]) for d in open_drops[:3]]))


def processor_seconds(daemon):
    with open(f"/proc/{daemon.process.pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def written_bytes(daemon):
    with open(f"/proc/{daemon.process.pid}/io") as file:
        return int([line for line in file if line.startswith("write_bytes")][0].split()[1])


def written_through(bench):
    """Another user keeps a file open that he has handed over, and writes to it when it is an original."""
    if bench.uid is None:
        bench.report.note("files of another user need root: left out")
        return
    inbox = bench.daemon.inbox("support")
    name = "through.csv"
    hidden = os.path.join(inbox, ".through.part")
    descriptor = os.open(hidden, os.O_RDWR | os.O_CREAT, 0o644)
    os.fchown(descriptor, FEEDER_USER, FEEDER_USER)
    os.write(descriptor, b"ticket_id,customer_id,created_at\nthrough-1,c,2024-01-01\n")
    os.rename(hidden, os.path.join(inbox, name))
    try:
        entry = bench.wait_end(name, 90)
    except Failure as error:
        bench.report.check(False, "a file that stays open is loaded or refused", str(error))
        os.close(descriptor)
        return
    os.pwrite(descriptor, b"ticket_id,customer_id,created_at\nforged--1,c,2024-01-01\n", 0)
    os.close(descriptor)
    bench.report.check(entry["state"] == "loaded", f"a file of another user that stays open: {entry['state']}",
                       str(entry["reason"]))
    folder = os.path.join(bench.daemon.state, "bronze")
    originals = [path for path in os.listdir(folder) if path.startswith(entry["sha256"] or "none")]
    texts = []
    for path in originals:
        with open(os.path.join(folder, path), "rb") as file:
            texts.append(file.read())
    if not any(path.endswith(".zst") for path in originals):
        bench.report.check(len(texts) == 1 and b"through-1" in texts[0] and b"forged" not in texts[0],
                           "an original cannot be written to any more by whoever handed it over")


def tiny_drops(bench):
    count = bench.arguments.tiny
    began = time.monotonic()
    for number in range(count):
        bench.drop("surveys", f"tiny-{number}.csv",
                   SURVEYS + b"Y%d,tiny-%d,2024-01-01,9\nY%d,tiny,never,9\n,,,\n" % (number, number % 100, number))
    limit = time.monotonic() + 900
    while time.monotonic() < limit:
        names = [name for name in os.listdir(bench.daemon.inbox("surveys")) if name.startswith("tiny")]
        status = bench.daemon.status()
        if not names and status["inbox"]["pending"] <= 2:
            break
        time.sleep(0.5)
    seconds = time.monotonic() - began
    drops = [d for d in bench.daemon.drops() if d["file"].startswith("tiny-")]
    good = [d for d in drops if d["state"] == "loaded" and (d["accepted"], d["rejected"]) == (1, 2)]
    bench.report.check(len(good) == count, f"{count} tiny drops with rejects in {seconds:.0f} s", f"{len(good)} loaded")
    began = time.monotonic()
    answer = bench.daemon.call("data.rejects", {"limit": 10_000})
    bench.report.check(len(answer["rejects"]) == min(10_000, answer["total"]),
                       f"their rejects are listed in {time.monotonic() - began:.1f} s")
    bench.check_bounds("tiny drops")


# Cancelling and stopping

def cancel(bench):
    arguments = bench.arguments
    content = events(arguments.rows, b"cancel")
    bench.drop("engagement", "cancel-me.csv", content)
    if not bench.report.check(bench.wait_loading("cancel-me.csv", 1000), "a drop is being loaded"):
        return
    entry = bench.entry("cancel-me.csv")
    began = time.monotonic()
    aurac = campaign.aurac(arguments.aurad)
    help_text = subprocess.run([aurac, "drops", "--help"], capture_output=True, text=True).stdout
    if "cancel" in help_text:
        done = subprocess.run([aurac, "--socket", bench.daemon.socket, "drops", "cancel", str(entry["drop_id"])],
                              capture_output=True, text=True)
        if "Unknown option" in done.stderr or done.returncode == 64:
            done = subprocess.run([aurac, "drops", "cancel", str(entry["drop_id"]), "--socket", bench.daemon.socket],
                                  capture_output=True, text=True)
        bench.report.check(done.returncode == 0, f"aurac drops cancel: {done.stdout.strip()[:80]}", done.stderr[:200])
    else:
        bench.report.note("this aurac has no drops cancel: asked over the socket")
        answer = bench.daemon.call("data.cancel", {"drop_id": entry["drop_id"]})
        bench.report.check(answer["cancelled"] is True, "data.cancel", str(answer))
    seconds = time.monotonic() - began
    entry = bench.wait_end("cancel-me.csv")
    bench.report.check(entry["state"] == "refused" and entry["reason"] == "cancelled on request",
                       f"a drop is cancelled while it is loaded, in {seconds:.2f} s", str(entry))
    try:
        bench.daemon.call("data.cancel", {"drop_id": entry["drop_id"]})
        bench.report.check(False, "a second cancel is a conflict")
    except Refused as error:
        bench.report.check(error.error["data"]["kind"] == "conflict", "a second cancel is a conflict", str(error))


def events(count, prefix):
    kinds = [b"login", b"view", b"export", b"search"]
    rows = [b"%s-%d,E%d,%s,2024-%02d-%02dT%02d:00:00Z,web,f%d\n" % (
        prefix, n, n * 7919 % 40_000, kinds[n % 4], n % 12 + 1, n % 28 + 1, n % 24, n % 30) for n in range(count)]
    return EVENTS + b"".join(rows)


def loads_to_stop(rows):
    """For every category a file that takes a while, and one that is packed."""
    yield "engagement", "stop-events.csv", events(rows, b"stop"), rows
    yield "engagement", "stop-events.csv.gz", gzip.compress(events(rows // 2, b"packed"), 1), rows // 2
    count = rows // 3
    yield "transactions", "stop-payments.csv", (
        b"transaction_id,customer_id,amount,currency,payment_method,transaction_date\n" + b"".join(
            b"p%d,E%d,%d.50,USD,card,2024-%02d-%02d\n" % (n, n * 7919 % 40_000, n % 900 + 1, n % 12 + 1, n % 28 + 1)
            for n in range(count))), count
    count = rows // 6
    yield "demographics", "stop-clients.csv", (
        b"customer_id,name,account_creation_date,segment,region,note\n" + b"".join(
            b"E%d,Name %d,2023-01-%02d,s%d,r%d,note %d\n" % (n, n, n % 28 + 1, n % 5, n % 7, n) for n in range(count))), count
    yield "support", "stop-tickets.csv", (
        b"ticket_id,customer_id,issue_type,created_at,resolved_at,satisfaction_score\n" + b"".join(
            b"K%d,E%d,billing,2024-%02d-%02d,,5\n" % (n, n * 31 % 40_000, n % 12 + 1, n % 28 + 1) for n in range(count))), count
    yield "surveys", "stop-answers.csv", (
        b"survey_id,customer_id,response_date,nps_score,comments\n" + b"".join(
            b"A%d,E%d,2024-%02d-%02d,%d,comment %d\n" % (n, n * 31 % 40_000, n % 12 + 1, n % 28 + 1, n % 11, n)
            for n in range(count))), count


def stops(bench, rng):
    """SIGTERM at random moments of every kind of load, then of starts and of a rebuild."""
    wanted = {}
    slowest, ended_by = 0.0, None
    count = 0
    for category, name, content, rows in loads_to_stop(bench.arguments.rows):
        bench.drop(category, name, content)
        wanted[name] = rows
        for attempt in range(max(2, bench.arguments.stops // 6)):
            if not bench.wait_loading(name, patience=30):
                break
            time.sleep(rng.uniform(0, 1.5) * (attempt + 0.2))
            progress = bench.daemon.status()["progress"]
            began = time.monotonic()
            code = bench.daemon.stop(timeout=120)
            seconds = time.monotonic() - began
            count += 1
            if seconds > slowest:
                slowest, ended_by = seconds, (name, progress and progress["phase"])
            if code != 0:
                bench.report.check(False, f"SIGTERM during {name} ends with 0", str(code))
            # Once more while it starts.
            bench.daemon.launch()
            time.sleep(rng.uniform(0.02, 0.5))
            began = time.monotonic()
            code = bench.daemon.stop(timeout=120)
            slowest = max(slowest, time.monotonic() - began)
            if code not in (0, -15):
                bench.report.check(False, "SIGTERM during a start ends it", str(code))
            bench.start()
        bench.wait_end(name, 600)
    bench.daemon.wait_settled(timeout=600)
    limit = bench.arguments.stop_seconds
    bench.report.check(slowest <= limit, f"{count} stops during loads, the slowest in {slowest:.2f} s {ended_by}")
    drops = bench.daemon.drops()
    for name, rows in wanted.items():
        found = [d for d in drops if d["file"] == name]
        good = len(found) == 1 and found[0]["state"] == "loaded" and found[0]["accepted"] == rows
        bench.report.check(good, f"{name}: {rows} rows, once", json.dumps(found)[:300])
    wrong = bench.daemon.verify()
    bench.report.check(not wrong, "verify after the stops", str(wrong))

    bench.daemon.refresh()
    exported = bench.daemon.export_all()
    bench.daemon.stop(timeout=120)
    slowest = 0.0
    for _ in range(max(2, bench.arguments.stops // 3)):
        bench.daemon.launch("--rebuild")
        time.sleep(rng.uniform(0.2, 6))
        began = time.monotonic()
        code = bench.daemon.stop(timeout=120)
        slowest = max(slowest, time.monotonic() - began)
        if code not in (0, -15):
            bench.report.check(False, "SIGTERM during a rebuild ends it with 0", f"{code}: {bench.daemon.log_tail()}")
    bench.report.check(slowest <= limit, f"stops during rebuilds, the slowest in {slowest:.2f} s")
    bench.start()
    bench.daemon.wait_settled(timeout=600)
    bench.daemon.refresh()
    campaign.compare(bench.report, "gold after the rebuilds that were stopped", exported,
                     bench.daemon.export_all())


def body(arguments, scratch, report):
    import random
    rng = random.Random(arguments.seed)
    bench = Bench(arguments, scratch, report)

    def wanted(name):
        return not arguments.only or arguments.only in name

    bench.drop("demographics", "honest-clients.csv", CLIENTS + b"".join(
        b"honest-%d,2024-01-01\n" % n for n in range(50)))
    bench.wait_end("honest-clients.csv")
    honest = Honest(bench.daemon)
    honest.start()
    run_cases(bench, wanted)
    for name, step in [("strange files", strange_files), ("rewritten", rewritten_with_its_name_taken),
                       ("written through", written_through), ("cancel", cancel), ("tiny drops", tiny_drops)]:
        if wanted(name):
            step(bench)
    report.check(bench.daemon.is_running, "the daemon is up, and was never started again")
    honest.stopped.set()
    honest.join()
    report.check(not honest.failures and (honest.count > 0 or arguments.only),
                 f"{honest.count} drops of somebody else were loaded meanwhile, the slowest in {honest.slowest:.1f} s",
                 str(honest.failures[:3]))
    if wanted("stops"):
        stops(bench, rng)
    bench.check_bounds("in the end")
    wrong = bench.daemon.verify()
    report.check(not wrong, "verify in the end", str(wrong))
    report.check(bench.daemon.stop() == 0, "SIGTERM ends it with 0")


if __name__ == "__main__":
    campaign.main("hostile-feeder", __doc__, options, body)

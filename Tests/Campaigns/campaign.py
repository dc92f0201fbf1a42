"""What the campaigns share: a daemon on a state directory of its own, its client, drops, and what a campaign reports.

Python 3, standard library only. Not a campaign itself.
"""

import argparse
import csv
import hashlib
import io
import json
import os
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

CATEGORIES = ["demographics", "transactions", "engagement", "support", "surveys"]
TABLES = ["customer_metrics", "customer_health_scores", "customer_health_history", "ai_model_features",
          "dashboard_kpis", "cohort_retention", "mrr_movements"]

CONFIGURATION = """\
as_of: data
fx: fx.csv
roles:
  admin: [everyone]
"""
# A model that is trained meanwhile changes scores: gold of two runs is compared without one.
NO_TRAINING = "schedule:\n  train_hours: 0\n"
RATES = """\
date,currency,rate_to_base
2000-01-01,EUR,1.08
2000-01-01,GBP,1.27
2000-01-01,JPY,0.0067
"""


class Refused(Exception):
    """The daemon has answered with an error."""

    def __init__(self, error):
        super().__init__(json.dumps(error))
        self.error = error


class Client:
    """One connection to a daemon."""

    def __init__(self, path, timeout=30.0):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        self.socket.connect(path)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, method, params=None):
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}}).encode()
        self.socket.sendall(struct.pack(">I", len(body)) + body)

    def receive(self):
        (length,) = struct.unpack(">I", self._exactly(4))
        answer = json.loads(self._exactly(length))
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["result"]

    def call(self, method, params=None):
        self.send(method, params)
        return self.receive()

    def _exactly(self, count):
        data = bytearray()
        while len(data) < count:
            piece = self.socket.recv(min(count - len(data), 1 << 20))
            if not piece:
                raise EOFError("the daemon has closed the connection")
            data += piece
        return bytes(data)


class Daemon:
    """A daemon under test: state, configuration, socket and log in a folder of its own."""

    def __init__(self, binary, folder, configuration=CONFIGURATION, rates=RATES, state=None, uid=None, environment=None):
        self.binary = os.path.abspath(binary)
        self.folder = folder
        self.state = state or os.path.join(folder, "state")
        self.socket = os.path.join(folder, "aurad.sock")
        self.log = os.path.join(folder, "aurad.log")
        self.uid = uid
        self.environment = dict(os.environ, **(environment or {}))
        self.environment.pop("STATE_DIRECTORY", None)
        self.environment.pop("RUNTIME_DIRECTORY", None)
        self.process = None
        # Names in inboxes, as waiting_files() shows them, that nobody can take over.
        self.left_behind = set()
        os.makedirs(folder, exist_ok=True)
        self.configure(configuration)
        with open(os.path.join(folder, "fx.csv"), "w") as file:
            file.write(rates)

    def configure(self, text):
        with open(os.path.join(self.folder, "aurad.yaml"), "w") as file:
            file.write(text)

    def launch(self, *arguments):
        """Starts the process and does not wait for it."""
        if os.path.exists(self.socket):
            os.unlink(self.socket)
        command = [
            self.binary, "--config", os.path.join(self.folder, "aurad.yaml"), "--state-dir", self.state,
            "--socket", self.socket, *arguments,
        ]
        if self.uid is not None:
            command = [
                "setpriv", f"--reuid={self.uid}", f"--regid={self.uid}", "--clear-groups", *command,
            ]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment, cwd=self.folder)

    def start(self, *arguments, timeout=60.0):
        """Starts the process and waits until it answers; returns the seconds that took."""
        began = time.monotonic()
        self.launch(*arguments)
        self.wait_ready(timeout)
        return time.monotonic() - began

    def wait_ready(self, timeout=60.0):
        limit = time.monotonic() + timeout
        while True:
            code = self.process.poll()
            if code is not None:
                raise Failure(f"the daemon did not start, exit code {code}: {self.log_tail()}")
            try:
                self.call("system.status", timeout=5)
                return
            except (OSError, EOFError):
                pass
            if time.monotonic() > limit:
                raise Failure(f"the daemon did not answer within {timeout:.0f} s: {self.log_tail()}")
            time.sleep(0.005)

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        """SIGKILL."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def stop(self, timeout=60.0):
        """SIGTERM; returns the exit code."""
        if self.process is None:
            return None
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failure(f"the daemon did not end within {timeout:.0f} s of SIGTERM")
        self.process = None
        return code

    def log_tail(self, lines=5):
        try:
            with open(self.log, "rb") as file:
                return b" | ".join(file.read().splitlines()[-lines:]).decode(errors="replace")
        except FileNotFoundError:
            return "(no log)"

    def log_text(self):
        with open(self.log, "rb") as file:
            return file.read().decode(errors="replace")

    # Questions

    def call(self, method, params=None, timeout=120.0):
        with Client(self.socket, timeout) as client:
            return client.call(method, params)

    def status(self):
        return self.call("system.status")

    def drops(self):
        """All drops of the ledger, oldest first."""
        return sorted(self.call("data.drops", {"limit": 100_000})["drops"], key=lambda drop: drop["drop_id"])

    def rejects(self, drop_id, limit=1000):
        return self.call("data.rejects", {"drop_id": drop_id, "limit": limit})["rejects"]

    def export(self, table):
        data, cursor = [], None
        with Client(self.socket, 120) as client:
            while True:
                page = client.call("export.table", {"table": table, **({"cursor": cursor} if cursor else {})})
                data.append(page["data"])
                cursor = page["next_cursor"]
                if cursor is None:
                    return "".join(data).encode()

    def export_all(self):
        return {table: self.export(table) for table in TABLES}

    def verify(self):
        """The checks that failed."""
        checks = self.call("system.verify", timeout=600)["checks"]
        if not checks:
            return ["no check was made"]
        return [f"{check['name']}: {check['detail']}" for check in checks if not check["ok"]]

    def refresh(self):
        return self.call("system.refresh", {"wait": True}, timeout=600)

    def counters(self, name):
        """A field of /proc/<pid>/status in its unit, such as VmHWM in kB."""
        with open(f"/proc/{self.process.pid}/status") as file:
            for line in file:
                if line.startswith(name + ":"):
                    return int(line.split()[1])
        return 0

    def reset_peak(self):
        """Lets VmHWM start anew from what is resident now."""
        with open(f"/proc/{self.process.pid}/clear_refs", "w") as file:
            file.write("5")

    def originals(self):
        """Names in bronze, without that of the journal."""
        return [name for name in os.listdir(os.path.join(self.state, "bronze")) if not name.startswith("journal")]

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    # Drops

    def inbox(self, category):
        return os.path.join(self.state, "inbox", category)

    def drop(self, category, name, content):
        """Drops a file the way a careful producer does: written under a hidden name, then renamed."""
        folder = self.inbox(category)
        hidden = os.path.join(folder, f".{name}.part")
        with open(hidden, "wb") as file:
            file.write(content)
        os.rename(hidden, os.path.join(folder, name))

    def ended(self, status=None):
        inbox = (status or self.status())["inbox"]
        return inbox["loaded"] + inbox["failed"] + inbox["duplicates"]

    def wait_settled(self, drops=None, timeout=600.0):
        """Waits until the inboxes are empty, `drops` drops have come to an end, and all of it is served."""
        limit = time.monotonic() + timeout
        while True:
            status = self.status()
            inbox = status["inbox"]
            if inbox["settled"] and inbox["pending"] == 0 and not self.waiting_files():
                if drops is None or self.ended(status) >= drops:
                    return status
            if time.monotonic() > limit:
                raise Failure(
                    f"not settled after {timeout:.0f} s: {json.dumps(inbox)}, problems "
                    f"{json.dumps(status['problems'])}, in the inboxes {self.waiting_files()[:5]}")
            time.sleep(0.05)

    def waiting_files(self):
        """What lies in the inboxes, hidden names included."""
        found = []
        for category in CATEGORIES:
            folder = self.inbox(category)
            if os.path.isdir(folder):
                found += [f"{category}/{name!r}" for name in os.listdir(os.fsencode(folder))]
        return [name for name in found if name not in self.left_behind]

    def leftovers(self):
        """What should not be there when everything has come to its end."""
        found = [f"inbox/{name}" for name in self.waiting_files()]
        for name in os.listdir(os.path.join(self.state, "claimed")):
            if name != ".sequence":
                found.append(f"claimed/{name}")
        found += [f"uploads/{name}" for name in os.listdir(os.path.join(self.state, "uploads"))]
        for folder in ["bronze", "quarantine"]:
            for name in os.listdir(os.path.join(self.state, folder)):
                if name.startswith((".", "journal.damaged-")) or name.endswith(".tmp"):
                    found.append(f"{folder}/{name}")
        known = {"aura.db", "aura.db-wal", "aura.db-shm", "gold.db", "gold.db-wal", "gold.db-shm", "inbox", "claimed",
                 "bronze", "quarantine", "uploads", "models", "aurad.lock", "lost+found"}
        found += [name for name in os.listdir(self.state) if name not in known]
        return found


class Failure(Exception):
    """A campaign cannot go on."""


class Report:
    """Collects what was found; prints a line for each check."""

    def __init__(self, name):
        self.name = name
        self.failed = 0
        self.passed = 0
        self.began = time.monotonic()

    def check(self, good, text, detail=""):
        if good:
            self.passed += 1
        else:
            self.failed += 1
        print(f"{'PASS' if good else 'FAIL'}  {text}{'' if good or not detail else ': ' + detail}", flush=True)
        return good

    def note(self, text):
        print(f"      {text}", flush=True)

    def end(self):
        seconds = time.monotonic() - self.began
        print(f"{'FAIL' if self.failed else 'PASS'}  {self.name}: {self.passed} checks passed, {self.failed} failed, "
              f"{seconds:.0f} s", flush=True)
        return 1 if self.failed else 0


def main(name, description, options, body):
    """Reads the command line and runs a campaign in a scratch folder that goes when it ends well."""
    parser = argparse.ArgumentParser(prog=name, description=description,
                                     formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--aurad", required=True, metavar="PATH", help="the daemon to try")
    parser.add_argument("--seed", type=int, default=1, help="of everything random")
    parser.add_argument("--scratch", metavar="DIR", help="where to work; by default a new folder in the temporary one")
    parser.add_argument("--keep", action="store_true", help="leave the scratch folder there")
    options(parser)
    arguments = parser.parse_args()
    if not os.access(arguments.aurad, os.X_OK):
        parser.error(f"{arguments.aurad} is no program")
    scratch = arguments.scratch or tempfile.mkdtemp(prefix="aura-campaign-")
    os.makedirs(scratch, exist_ok=True)
    os.chmod(scratch, 0o755)
    report = Report(name)
    daemons = []
    create = Daemon.__init__

    def created(daemon, *positional, **named):
        create(daemon, *positional, **named)
        daemons.append(daemon)

    Daemon.__init__ = created
    try:
        body(arguments, scratch, report)
    except (Failure, Refused, OSError, EOFError) as error:
        report.check(False, "the campaign could run to its end", f"{type(error).__name__}: {error}")
    finally:
        for daemon in daemons:
            daemon.kill()
    code = report.end()
    if arguments.keep or code:
        print(f"      left behind: {scratch}")
    else:
        shutil.rmtree(scratch, ignore_errors=True)
    sys.exit(code)


# Data

def aurac(aurad):
    """The client that lies beside a daemon."""
    path = os.path.join(os.path.dirname(os.path.abspath(aurad)), "aurac")
    if not os.access(path, os.X_OK):
        raise Failure(f"aurac is looked for beside aurad, and {path} is not there")
    return path


def sample_company(aurad, folder, clients=400, days=400, seed=7, mess=0.02, last_day="2026-06-30"):
    """The five files of an invented company: category -> bytes."""
    subprocess.run(
        [aurac(aurad), "sample", "--clients", str(clients), "--days", str(days), "--seed", str(seed), "--mess", str(mess),
         "--last-day", last_day, folder], check=True, stdout=subprocess.DEVNULL)
    return read_company(folder)


def read_company(folder):
    """category -> bytes of <folder>/<category>.csv."""
    company = {}
    for category in CATEGORIES:
        with open(os.path.join(folder, f"{category}.csv"), "rb") as file:
            company[category] = file.read()
    return company


def records(content):
    """Header and records of a CSV file as bytes; a line end within quotes ends no record."""
    header, result, pending, quotes = None, [], b"", 0
    for line in content.splitlines(keepends=True):
        pending += line
        quotes += line.count(b'"')
        if quotes % 2 == 0:
            if header is None:
                header = pending
            else:
                result.append(pending if pending.endswith(b"\n") else pending + b"\n")
            pending, quotes = b"", 0
    if pending:
        result.append(pending + b"\n")
    return header, result


def pieces(company, count):
    """Cuts each file into at most `count` drops; [(category, name, content, rows)], clients first, the rest in turn."""
    queues = {}
    for category in CATEGORIES:
        header, rows = records(company[category])
        size = max(1, -(-len(rows) // count))
        queues[category] = [
            (category, f"{category}-{number:04d}.csv", header + b"".join(rows[start:start + size]),
             len(rows[start:start + size]))
            for number, start in enumerate(range(0, len(rows), size))
        ]
    result = []
    for number in range(count):
        result += [queues[category][number] for category in CATEGORIES if number < len(queues[category])]
    return result


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def differences(expected, found):
    """Names the tables that differ, with the first line that does."""
    result = []
    for table in TABLES:
        if expected[table] == found[table]:
            continue
        lines, others = expected[table].splitlines(), found[table].splitlines()
        for number, (line, other) in enumerate(zip(lines, others), 1):
            if line != other:
                result.append(f"{table} line {number}: {line[:300]!r} became {other[:300]!r}")
                break
        else:
            result.append(f"{table}: {len(lines)} lines became {len(others)}")
    return result


def compare(report, text, expected, found):
    """One check: every table byte for byte."""
    wrong = differences(expected, found)
    size = sum(len(content) for content in expected.values())
    report.check(not wrong, f"{text}: {len(TABLES)} tables, {size} bytes, identical", "; ".join(wrong))


def rejected_rows(state):
    """All rejected rows of a state directory, as (line, column, code, raw), sorted; the drops' numbers left out."""
    rows = []
    folder = os.path.join(state, "quarantine")
    for name in os.listdir(folder):
        if name.endswith(".rejects.ndjson"):
            with open(os.path.join(folder, name), "rb") as file:
                for line in file:
                    row = json.loads(line)
                    rows.append(tuple(str(row.get(key)) for key in ("line", "column", "code", "raw", "raw_base64")))
    return sorted(rows)

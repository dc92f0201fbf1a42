#!/usr/bin/env python3
"""A viewer who means harm, beside a colleague who only wants to work.

One attack after the other runs against a real daemon, from several users and connections, while another user asks for
clients, an administrator asks for the status on connections of his own, and the daemon is watched from outside. Judged is
what the others notice: whether they are answered and how soon, how much memory the daemon takes, and whether it is up and
right in the end.
"""

import json
import multiprocessing
import os
import random
import shutil
import socket
import struct
import threading
import time

import campaign
from campaign import Client, Daemon, Failure, Refused

ADMIN, COLLEAGUE = 41_000, 41_001
# Each of them may have so many connections as one user may.
HOSTILE = [42_000, 42_001, 42_002, 42_003]
CONNECTIONS_PER_USER = 64

CONFIGURATION = """\
as_of: data
fx: fx.csv
schedule: { train_hours: 0 }
contact_columns: [mail, phone, contact, fax, hotline]
roles:
  viewer: [uid:41001, %s]
  admin: [uid:41000]
""" % ", ".join(f"uid:{uid}" for uid in HOSTILE)

METHODS_WITH_FILTERS = ["kpis.get", "clients.list", "cohorts.get", "engagement.heatmap", "mrr.movements", "forecast.get"]
NEEDS = {"forecast.get": {"metric": "engagement"}, "clients.get": {"customer_id": "P1"},
         "export.table": {"table": "customer_metrics"}, "data.ingest": {"category": "support"}}


class As:
    """A client whose connection belongs to another user."""

    lock = threading.Lock()

    def __init__(self, uid, path, timeout=60.0):
        # The kernel notes the user when the connection is made. The whole process is that user meanwhile, so that only
        # one connection is made at a time.
        self.uid, self.path, self.timeout = uid, path, timeout

    def __enter__(self):
        with As.lock:
            os.seteuid(self.uid)
            try:
                self.client = Client(self.path, self.timeout)
            finally:
                os.seteuid(0)
        return self.client

    def __exit__(self, *_):
        self.client.socket.close()

    def open(self):
        return self.__enter__()


def frame(body):
    return struct.pack(">I", len(body)) + body


def request(method, params, number=1):
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode()


class Bystander:
    """Asks again and again, and notes how long each answer took. In a process of its own: what is measured is the daemon,
    and not how long a thread of this program waits for the others."""

    def __init__(self, uid, path, questions, pause=0.01):
        self.times, self.failures = [], []
        self.ends = multiprocessing.Event()
        self.results, theirs = multiprocessing.Pipe(duplex=False)
        self.process = multiprocessing.Process(
            target=self.ask, args=(uid, path, questions, pause, theirs), daemon=True)

    def start(self):
        self.process.start()

    def ask(self, uid, path, questions, pause, results):
        times, failures = [], []
        client = None
        number = 0
        os.seteuid(uid)
        while not self.ends.is_set():
            method, params = questions[number % len(questions)]
            number += 1
            try:
                client = client or Client(path)
                began = time.monotonic()
                client.call(method, params)
                times.append(time.monotonic() - began)
            except Refused as error:
                failures.append(f"{method}: {error.error.get('message')}")
            except (OSError, EOFError) as error:
                failures.append(f"{method}: {type(error).__name__} {error}")
                client = None
            time.sleep(pause)
        results.send((times, failures))

    def stop(self):
        self.ends.set()
        self.times, self.failures = self.results.recv()
        self.process.join()

    def percentile(self, share):
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("inf")


def attack(uids, path, seconds, per_user, body):
    """Runs body(client, random) again and again on so many connections of each user."""
    end = time.monotonic() + seconds
    counts = {"answered": 0, "refused": 0, "closed": 0}
    lock = threading.Lock()

    def one(uid, number):
        rng = random.Random(uid * 1000 + number)
        client = None
        while time.monotonic() < end:
            try:
                client = client or As(uid, path, 20).open()
                body(client, rng)
                outcome = "answered"
            except Refused:
                outcome = "refused"
            except (OSError, EOFError):
                outcome, client = "closed", None
                time.sleep(0.01)
            with lock:
                counts[outcome] += 1
        if client:
            client.socket.close()

    threads = [threading.Thread(target=one, args=(uid, number), daemon=True) for uid in uids for number in range(per_user)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds + 60)
    return counts


# The attacks

def raw(body):
    data = frame(body)

    def send(client, _):
        client.socket.sendall(data)
        client.receive()
    return send


def huge_where(values):
    return raw(request("clients.list", {"where": [f"mrr>={number}" for number in range(values)]}))


def many_days(days):
    def ask(client, rng):
        client.call(rng.choice(["kpis.get", "clients.list", "mrr.movements"]), {"as_of": rng.choice(days)})
    return ask


def compare_years(days):
    def ask(client, rng):
        client.call("kpis.get", {"compare": "year", "to": rng.choice(days), "group_by": "product",
                                 "where": f"mrr>={rng.randrange(10**6)}"})
    return ask


def forecasts(client, rng):
    client.call("forecast.get", {"metric": rng.choice(["engagement", "revenue", "tickets"]), "components": True,
                                 "capacity": 10**9 + rng.randrange(10**6), "where": f"mrr>={rng.randrange(200)}"})


def exports(client, rng):
    client.call("export.table", {"table": rng.choice(campaign.TABLES)})


def ledger(client, rng):
    client.call(*rng.choice([("data.drops", {"limit": 100_000}), ("data.rejects", {"limit": 10_000}),
                             ("system.metrics", {})]))


def impatient(days):
    """Asks for what takes long, and goes away."""
    def ask(client, rng):
        client.send("kpis.get", {"as_of": rng.choice(days), "compare": "year"})
        time.sleep(0.02)
        raise EOFError
    return ask


def idle(uids, path, count):
    sockets = []
    for uid in uids:
        for _ in range(count):
            try:
                client = As(uid, path).open()
                sockets.append(client.socket)
            except OSError:
                pass
    return sockets


def half_frames(uids, path, count):
    sockets = idle(uids, path, count)
    for number, each in enumerate(sockets):
        try:
            each.sendall(struct.pack(">I", 16 << 20) + b" " * (number % 2 * 65_536 + 1))
        except OSError:
            pass
    return sockets


def slow_readers(uids, path, count):
    sockets = idle(uids, path, count)
    for each in sockets:
        each.setblocking(False)
        try:
            for number in range(200):
                each.send(frame(request("clients.list", {"limit": 10_000}, number)))
        except OSError:
            pass
    return sockets


# What is found out

def probes(column, guess):
    places = [("where", f"{column}=={guess}"), ("where", ["mrr>=0", f"{column}=={guess}"]), ("search", guess),
              ("sort", column), ("group_by", column), ("segment", guess), ("customer_id", guess), (column, guess)]
    for method in sorted(set(METHODS_WITH_FILTERS + list(NEEDS) + ["risk.rules", "data.drops", "data.rejects",
                                                                  "system.status", "churn.model", "churn.importance"])):
        for name, value in places:
            yield method, dict(NEEDS.get(method, {}), **{name: value})


def answers(uid, path, questions, guess):
    found = []
    with As(uid, path) as client:
        for method, params in questions:
            try:
                text = json.dumps(client.call(method, params))
            except Refused as error:
                text = json.dumps(error.error)
            found.append(text.replace(guess, "GUESS"))
    return found


def body(arguments, scratch, report):
    if os.geteuid() != 0:
        raise Failure("several users are needed: run it as root")
    rng = random.Random(arguments.seed)
    company = campaign.sample_company(arguments.aurad, os.path.join(scratch, "data"), clients=arguments.clients, days=500,
                                      seed=arguments.seed)
    daemon = Daemon(arguments.aurad, os.path.join(scratch, "daemon"), configuration=CONFIGURATION)
    for folder in [scratch, daemon.folder]:
        os.chmod(folder, 0o755)
    daemon.start()
    for category, content in company.items():
        daemon.drop(category, f"{category}.csv", content)
    daemon.drop("demographics", "contacts.csv",
                b"customer_id,name,account_creation_date,email,phone,contact_name,billing_email,hotline\n"
                b"P1,Probe Ltd,2025-01-02,anna@example.org,555123,Anna,dora@example.org,888111\n"
                b"P2,Broken,no day,carl@example.org,555124,Carl,,\n")
    for number in range(arguments.drops):
        daemon.drop("support", f"empty-{number}.csv",
                    f"ticket_id,customer_id,created_at\nX{number},C1,no day\n".encode())
    daemon.wait_settled(drops=len(company) + 1 + arguments.drops)
    os.chmod(daemon.socket, 0o666)
    status = daemon.status()
    last = status["as_of"]
    days = sorted({f"2025-{rng.randint(7, 12):02}-{rng.randint(1, 28):02}" for _ in range(60)})
    report.note(f"{status['counts']['customers']} clients, {arguments.drops} drops with rejected rows, as of {last}")
    before = campaign.sha256(json.dumps(daemon.export_all(), default=lambda text: text.decode()).encode())

    clients = [row["customer_id"] for row in daemon.call("clients.list", {"limit": 200})["clients"]]
    work = [("clients.get", {"customer_id": customer}) for customer in clients]
    colleague = Bystander(COLLEAGUE, daemon.socket, work)
    colleague.start()
    time.sleep(2)
    colleague.stop()
    quiet = colleague.percentile(0.99)
    report.note(f"undisturbed: clients.get p50 {1000 * colleague.percentile(0.5):.2f} ms, p99 {1000 * quiet:.2f} ms")
    daemon.reset_peak()
    resident = daemon.counters("VmRSS")

    def during(name, harm):
        colleague = Bystander(COLLEAGUE, daemon.socket, work)
        slow = Bystander(COLLEAGUE, daemon.socket, [("cohorts.get", {"where": "mrr>=1"}), ("kpis.get", {"by": "week"})], 0.1)
        admin = Bystander(ADMIN, daemon.socket, [("system.status", {})], 0.05)
        everybody = [colleague, slow, admin]
        for each in everybody:
            each.start()
        try:
            found = harm()
        finally:
            for each in everybody:
                each.stop()
        p99, status_worst = colleague.percentile(0.99), max(admin.times, default=float("inf"))
        report.note(f"{name}: {found}; colleague: {len(colleague.times)} answers, p99 {1000 * p99:.1f} ms, longest "
                    f"{1000 * max(colleague.times, default=float('inf')):.0f} ms; slow questions longest "
                    f"{1000 * max(slow.times, default=float('inf')):.0f} ms; status longest {1000 * status_worst:.0f} ms")
        failures = colleague.failures + slow.failures + admin.failures
        report.check(not failures, f"{name}: everybody else is answered", "; ".join(failures[:3]))
        report.check(p99 < arguments.p99, f"{name}: clients.get of a colleague below {arguments.p99} s at the 99th percentile",
                     f"{p99:.3f} s")
        # The watchdog's own question is this one, and it waits ten seconds for the answer.
        report.check(status_worst < 5, f"{name}: the status is answered in time for the watchdog", f"{status_worst:.1f} s")
        report.check(daemon.is_running, f"{name}: the daemon runs", daemon.log_tail())

    seconds = arguments.seconds
    floods = [
        ("where with 250,000 conditions", huge_where(250_000), 10),
        ("where with 15,000 conditions", huge_where(15_000), 10),
        ("where with 64 conditions", huge_where(64), 16),
        ("arrays in arrays", raw(b"[" * 500_000), 10),
        ("wide objects", raw(request("clients.list", {f"k{number}": number for number in range(10_000)})), 10),
        ("a method of a megabyte", raw(request("m" * (1 << 20), {})), 10),
        ("a method of sixteen kilobytes", raw(request("\u00e9" * (1 << 13), {})), 16),
        ("other days", many_days(days), 16),
        ("comparisons of years", compare_years(days), 16),
        ("questions nobody waits for", impatient(days), 10),
        ("forecasts on the spot", forecasts, 10),
        ("exports", exports, 10),
        ("the ledger", ledger, 10),
    ]
    for name, ask, per_user in floods:
        during(name, lambda: attack(HOSTILE, daemon.socket, seconds, per_user, ask))

    def pipelined():
        """Questions without end on every connection, each written as fast as it is taken."""
        piece = b"".join(frame(request("clients.get", {"customer_id": rng.choice(clients)}, n)) for n in range(500))

        def send(client, _):
            client.socket.sendall(piece)
            for _ in range(500):
                (length,) = struct.unpack(">I", client._exactly(4))
                client._exactly(length)
        return attack(HOSTILE, daemon.socket, seconds, 10, send)
    during("pipelined questions", pipelined)

    for name, make in [("idle connections", idle), ("half frames", half_frames), ("slow readers", slow_readers)]:
        # Whoever works keeps his seat; the administrator comes when all others are taken.
        seat = As(COLLEAGUE, daemon.socket).open()
        sockets = make(HOSTILE, daemon.socket, CONNECTIONS_PER_USER + 4)
        try:
            for uid in [ADMIN]:
                with As(uid, daemon.socket) as client:
                    report.check(client.call("system.status")["ready"], f"{name}: an administrator gets in")
            report.check(len(seat.call("clients.get", work[0][1])) > 0, f"{name}: who is in is answered")
            time.sleep(1)
            report.note(f"{name}: {len(sockets)} connections tried, {daemon.descriptors()} descriptors")
        finally:
            seat.socket.close()
            for each in sockets:
                each.close()
        deadline = time.monotonic() + 30
        while daemon.descriptors() > 60 and time.monotonic() < deadline:
            time.sleep(0.1)

    for column, truth in [("email", "anna@example.org"), ("phone", "555123"), ("contact_name", "Anna"),
                          ("billing_email", "dora@example.org"), ("hotline", "888111")]:
        right = answers(HOSTILE[0], daemon.socket, probes(column, truth), truth)
        wrong = answers(HOSTILE[0], daemon.socket, probes(column, "x@example.net"), "x@example.net")
        moving = ("uptime_seconds", "memory_bytes")
        told = [question for question, a, b in zip(probes(column, "GUESS"), right, wrong)
                if a != b and not any(word in a for word in moving)]
        report.check(not told, f"{column}: {len(right)} questions tell a right guess from a wrong one in no way",
                     json.dumps(told[:2]))
        secrets = [text[:200] for text in right + wrong if "carl@" in text or "555124" in text or "dora@" in text]
        report.check(not secrets, f"{column}: no answer shows contact data", "; ".join(secrets[:1]))
    for table in campaign.TABLES:
        try:
            with As(HOSTILE[0], daemon.socket) as client:
                client.call("export.table", {"table": table})
            report.check(False, f"a viewer does not export {table}")
        except Refused as error:
            report.check(error.error["data"]["kind"] == "forbidden", f"a viewer does not export {table}", str(error))

    peak = daemon.counters("VmHWM")
    report.note(f"memory: {resident >> 10} MiB before, at most {peak >> 10} MiB, {daemon.counters('VmRSS') >> 10} MiB now")
    report.check(peak - resident < arguments.memory << 10, f"memory grew by less than {arguments.memory} MiB",
                 f"{(peak - resident) >> 10} MiB")
    report.check(daemon.is_running, "the daemon is still the one that was started", daemon.log_tail())
    after = campaign.sha256(json.dumps(daemon.export_all(), default=lambda text: text.decode()).encode())
    report.check(before == after, "all tables are what they were")
    wrong = daemon.verify()
    report.check(not wrong, "ledger, silver and gold agree", "; ".join(wrong))
    report.check(daemon.stop() == 0, "the daemon ends as it should")
    shutil.rmtree(os.path.join(scratch, "data"), ignore_errors=True)


def options(parser):
    parser.add_argument("--clients", type=int, default=5_000, help="of the invented company")
    parser.add_argument("--drops", type=int, default=1_000, help="with a rejected row each")
    parser.add_argument("--seconds", type=float, default=5, help="that each attack lasts")
    parser.add_argument("--p99", type=float, default=0.5,
                        help="seconds that the 99th percentile of a colleague's clients.get has to stay below")
    parser.add_argument("--memory", type=int, default=1_500, help="MiB that the daemon may take beyond what it had")


if __name__ == "__main__":
    campaign.main("hostile-viewer.py", __doc__.splitlines()[0], options, body)

#!/usr/bin/env python3
"""A crowd of idle connections, half-sent frames, readers that do not read and clients that go away in the middle of
everything, while well-behaved clients are served. Descriptors and memory of the daemon come back to where they were."""

import os
import random
import resource
import socket
import struct
import threading
import time

import campaign
from campaign import Client, Daemon, Failure


def options(parser):
    parser.add_argument("--idle", type=int, default=1000, help="idle connections held open")
    parser.add_argument("--half", type=int, default=200, help="connections that send half a frame")
    parser.add_argument("--slow", type=int, default=50, help="connections that ask for much and do not read")
    parser.add_argument("--rounds", type=int, default=5, help="how often all of it comes and goes")
    parser.add_argument("--seconds", type=float, default=8, help="length of a round")
    parser.add_argument("--growth", type=int, default=64, metavar="MIB",
                        help="how much more may be resident after the last round than after the first")


class Bystander(threading.Thread):
    """A well-behaved client: connects, asks, checks the answer, and measures."""

    def __init__(self, daemon, keep):
        super().__init__(daemon=True)
        self.path = daemon.socket
        self.keep = keep
        self.seconds = []
        self.failures = []
        self.stopped = False

    def run(self):
        client = None
        while not self.stopped:
            began = time.monotonic()
            try:
                if client is None:
                    client = Client(self.path, 10)
                if client.call("system.status")["ready"] is not True:
                    raise Failure("not ready")
                client.call("kpis.get")
                self.seconds.append(time.monotonic() - began)
                if not self.keep:
                    client.socket.close()
                    client = None
            except Exception as error:
                self.failures.append(f"{type(error).__name__}: {error}")
                client = None
                time.sleep(0.1)
            time.sleep(0.005)


def connect(path):
    endpoint = socket.socket(socket.AF_UNIX)
    endpoint.settimeout(10)
    endpoint.connect(path)
    return endpoint


def frame(method, params="{}"):
    body = b'{"jsonrpc":"2.0","id":1,"method":"%s","params":%s}' % (method.encode(), params.encode())
    return struct.pack(">I", len(body)) + body


def one_round(arguments, daemon, rng, report, number):
    crowd, half, slow = [], [], []
    bystanders = [Bystander(daemon, True), Bystander(daemon, False)]
    for _ in range(arguments.idle):
        crowd.append(connect(daemon.socket))
    for bystander in bystanders:
        bystander.start()
    whole = frame("system.status")
    for _ in range(arguments.half):
        endpoint = connect(daemon.socket)
        # From one byte of the length to all but the last byte of the body; some promise a frame of 16 MiB.
        if rng.random() < 0.3:
            endpoint.sendall(struct.pack(">I", 16 << 20) + b" " * rng.randrange(1, 60_000))
        else:
            endpoint.sendall(whole[:rng.randrange(1, len(whole))])
        half.append(endpoint)
    big = frame("export.table", '{"table":"customer_metrics"}')
    for _ in range(arguments.slow):
        endpoint = connect(daemon.socket)
        endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        endpoint.setblocking(False)
        try:
            for _ in range(200):
                endpoint.send(big)
        except BlockingIOError:
            pass
        slow.append(endpoint)
    limit = time.monotonic() + arguments.seconds
    peak, descriptors = 0, 0
    while time.monotonic() < limit:
        # Some go away in the middle, with and without having been answered, and others come.
        for group in (crowd, half, slow):
            victim = rng.randrange(len(group))
            if rng.random() < 0.5:
                group[victim].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            group[victim].close()
            group[victim] = connect(daemon.socket)
            if group is half:
                group[victim].sendall(whole[:-1])
            if group is slow:
                group[victim].sendall(big * 3)
        peak = max(peak, daemon.counters("VmRSS"))
        descriptors = max(descriptors, daemon.descriptors())
        time.sleep(0.01)
    for bystander in bystanders:
        bystander.stopped = True
        bystander.join()
    alive = sum(is_open(endpoint) for endpoint in crowd)
    report.check(alive == len(crowd), f"round {number}: {alive} of {len(crowd)} idle connections are still open")
    seconds = sorted(second for bystander in bystanders for second in bystander.seconds)
    failures = [failure for bystander in bystanders for failure in bystander.failures]
    report.check(len(seconds) > 20 and not failures and seconds[-1] < 1,
                 f"round {number}: bystanders served {len(seconds)} times, half within "
                 f"{seconds[len(seconds) // 2] * 1000:.1f} ms, all within {seconds[-1] * 1000:.0f} ms; "
                 f"{descriptors} descriptors, {peak >> 10} MiB" if seconds else f"round {number}: nobody was served",
                 str(failures[:3]))
    for endpoint in crowd + half + slow:
        endpoint.close()


def is_open(endpoint):
    # A timeout would be waited for in spite of MSG_DONTWAIT.
    endpoint.setblocking(False)
    try:
        return endpoint.recv(1, socket.MSG_PEEK) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def body(arguments, scratch, report):
    rng = random.Random(arguments.seed)
    crowd = arguments.idle + arguments.half + arguments.slow + 50
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < crowd + 100:
        raise Failure(f"{crowd + 100} descriptors are needed, the limit is {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, crowd * 3 + 1000), hard))
    daemon = Daemon(
        arguments.aurad, os.path.join(scratch, "daemon"),
        campaign.CONFIGURATION + campaign.NO_TRAINING + f"forecasts: {{ keep: false }}\nlimits:\n  connections: {crowd + 100}\n  connections_per_user: {crowd + 100}\n")
    daemon.start()
    company = campaign.sample_company(arguments.aurad, os.path.join(scratch, "company"), clients=2000, days=200)
    for category in campaign.CATEGORIES:
        daemon.drop(category, f"{category}.csv", company[category])
    daemon.wait_settled(5)
    daemon.refresh()
    time.sleep(2)
    descriptors = daemon.descriptors()
    resident = []
    for number in range(1, arguments.rounds + 1):
        one_round(arguments, daemon, rng, report, number)
        limit = time.monotonic() + 10
        while daemon.descriptors() > descriptors + 2 and time.monotonic() < limit:
            time.sleep(0.1)
        report.check(daemon.descriptors() <= descriptors + 2,
                     f"round {number}: {daemon.descriptors()} descriptors afterwards, {descriptors} before")
        resident.append(daemon.counters("VmRSS"))
    report.check(resident[-1] - resident[0] < arguments.growth << 10,
                 f"resident after each round: {[kilobytes >> 10 for kilobytes in resident]} MiB")

    # Beyond the ceiling: refused in words, not by silence, and everybody else is still served.
    few = Daemon(arguments.aurad, os.path.join(scratch, "few"),
                 campaign.CONFIGURATION + "limits:\n  connections: 20\n  connections_per_user: 20\n  idle_seconds: 2\n")
    few.start()
    # The connection that asked whether it is ready has to be gone from its count.
    time.sleep(1)
    held = [connect(few.socket) for _ in range(20)]
    time.sleep(0.2)
    one = connect(few.socket)
    try:
        one.sendall(frame("system.status"))
    except OSError:
        pass
    try:
        said = one.recv(4096)
    except OSError as error:
        said = str(error).encode()
    report.check(b"overloaded" in said, f"the 21st of 20 connections is told why: {said[4:120]!r}")
    # Idle ones go by themselves; then there is room.
    time.sleep(3.5)
    report.check(not any(is_open(endpoint) for endpoint in held), "idle connections are closed after idle_seconds")
    report.check(few.status()["ready"], "and there is room again")
    report.check(few.stop() == 0 and daemon.stop() == 0, "SIGTERM ends both with 0")


if __name__ == "__main__":
    campaign.main("idle-connections", __doc__, options, body)

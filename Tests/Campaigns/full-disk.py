#!/usr/bin/env python3
"""Lets the disk run full at different moments of a load. The daemon must say so, keep answering from what it has, lose
and refuse nothing, survive SIGKILL and a start on the full disk, and go on by itself when there is room. The outcome is
compared with an undisturbed run. Needs root, for a small tmpfs to be mounted."""

import collections
import errno
import os
import random
import subprocess
import time

import campaign
from campaign import Daemon, Failure

# Nothing settles: what lies in an inbox before its first listing would be taken after what comes later, and where drops
# repeat each other's rows the first one wins.
CONFIGURATION = campaign.CONFIGURATION + """\
inbox:
  settle_seconds: 0
store:
  compress_after_seconds: 0
schedule:
  compress_minutes: 1
  train_hours: 0
"""


def options(parser):
    parser.add_argument("--sizes", type=int, default=8, help="how many sizes to try between the two ends")
    parser.add_argument("--clients", type=int, default=400, help="size of the sample company")
    parser.add_argument("--pieces", type=int, default=6, help="drops a file is cut into")
    parser.add_argument("--kills", type=int, default=3, help="SIGKILLs while the disk is full, per size")


class Disk:
    """A tmpfs of a given size."""

    def __init__(self, path):
        self.path = path
        self.is_mounted = False
        os.makedirs(path, exist_ok=True)

    def mount(self, size):
        self.umount()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0755", "aura-campaign", self.path], check=True)
        self.is_mounted = True

    def resize(self, size):
        subprocess.run(["mount", "-o", f"remount,size={size}", self.path], check=True)

    def umount(self):
        if self.is_mounted:
            subprocess.run(["umount", "-l", self.path], check=True)
            self.is_mounted = False

    @property
    def used(self):
        status = os.statvfs(self.path)
        return (status.f_blocks - status.f_bfree) * status.f_frsize

    @property
    def free(self):
        status = os.statvfs(self.path)
        return status.f_bfree * status.f_frsize

    def fill(self, leaving=0):
        """Fills the disk with a file of somebody else's."""
        path = os.path.join(self.path, "ballast")
        with open(path, "ab", buffering=0) as file:
            try:
                while self.free > leaving:
                    file.write(b"\0" * min(1 << 20, max(4096, self.free - leaving)))
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise

    def clear(self):
        path = os.path.join(self.path, "ballast")
        if os.path.exists(path):
            os.unlink(path)


def undisturbed(arguments, folder, drops):
    daemon = Daemon(arguments.aurad, folder, CONFIGURATION)
    daemon.start()
    for category, name, content, _ in drops:
        daemon.drop(category, name, content)
    daemon.wait_settled(len(drops))
    daemon.refresh()
    tables = daemon.export_all()
    ledger = {drop["sha256"]: drop for drop in daemon.drops()}
    rejects = campaign.rejected_rows(daemon.state)
    used = sum(os.path.getsize(os.path.join(root, name)) for root, _, names in os.walk(daemon.state) for name in names)
    daemon.stop()
    return tables, ledger, rejects, used


def wait_full(daemon, drops, seconds=20.0):
    """Waits until the daemon says that the disk is full, or has loaded everything; returns its status."""
    limit = time.monotonic() + seconds
    while True:
        status = daemon.status()
        if any("the disk is full" in problem for problem in status["problems"]):
            return status, True
        if status["inbox"]["settled"] and daemon.ended(status) >= drops:
            return status, False
        if time.monotonic() > limit:
            return status, None
        time.sleep(0.05)


def wait_published(daemon, seconds=120.0):
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        status = daemon.status()
        if not status["gold_db"]["behind"] and status["gold_db"]["snapshot"] == status["snapshot"]:
            return status
        time.sleep(0.1)
    return daemon.status()


def check_outcome(report, name, daemon, drops, expected):
    tables, ledger, rejects, _ = expected
    campaign.compare(report, f"{name}: exported gold", tables, daemon.export_all())
    found = daemon.drops()
    states = collections.Counter(drop["state"] for drop in found)
    report.check(states == {"loaded": len(ledger)}, f"{name}: {len(ledger)} drops loaded, none refused, none doubled",
                 f"{dict(states)}, {[(d['file'], d['reason']) for d in found if d['state'] != 'loaded'][:4]}")
    report.check(campaign.rejected_rows(daemon.state) == rejects, f"{name}: {len(rejects)} rejected rows, the same ones")
    wrong = daemon.verify()
    report.check(not wrong, f"{name}: verify", str(wrong))
    left = [path for path in daemon.leftovers() if path not in ("ballast",)]
    report.check(not left, f"{name}: nothing left over", str(left[:5]))
    # Background work that failed on the full disk is tried again by and by.
    limit = time.monotonic() + 90
    while daemon.status()["problems"] and time.monotonic() < limit:
        time.sleep(0.5)
    problems = [problem for problem in daemon.status()["problems"]]
    report.check(not problems, f"{name}: no problem is left in the status", str(problems))


def one_size(arguments, scratch, report, drops, expected, size, rng):
    """A disk too small from the beginning: the drops are put in as room allows, the producer waiting like the daemon."""
    name = f"{size >> 10} KiB"
    disk = Disk(os.path.join(scratch, "disk"))
    disk.mount(size)
    try:
        daemon = Daemon(arguments.aurad, os.path.join(scratch, f"run-{size}"), CONFIGURATION, state=disk.path + "/state")
        try:
            daemon.start()
        except Failure:
            # Less than an empty state takes: it has to say so and start once there is room.
            report.check("space" in daemon.log_tail().lower() or "full" in daemon.log_tail().lower(),
                         f"{name}: too small to start on, and the log says so", daemon.log_tail())
            disk.resize(8 << 30)
            daemon.start()
        waiting = collections.deque(drops)
        before = daemon.export_all() if daemon.status()["snapshot"] else None

        def put():
            """Drops what there is room for."""
            while waiting:
                category, file, content, _ = waiting[0]
                try:
                    daemon.drop(category, file, content)
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    os.unlink(os.path.join(daemon.inbox(category), f".{file}.part"))
                    return
                waiting.popleft()

        put()
        status, is_full = wait_full(daemon, len(drops))
        stage = "with everything loaded" if is_full is False else f"at {daemon.ended(status)} of {len(drops)} drops"
        if not waiting and is_full is False:
            report.note(f"{name}: was enough")
        else:
            said = is_full or bool(waiting)
            report.check(said, f"{name}: the status says that the disk is full ({stage})", str(status["problems"]))
            if is_full:
                report.check("disk full in stage" in daemon.log_text(), f"{name}: the log says so")
            pending = [drop for drop in daemon.drops() if drop["state"] in ("queued", "loading")]
            others = [drop for drop in daemon.drops() if drop["state"] in ("refused", "duplicate")]
            report.check(not others, f"{name}: {len(pending)} drops pending, none refused", str(others[:3]))
            if is_full and pending:
                silent = [drop for drop in pending if not drop["reason"]]
                report.check(not silent or any("full" in problem for problem in status["problems"]),
                             f"{name}: a reason is given", str(status["problems"]))
            answers(report, name, daemon)
            disk.fill()
            for number in range(arguments.kills):
                daemon.kill()
                try:
                    daemon.start()
                except Failure as error:
                    report.check(False, f"{name}: start {number + 1} on the full disk after SIGKILL", str(error))
                    break
                time.sleep(rng.uniform(0, 1))
            else:
                report.check(True, f"{name}: {arguments.kills} starts on the full disk after SIGKILL")
                answers(report, f"{name} after SIGKILL", daemon)
        del before
        disk.resize(8 << 30)
        disk.clear()
        if not daemon.is_running:
            daemon.start()
        put()
        began = time.monotonic()
        daemon.wait_settled(len(drops), timeout=60)
        report.note(f"{name}: went on {time.monotonic() - began:.1f} s after there was room")
        status = wait_published(daemon)
        report.check(not status["gold_db"]["behind"], f"{name}: gold.db is up to date without being asked",
                     str(status["gold_db"]))
        daemon.refresh()
        check_outcome(report, name, daemon, drops, expected)
        daemon.stop()
    finally:
        for process in [daemon]:
            process.kill()
        disk.umount()


def answers(report, name, daemon):
    began = time.monotonic()
    try:
        status = daemon.status()
        if status["snapshot"]:
            daemon.call("kpis.get")
            daemon.call("clients.list", {"limit": 10})
        daemon.call("data.drops")
        seconds = time.monotonic() - began
        report.check(seconds < 1, f"{name}: answers from the last snapshot, in {seconds * 1000:.0f} ms")
    except (campaign.Refused, OSError, EOFError) as error:
        report.check(False, f"{name}: answers from the last snapshot", str(error))


def filled_meanwhile(arguments, scratch, report, drops, expected, leaving, rng):
    """A disk that somebody else fills up while drops wait, so that each stage in its turn finds no room."""
    name = f"{leaving >> 10} KiB left"
    disk = Disk(os.path.join(scratch, "disk"))
    disk.mount(8 << 30)
    daemon = Daemon(arguments.aurad, os.path.join(scratch, f"left-{leaving}"), CONFIGURATION, state=disk.path + "/state")
    try:
        daemon.start()
        half = len(drops) // 2
        for category, file, content, _ in drops[:half]:
            daemon.drop(category, file, content)
        daemon.wait_settled(half)
        daemon.refresh()
        snapshot = daemon.status()["snapshot"]
        # The rest lies ready under hidden names before the disk fills, so that only the daemon needs room.
        for category, file, content, _ in drops[half:]:
            with open(os.path.join(daemon.inbox(category), f".{file}.part"), "wb") as target:
                target.write(content)
        disk.resize(disk.used + leaving)
        for category, file, _, _ in drops[half:]:
            folder = daemon.inbox(category)
            os.rename(os.path.join(folder, f".{file}.part"), os.path.join(folder, file))
        status, is_full = wait_full(daemon, len(drops))
        if is_full:
            report.check("disk full in stage" in daemon.log_text(),
                         f"{name}: log and status say that the disk is full (at {daemon.ended(status)} of {len(drops)})")
            refused = [drop for drop in daemon.drops() if drop["state"] == "refused"]
            report.check(not refused, f"{name}: none refused", str(refused[:3]))
            answers(report, name, daemon)
            time.sleep(rng.uniform(5, 7))
            answers(report, f"{name}, some tries later", daemon)
            if rng.random() < 0.5:
                daemon.kill()
                try:
                    daemon.start()
                    report.check(True, f"{name}: start on the full disk after SIGKILL")
                except Failure as error:
                    report.check(False, f"{name}: start on the full disk after SIGKILL", str(error))
        elif is_full is False:
            report.note(f"{name}: was enough to load")
        else:
            report.check(False, f"{name}: the status says that the disk is full",
                         f"{status['problems']} {status['inbox']}")
        del snapshot
        disk.resize(8 << 30)
        if not daemon.is_running:
            daemon.start()
        began = time.monotonic()
        daemon.wait_settled(len(drops), timeout=60)
        report.note(f"{name}: went on {time.monotonic() - began:.1f} s after there was room")
        status = wait_published(daemon)
        report.check(not status["gold_db"]["behind"], f"{name}: gold.db is up to date without being asked",
                     str(status["gold_db"]))
        daemon.refresh()
        check_outcome(report, name, daemon, drops, expected)
        daemon.stop()
    finally:
        daemon.kill()
        disk.umount()


def body(arguments, scratch, report):
    if os.geteuid() != 0:
        raise Failure("a tmpfs can only be mounted as root")
    rng = random.Random(arguments.seed)
    company = campaign.sample_company(arguments.aurad, os.path.join(scratch, "company"), clients=arguments.clients)
    drops = campaign.pieces(company, arguments.pieces)
    expected = undisturbed(arguments, os.path.join(scratch, "undisturbed"), drops)
    report.note(f"{len(drops)} drops, {sum(len(d[2]) for d in drops) >> 10} KiB, the state takes {expected[3] >> 10} KiB")
    sizes = [int((64 << 10) * (expected[3] * 1.1 / (64 << 10)) ** (i / (arguments.sizes - 1)))
             for i in range(arguments.sizes)]
    for size in sizes:
        guarded(report, f"{size >> 10} KiB", one_size, arguments, scratch, report, drops, expected, size, rng)
    for leaving in [0, 4 << 10, 32 << 10, 128 << 10, 512 << 10, 1 << 20, 2 << 20, 4 << 20, 8 << 20]:
        guarded(report, f"{leaving >> 10} KiB left", filled_meanwhile, arguments, scratch, report, drops, expected,
                leaving, rng)


def guarded(report, name, function, *arguments):
    try:
        function(*arguments)
    except (Failure, campaign.Refused, OSError, EOFError) as error:
        report.check(False, f"{name}: could be tried to its end", f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    campaign.main("full-disk", __doc__, options, body)

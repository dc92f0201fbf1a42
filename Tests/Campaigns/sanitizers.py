#!/usr/bin/env python3
"""Builds the tests with the thread sanitizer and with the address sanitizer, each into a build path of its own, runs those
of the daemon, the sockets and the inbox, and lists what the sanitizers say. No suppressions: every report is a failure."""

import argparse
import collections
import os
import re
import subprocess
import sys
import time

SUITES = ["DaemonTests", "SocketTests", "InboxTests"]
# A report begins with one of these and ends with a line of "=" or the summary.
BEGIN = re.compile(r"(WARNING: ThreadSanitizer|ERROR: AddressSanitizer|ERROR: LeakSanitizer): (.*?)(?: \(pid=\d+\))?$")
FRAME = re.compile(r"^\s+#\d+ (.*)$")


def run(command, environment, log, timeout):
    with open(log, "wb") as file:
        return subprocess.run(command, env=environment, stdout=file, stderr=subprocess.STDOUT, timeout=timeout).returncode


def reports(text):
    """[(kind, the first frames in our own sources, the whole report)]"""
    found = []
    lines = text.splitlines()
    index = 0
    while index < len(lines):
        match = BEGIN.search(lines[index])
        if not match:
            index += 1
            continue
        end = index + 1
        while end < len(lines) and not lines[end].startswith("SUMMARY:") and not BEGIN.search(lines[end]):
            end += 1
        block = lines[index:end + 1]
        frames = [frame.group(1) for frame in map(FRAME.match, block) if frame]
        ours = [frame for frame in frames if "/Sources/" in frame and "/checkouts/" not in frame]
        found.append((match.group(2), tuple((ours or frames)[:2]), "\n".join(block)))
        index = end
    return found


def main():
    parser = argparse.ArgumentParser(prog="sanitizers", description=__doc__,
                                     formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    package = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
    parser.add_argument("--sanitize", action="append", choices=["thread", "address"], help="only this one")
    parser.add_argument("--suite", action="append", help=f"a test target; by default {', '.join(SUITES)}")
    parser.add_argument("--package", default=package, help="the package to build")
    parser.add_argument("--jobs", type=int, default=2, help="compilers at a time")
    parser.add_argument("--skip-build", action="store_true", help="run what was built before")
    parser.add_argument("--aurad", metavar="PATH", help="not used; the tests bring the daemon with them")
    arguments = parser.parse_args()
    environment = dict(
        os.environ, TSAN_OPTIONS="halt_on_error=0 second_deadlock_stack=1 history_size=5",
        # Swift keeps some things to the end of the process on purpose.
        ASAN_OPTIONS="detect_leaks=0 halt_on_error=1")
    failed = 0
    for sanitizer in arguments.sanitize or ["thread", "address"]:
        path = os.path.join(arguments.package, f".build-{sanitizer}")
        began = time.monotonic()
        common = ["--package-path", arguments.package, "--build-path", path, "--sanitize", sanitizer]
        os.makedirs(path, exist_ok=True)
        if not arguments.skip_build:
            log = os.path.join(path, "build.log")
            code = run(["nice", "-n", "10", "swift", "build", "--build-tests", "-j", str(arguments.jobs), *common],
                       environment, log, 4 * 3600)
            print(f"{'PASS' if code == 0 else 'FAIL'}  {sanitizer}: builds, {time.monotonic() - began:.0f} s ({log})", flush=True)
            if code:
                failed += 1
                continue
        for suite in arguments.suite or SUITES:
            log = os.path.join(path, f"{suite}.log")
            began = time.monotonic()
            # One test at a time: side by side, sanitized daemons keep each other from answering within their deadlines.
            code = run(["nice", "-n", "5", "swift", "test", "--skip-build", "--no-parallel", "--filter", f"^{suite}\\.", *common],
                       environment, log, 3600)
            with open(log, errors="replace") as file:
                text = file.read()
            found = reports(text)
            tests = re.findall(r"Test run with (\d+) tests?", text)
            good = not found and code == 0 and tests and int(tests[-1]) > 0
            failed += not good
            print(f"{'PASS' if good else 'FAIL'}  {sanitizer}, {suite}: {tests[-1] if tests else 'no'} tests, exit code {code}, "
                  f"{len(found)} reports, {time.monotonic() - began:.0f} s ({log})", flush=True)
            for (kind, frames), count in collections.Counter((kind, frames) for kind, frames, _ in found).most_common(20):
                print(f"      {count} × {kind}")
                for frame in frames:
                    print(f"          {frame[:220]}")
    print(f"{'FAIL' if failed else 'PASS'}  sanitizers")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""How far off forecasts of revenue totals are, asked from outside: a daemon is started on a scratch directory for each
company, loaded, and asked for the next 30 and 90 days at ten past days; what came is in the transactions themselves.

    totals.py --bin .build/release [--data FOLDER …] [--seeds 1 2 3 4 5 6] [--clients 300] [--days 730]

A folder has demographics.csv and transactions.csv. Prints one line a total with --each, then the median error, the error
of taking last month's or last year's days (where there are any), and the share of intervals that hold.
"""
import argparse, csv, datetime, json, os, shutil, socket, statistics, struct, subprocess, sys, tempfile, time

RATES = {"USD": 1.0, "EUR": 1.08, "GBP": 1.27, "JPY": 0.0067}


class Aura:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(path)
        self.stream = self.socket.makefile("rb")
        self.last_id = 0

    def call(self, method, **params):
        self.last_id += 1
        body = json.dumps({"jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params}).encode()
        self.socket.sendall(struct.pack(">I", len(body)) + body)
        while True:
            (length,) = struct.unpack(">I", self.stream.read(4))
            answer = json.loads(self.stream.read(length))
            if "method" in answer:
                continue
            if "error" in answer:
                raise RuntimeError(json.dumps(answer["error"]))
            return answer["result"]


def company(folder, binaries, scratch):
    """A daemon that has loaded the folder: its process and a connection."""
    shutil.rmtree(scratch, ignore_errors=True)
    os.makedirs(scratch)
    with open(f"{scratch}/aurad.yaml", "w") as file:
        file.write("as_of: data\nfx: fx.csv\nforecasts: { keep: false }\n")
    with open(f"{scratch}/fx.csv", "w") as file:
        file.write("date,currency,rate_to_base\n")
        file.writelines(f"2000-01-01,{code},{rate}\n" for code, rate in RATES.items() if code != "USD")
    path = f"{scratch}/aurad.sock"
    log = open(f"{scratch}/log", "w")
    daemon = subprocess.Popen(
        [f"{binaries}/aurad", "--config", f"{scratch}/aurad.yaml", "--state-dir", f"{scratch}/state", "--socket", path],
        stderr=log, stdout=log)
    for _ in range(200):
        if os.path.exists(path):
            break
        time.sleep(0.1)
    environment = dict(os.environ, AURA_SOCKET=path)
    for category in ["demographics", "transactions"]:
        subprocess.run(
            [f"{binaries}/aurac", "ingest", f"{folder}/{category}.csv", "--category", category, "--wait"],
            env=environment, check=True, stdout=subprocess.DEVNULL)
    subprocess.run([f"{binaries}/aurac", "refresh", "--wait"], env=environment, check=True, stdout=subprocess.DEVNULL)
    return daemon, Aura(path)


def revenue(folder):
    """Day → what came, in the base currency, of clients that there are."""
    with open(f"{folder}/demographics.csv", newline="") as file:
        known = {row["customer_id"] for row in csv.DictReader(file)}
    days = {}
    seen = set()
    with open(f"{folder}/transactions.csv", newline="") as file:
        for row in csv.DictReader(file):
            if row["transaction_id"] in seen or row["customer_id"] not in known:
                continue
            seen.add(row["transaction_id"])
            day = datetime.date.fromisoformat(row["transaction_date"][:10])
            days[day] = days.get(day, 0.0) + float(row["amount"]) * RATES[row["currency"] or "USD"]
    return days


def total(days, first, count):
    return sum(days.get(first + datetime.timedelta(i), 0.0) for i in range(count))


def measure(name, folder, options, scratch, rows):
    daemon, aura = company(folder, options.bin, scratch)
    try:
        days = revenue(folder)
        first, last = min(days), max(days)
        latest = last - datetime.timedelta(90)
        earliest = first + datetime.timedelta(int((last - first).days * options.begin))
        step = (latest - earliest).days / 9
        for number in range(10):
            as_of = earliest + datetime.timedelta(round(step * number))
            began = time.time()
            answer = aura.call("forecast.get", metric="revenue", as_of=as_of.isoformat())
            seconds = time.time() - began
            for horizon in (30, 90):
                found = answer["totals"][str(horizon)]
                start = as_of + datetime.timedelta(1)
                came = total(days, start, horizon)
                month = total(days, as_of - datetime.timedelta(horizon - 1), horizon)
                year_start = start - datetime.timedelta(364)
                year = total(days, year_start, horizon) if year_start >= first else None
                rows.append(
                    dict(
                        company=name, as_of=as_of.isoformat(), horizon=horizon, came=came, yhat=found["yhat"],
                        error=abs(found["yhat"] - came) / abs(came), bias=(found["yhat"] - came) / abs(came),
                        held=found["yhat_lower"] <= came <= found["yhat_upper"],
                        width=(found["yhat_upper"] - found["yhat_lower"]) / abs(came),
                        before=abs(month - came) / abs(came),
                        year=None if year is None else abs(year - came) / abs(came),
                        model=answer["model"]["name"], seconds=seconds))
                if options.each:
                    print(json.dumps(rows[-1]))
    finally:
        daemon.terminate()
        daemon.wait()


def summary(title, rows):
    def median(key):
        values = [row[key] for row in rows if row[key] is not None]
        return f"{100 * statistics.median(values):6.1f} %" if values else "     –  "
    held = 100 * sum(row["held"] for row in rows) / len(rows)
    print(
        f"{title:28s} n {len(rows):3d}  error {median('error')}  bias {median('bias')}  days before {median('before')}  "
        f"last year {median('year')}  held {held:5.1f} %  width {median('width')}  "
        f"slowest {max(row['seconds'] for row in rows):.2f} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--data", nargs="*", default=[])
    parser.add_argument("--seeds", nargs="*", type=int, default=[])
    parser.add_argument("--clients", type=int, default=300)
    parser.add_argument("--days", type=int, default=730)
    parser.add_argument("--begin", type=float, default=0.4, help="the first day asked, as a share of the history")
    parser.add_argument("--each", action="store_true")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        companies = [(os.path.basename(path.rstrip("/")), path) for path in options.data]
        for seed in options.seeds:
            path = f"{folder}/sample-{seed}"
            subprocess.run(
                [f"{options.bin}/aurac", "sample", "--clients", str(options.clients), "--days", str(options.days),
                 "--seed", str(seed), path], check=True, stdout=subprocess.DEVNULL)
            companies.append((f"sample {seed}", path))
        for name, path in companies:
            own = []
            measure(name, path, options, f"{folder}/scratch", own)
            for horizon in (30, 90):
                summary(f"{name}, {horizon} days", [row for row in own if row["horizon"] == horizon])
            rows += own
    for horizon in (30, 90):
        summary(f"all, {horizon} days", [row for row in rows if row["horizon"] == horizon])
    summary("all", rows)


main()

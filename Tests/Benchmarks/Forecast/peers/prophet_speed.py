"""CPU time of PyPI prophet (and, if asked, statsforecast) per series over CSV files (ds,y)."""
import argparse
import glob
import json
import logging
import os
import resource
import time
import warnings

warnings.filterwarnings("ignore")
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(name, "1")
logging.disable(logging.CRITICAL)

import pandas as pd  # noqa: E402


def cpu_seconds():
    """This process and its finished children: prophet fits in a child process."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def run_prophet(frames, horizon):
    from prophet import Prophet

    fit = predict = 0.0
    for number, frame in enumerate(frames):
        model = Prophet()
        begin = cpu_seconds()
        model.fit(frame)
        middle = cpu_seconds()
        model.predict(model.make_future_dataframe(horizon, include_history=False))
        end = cpu_seconds()
        if number > 0:  # the first fit loads the libraries
            fit += middle - begin
            predict += end - middle
    count = max(1, len(frames) - 1)
    return fit / count, predict / count


def run_statsforecast(frames, horizon):
    from statsforecast.models import AutoETS, DynamicOptimizedTheta

    results = {}
    for model in (AutoETS(season_length=7), DynamicOptimizedTheta(season_length=7)):
        begin = None
        for number, frame in enumerate(frames):
            if number == 1:
                begin = cpu_seconds()
            model.forecast(y=frame["y"].to_numpy(float), h=horizon, level=[80])
        results[type(model).__name__] = (cpu_seconds() - begin) / max(1, len(frames) - 1)
    return results


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--horizon", type=int, default=90)
    parser.add_argument("--statsforecast", action="store_true")
    arguments = parser.parse_args()
    paths = sorted(glob.glob(os.path.join(arguments.folder, "*.csv")))
    frames = [pd.read_csv(path, parse_dates=["ds"]) for path in paths]
    wall = time.time()
    fit, predict = run_prophet(frames, arguments.horizon)
    print(json.dumps({
        "run": "pypi_prophet", "series": len(frames), "fit_ms": fit * 1000, "predict_ms": predict * 1000,
        "total_ms": (fit + predict) * 1000, "wall_s": time.time() - wall,
    }))
    if arguments.statsforecast:
        for name, seconds in run_statsforecast(frames, arguments.horizon).items():
            print(json.dumps({"run": "statsforecast_" + name, "series": len(frames), "total_ms": seconds * 1000}))


if __name__ == "__main__":
    main()

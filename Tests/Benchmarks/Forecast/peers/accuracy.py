"""Errors of PyPI prophet and statsforecast models from the origins `aura-bench forecast-backtest` uses.

Prints one JSON object per series, origin, horizon and model: mase, rmse and the error of the sum in the same unit, smape, coverage of
an 80 % interval.
"""
import argparse
import glob
import json
import logging
import os
import warnings

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402


def plan(frame, count):
    """Horizons, origins, seasonal lag of the scale and cycle length, by the spacing of the rows."""
    days = frame["ds"].diff().dt.total_seconds().mode().iloc[0] / 86400
    horizons = [48] if days < 0.9 else [14, 30, 90] if days < 3 else [13] if days < 10 else [12]
    longest, rows = horizons[-1], len(frame)
    origins = [rows - longest * number for number in range(1, count + 1)]
    origins = [o for o in origins if o >= max(2 * longest, 30) and (o == rows - longest or o >= 3 * longest)]
    season = 24 if days < 0.9 else 7 if days < 3 else 52 if days < 10 else 12
    return horizons, origins, 7 if 0.9 < days < 3 else 1, season


def forecasts(history, future, season, names):
    if "prophet" in names:
        from prophet import Prophet

        predicted = Prophet().fit(history).predict(future[["ds"]])
        yield "pypi_prophet", predicted[["yhat", "yhat_lower", "yhat_upper"]].to_numpy().T
    from statsforecast.models import AutoCES, AutoETS, DynamicOptimizedTheta

    values = history["y"].to_numpy(float)
    for name, model in (("ets", AutoETS), ("ces", AutoCES), ("theta", DynamicOptimizedTheta)):
        if name in names:
            result = model(season_length=season).forecast(y=values, h=len(future), level=[80])
            yield "statsforecast_" + model.__name__, np.array([result["mean"], result["lo-80"], result["hi-80"]])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--origins", type=int, default=3)
    parser.add_argument("--models", default="prophet,ets,ces,theta")
    arguments = parser.parse_args()
    for path in sorted(glob.glob(os.path.join(arguments.folder, "**", "*.csv"), recursive=True)):
        frame = pd.read_csv(path, parse_dates=["ds"])
        horizons, origins, lag, season = plan(frame, arguments.origins)
        for number, origin in enumerate(origins, 1):
            history, future = frame.iloc[:origin], frame.iloc[origin:origin + horizons[-1]]
            values = history["y"].to_numpy(float)
            scale = max(np.nanmean(np.abs(values[lag:] - values[:-lag])), 1e-9)
            actual = future["y"].to_numpy(float)
            for model, (yhat, lower, upper) in forecasts(history, future, season, arguments.models.split(",")):
                for horizon in horizons:
                    y, f = actual[:horizon], yhat[:horizon]
                    size = np.abs(y) + np.abs(f)
                    print(json.dumps({
                        "group": os.path.basename(os.path.dirname(path)),
                        "series": os.path.splitext(os.path.basename(path))[0],
                        "origin": number, "horizon": horizon, "model": model,
                        "mase": float(np.nanmean(np.abs(y - f)) / scale),
                        "rmse": float(np.sqrt(np.nanmean((y - f) ** 2)) / scale),
                        "total": float(abs(np.nanmean(y - f)) / scale),
                        "smape": float(np.mean(np.where(size > 0, 200 * np.abs(y - f) / np.maximum(size, 1e-300), 0))),
                        "coverage": float(np.mean((y >= lower[:horizon]) & (y <= upper[:horizon]))),
                    }), flush=True)


if __name__ == "__main__":
    main()

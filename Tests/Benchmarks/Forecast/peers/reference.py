"""Writes reference files for `aura-bench forecast-reference` from PyPI prophet, for made series of many kinds."""
import argparse
import json
import logging
import os
import warnings

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from prophet import Prophet  # noqa: E402


def log_density(model, history, features, priors, additive, multiplicative, parameters):
    """The log posterior density without constants, at the parameters the optimiser returned."""
    k, m, delta, beta, sigma = parameters
    t = history["t"].to_numpy()
    change = model.changepoints_t
    rate = k + (t[:, None] >= change[None, :]) @ delta
    if model.growth == "logistic":
        z = k * (t - m) + np.maximum(0, t[:, None] - change[None, :]) @ delta
        trend = history["cap_scaled"].to_numpy() / (1 + np.exp(-z))
    elif model.growth == "flat":
        trend = np.full(len(t), m)
    else:
        trend = rate * t + m - (t[:, None] >= change[None, :]) @ (delta * change)
    fitted = trend * (1 + features @ (beta * multiplicative)) + features @ (beta * additive)
    rss = float(((history["y_scaled"].to_numpy() - fitted) ** 2).sum())
    density = -len(t) * np.log(sigma) - rss / (2 * sigma**2) - (k**2 + m**2) / 50
    density -= np.abs(delta).sum() / model.changepoint_prior_scale + 2 * sigma**2
    return density - 0.5 * float(((beta / priors) ** 2).sum())


def reference(name, frame, config, future_rows):
    capacity = config.pop("cap", None)
    model = Prophet(uncertainty_samples=0, **config)
    if capacity is not None:
        frame["cap"] = capacity
    model.fit(frame.copy())
    future = model.make_future_dataframe(future_rows, include_history=False, freq=pd.infer_freq(frame["ds"]) or "D")
    if capacity is not None:
        future["cap"] = capacity
    predicted = model.predict(future)
    history = model.history
    matrix, priors, components, _ = model.make_all_seasonality_features(history)
    names = list(matrix.columns)
    additive = components["additive_terms"].to_numpy(float)
    multiplicative = components["multiplicative_terms"].to_numpy(float)
    raw = model.params
    parameters = (
        float(raw["k"][0][0]), float(raw["m"][0][0]), raw["delta"][0], raw["beta"][0], float(raw["sigma_obs"][0][0]))
    features = matrix.to_numpy()
    shortcut = history["y"].min() == history["y"].max() and model.growth != "logistic"
    density = log_density(model, history, features, np.array(priors), additive, multiplicative, parameters)
    columns = ["yhat", "trend", "additive_terms", "multiplicative_terms"]
    columns += [name for name in model.seasonalities if name in predicted]
    stated = {"growth": model.growth, "seasonality_mode": model.seasonality_mode,
              "n_changepoints": config.get("n_changepoints", 25), "changepoint_range": model.changepoint_range,
              "changepoint_prior_scale": model.changepoint_prior_scale, "scaling": model.scaling}
    data = {"ds": [str(d) for d in frame["ds"]], "y": [None if np.isnan(v) else float(v) for v in frame["y"]]}
    if capacity is not None:
        data["cap"] = capacity
    return {
        "name": name, "config": stated, "data": data, "scaling": {"y_scale": float(model.y_scale)},
        "features": {
            "columns": names, "prior_scales": [float(p) for p in priors], "additive": additive.tolist(),
            "multiplicative": multiplicative.tolist(), "first_row": features[0].tolist(),
            "last_row": features[-1].tolist(), "column_sums": features.sum(0).tolist()},
        "changepoints": {"t": model.changepoints_t.tolist(), "n_used": len(model.changepoints)},
        "stan": {
            "params": {"k": parameters[0], "m": parameters[1], "delta": list(map(float, parameters[2])),
                       "sigma_obs": parameters[4], "beta": list(map(float, parameters[3]))},
            "lp_recomputed": None if shortcut or len(model.changepoints) == 0 else density},
        "future": {"ds": [str(d) for d in future["ds"]]},
        "predict_stan_params": {column: predicted[column].tolist() for column in columns if column in predicted},
    }


def made(kind, number):
    random = np.random.default_rng(1000 + number)
    rows = int(random.choice([5, 9, 16, 30, 45, 80, 120, 400, 900]))
    frequency = {"daily": "D", "weekly": "W", "monthly": "MS", "hourly": "h"}[kind]
    ds = pd.date_range("2020-03-01", periods=rows, freq=frequency)
    index = np.arange(rows)
    y = 50 + 20 * random.normal() + random.normal() * index / rows * 20
    y = y + 8 * np.sin(2 * np.pi * index / 7) + random.choice([0.5, 3, 10]) * random.normal(size=rows)
    if random.random() < 0.3:
        y = np.maximum(0, np.round(y / 20))
    frame = pd.DataFrame({"ds": ds, "y": y})
    if rows > 20 and random.random() < 0.3:
        frame.loc[random.choice(rows, rows // 8, replace=False), "y"] = np.nan
    config = {}
    choice = random.random()
    if choice < 0.25:
        config["seasonality_mode"] = "multiplicative"
    elif choice < 0.4:
        config["growth"] = "flat"
    elif choice < 0.55:
        config.update(growth="logistic", cap=float(np.nanmax(np.abs(y)) * 1.5 + 1))
        frame["y"] = frame["y"].abs()
    if random.random() < 0.3:
        config["changepoint_prior_scale"] = float(random.choice([0.001, 0.5]))
    if random.random() < 0.2 and "cap" not in config:
        config["scaling"] = "minmax"
    return frame, config


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--count", type=int, default=40)
    arguments = parser.parse_args()
    os.makedirs(arguments.folder, exist_ok=True)
    for number in range(arguments.count):
        kind = ["daily", "daily", "weekly", "monthly", "hourly"][number % 5]
        frame, config = made(kind, number)
        name = f"made{number:03d}_{kind}_{len(frame)}_{config.get('growth', 'linear')}"
        try:
            result = reference(name, frame, dict(config), 20)
        except Exception as error:  # what prophet itself cannot fit is no reference
            print(name, "left out:", error)
            continue
        with open(os.path.join(arguments.folder, name + ".json"), "w", encoding="utf-8") as file:
            json.dump(result, file)


if __name__ == "__main__":
    main()

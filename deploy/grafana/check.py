#!/usr/bin/env python3
"""check.py [PROMETHEUS_URL]: what can be said of dashboards/*.json without a Grafana.

The generated ones are what dashboards.py gives; uid, title and panel ids are unique, panels lie within the 24
columns and do not overlap, data sources are provisioned ones, promtool can read each query. With the address of a
Prometheus that watches a running platform, each query must also give a series. What is wrong goes to standard
output; exit code 1."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
BUILT_IN = {"__rate_interval": "1m", "__interval": "15s", "__range": "1h"}
found = []


def compare_with_source():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, HERE / "dashboards.py", folder], check=True)
        for fresh in pathlib.Path(folder).iterdir():
            kept = HERE / "dashboards" / fresh.name
            if not kept.exists() or kept.read_text() != fresh.read_text():
                found.append(f"{fresh.name} is not what dashboards.py gives: run deploy/grafana/dashboards.py")


def check_shape(name, dashboard):
    boxes = []
    for key in ("uid", "title", "schemaVersion", "panels"):
        if not dashboard.get(key):
            found.append(f"{name} has no {key}")
    ids = [panel.get("id") for panel in dashboard["panels"]]
    if len(set(ids)) != len(ids):
        found.append(f"{name}: two panels have the same id")
    for panel in dashboard["panels"]:
        box = panel["gridPos"]
        if box["x"] + box["w"] > 24:
            found.append(f"{name}: {panel['title']} does not fit into 24 columns")
        for title, other in boxes:
            if (box["x"] < other["x"] + other["w"] and other["x"] < box["x"] + box["w"]
                    and box["y"] < other["y"] + other["h"] and other["y"] < box["y"] + box["h"]):
                found.append(f"{name}: {panel['title']} lies upon {title}")
        boxes.append((panel["title"], box))
        if not panel.get("targets"):
            found.append(f"{name}: {panel['title']} asks nothing")


def provisioned():
    return set(re.findall(r"uid: (\S+)", (HERE / "provisioning/datasources/waybill.yml").read_text()))


def queries(name, dashboard, sources):
    """(where, PromQL) of each query to Prometheus."""
    variables = {variable["name"] for variable in dashboard.get("templating", {}).get("list", [])}

    def concrete(match):
        variable = match.group(1) or match.group(2)
        if variable not in variables | BUILT_IN.keys():
            found.append(f"{name}: there is no variable ${variable}")
        return BUILT_IN.get(variable, ".+")

    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            source = (target.get("datasource") or panel.get("datasource") or {}).get("uid")
            if source not in sources:
                found.append(f"{name}: {panel['title']} asks a data source that is not provisioned: {source}")
            if "expr" in target:
                yield f"{name}: {panel['title']}", re.sub(r"\$\{(\w+)(?::\w+)?\}|\$(\w+)", concrete, target["expr"])


def check_syntax(all_queries):
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as rules:
        json.dump({"groups": [{"name": "dashboards", "rules": [{"record": f"d:{i}", "expr": query} for i, (_, query) in enumerate(all_queries)]}]}, rules)
        rules.flush()
        checked = subprocess.run(["promtool", "check", "rules", rules.name], capture_output=True, text=True)
        if checked.returncode:
            found.append(checked.stdout + checked.stderr)


def ask(prometheus, query):
    url = f"{prometheus}/api/v1/query?" + urllib.parse.urlencode({"query": query})
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.load(answer)["data"]["result"]
    except urllib.error.HTTPError as error:
        return json.load(error)["error"]


def check_data(prometheus, all_queries, patience=45):
    """A metric may be new: Prometheus has seen it after a scrape or two."""
    missing, deadline = all_queries, time.monotonic() + patience
    while missing and time.monotonic() < deadline:
        answers = [(where, query, ask(prometheus, query)) for where, query in missing]
        missing = [(where, query) for where, query, answer in answers if not answer or isinstance(answer, str)]
        if missing:
            time.sleep(1)
    found.extend(f"{where}: nothing for {query}" for where, query in missing)


def main():
    compare_with_source()
    all_queries, uids = [], set()
    for file in sorted((HERE / "dashboards").glob("*.json")):
        dashboard = json.loads(file.read_text())
        check_shape(file.name, dashboard)
        if dashboard["uid"] in uids:
            found.append(f"{file.name}: its uid is another's, too")
        uids.add(dashboard["uid"])
        all_queries += queries(file.name, dashboard, provisioned())
    check_syntax(all_queries)
    if len(sys.argv) > 1:
        check_data(sys.argv[1], all_queries)
    print("\n".join(found) or f"{len(uids)} dashboards, {len(all_queries)} queries: all fine")
    sys.exit(bool(found))


main()

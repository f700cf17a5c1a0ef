#!/usr/bin/env python3
"""scaling.py PROMETHEUS FOLDER SVG: draws what scaling.sh measured; FOLDER has its stages."""
import json
import pathlib
import sys
import urllib.parse
import urllib.request

STEP = 2  # seconds
WIDTH, LEFT, TOP, PLOT, GAP = 960, 70, 70, 170, 60
QUESTIONS = [
    ("orders per second", "#2563eb", 'sum(rate(orders_changed_total{status="CONFIRMED"}[12s]))', 1),
    ("critical time p95, ms (from sending a command to its commit)", "#dc2626",
     'histogram_quantile(0.95, sum by (le) (rate(command_critical_seconds_bucket{queue="order"}[12s])))', 1000),
]


def ask(prometheus, query, begin, end):
    question = urllib.parse.urlencode({"query": query, "start": begin, "end": end, "step": STEP})
    with urllib.request.urlopen(f"{prometheus}/api/v1/query_range?{question}", timeout=10) as answer:
        series = json.load(answer)["data"]["result"]
    return [(float(at), float(value)) for at, value in series[0]["values"] if value != "NaN"] if series else []


def nice(most):
    """The next of 1, 2, 5 times a power of ten."""
    power = 1
    while True:
        for one in (1, 2, 5):
            if one * power >= most:
                return one * power
        power *= 10


def text(x, y, words, size=12, anchor="start", color="#334155"):
    return f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" text-anchor="{anchor}" fill="{color}">{words}</text>'


def main():
    prometheus, folder, svg = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
    stages = [tuple(map(int, line.split())) for line in (folder / "stages").read_text().splitlines()]
    begin, end = stages[0][0], int((folder / "end").read_text())
    height = TOP + len(QUESTIONS) * (PLOT + GAP)
    place = lambda at: LEFT + (at - begin) / (end - begin) * (WIDTH - LEFT - 20)
    shown = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif">',
             f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>']
    for i, (since, clients, processes) in enumerate(stages):
        until = stages[i + 1][0] if i + 1 < len(stages) else end
        x, wide = place(since), place(until) - place(since)
        shown.append(f'<rect x="{x:.0f}" y="{TOP - 45}" width="{wide:.0f}" height="{height - TOP + 10}" fill="{"#f1f5f9" if i % 2 else "#ffffff"}"/>')
        shown.append(text(x + wide / 2, TOP - 28, f"{clients} clients", anchor="middle"))
        shown.append(text(x + wide / 2, TOP - 12, f"× {processes}", anchor="middle"))
    for i, (title, color, query, factor) in enumerate(QUESTIONS):
        top, bottom = TOP + i * (PLOT + GAP) + 20, TOP + i * (PLOT + GAP) + PLOT
        points = [(at, value * factor) for at, value in ask(prometheus, query, begin, end)]
        if not points:
            sys.exit(f"Prometheus knows nothing of {query}")
        most = nice(max(value for _, value in points))
        shown.append(text(LEFT, top - 6, title, 13, color=color))
        for part in range(5):
            y = bottom - part / 4 * (bottom - top)
            shown.append(f'<line x1="{LEFT}" x2="{WIDTH - 20}" y1="{y:.0f}" y2="{y:.0f}" stroke="#cbd5e1" stroke-width="0.5"/>')
            shown.append(text(LEFT - 8, y + 4, f"{most * part / 4:g}", anchor="end"))
        line = " ".join(f"{place(at):.1f},{bottom - value / most * (bottom - top):.1f}" for at, value in points)
        shown.append(f'<polyline points="{line}" fill="none" stroke="{color}" stroke-width="2"/>')
        for at in range(0, end - begin + 1, 30):
            shown.append(text(place(begin + at), bottom + 18, f"{at} s", 11, "middle"))
    pathlib.Path(svg).write_text("\n".join(shown + ["</svg>"]) + "\n")


main()

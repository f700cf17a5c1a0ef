#!/usr/bin/env python3
"""days.py [--out DIR] [--clients N] [--days N]: twenty days of advertising on a running platform, drawn.

Makes advertisers, campaigns and clients of a town of its own, sets the clock of days forward one by one, lets clients come, see ads and click
on some of them, and draws what /v1/stats tells: spending per day (adverts-spending.svg) and how far campaigns came towards their limits
(adverts-fulfilment.svg). Needs the environment of an instance (deploy/local/env.sh) with nothing else on its clock. Every answer is counted:
exit code 1 when the statistics tell another number of impressions or clicks than the clients saw, or a limit was passed."""
import argparse
import collections
import concurrent.futures
import http.client
import json
import os
import pathlib
import random
import sys
import threading
import urllib.parse
import uuid

ADVERTISERS = ["Lanterns", "Teapots", "Bunting", "Clocks", "Ribbons", "Hearts"]
COLOURS = ["#3366aa", "#cc6633", "#559944", "#886699", "#bb9922", "#447788"]
AT_ONCE = 8
local = threading.local()
address = urllib.parse.urlsplit(os.environ["WAYBILL_GATEWAY"])
token = ""


def ask(method, path, body=None, form=False):
    """(status, decoded answer)"""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded" if form else "application/json"
        body = urllib.parse.urlencode(body) if form else json.dumps(body)
    if not hasattr(local, "line"):
        local.line = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
    local.line.request(method, path, body, headers)
    answer = local.line.getresponse()
    text = answer.read()
    return answer.status, json.loads(text) if text else None


def must(method, path, body=None, form=False):
    status, answer = ask(method, path, body, form)
    if status >= 300:
        sys.exit(f"{method} {path}: {status} {answer}")
    return answer


def sign_in():
    global token
    password = pathlib.Path(os.environ["WAYBILL_PASSWORD_FILE"]).read_text().strip()
    token = must("POST", "/v1/auth/token", {"grant_type": "password", "username": os.environ["WAYBILL_EMAIL"], "password": password}, form=True)["access_token"]


class Town:
    """Everybody lives in one place, so that nobody else's campaigns play a part."""

    def __init__(self, clients, days, dice):
        self.dice, self.days = dice, days
        self.place = f"town-{uuid.uuid4()}"
        self.advertisers = [{"advertiser_id": str(uuid.uuid4()), "name": name} for name in ADVERTISERS]
        must("POST", "/v1/advertisers/bulk", self.advertisers)
        self.clients = [{"client_id": str(uuid.uuid4()), "login": f"client-{i}", "age": dice.randint(16, 75), "location": self.place,
                         "gender": dice.choice(["MALE", "FEMALE"])} for i in range(clients)]
        must("POST", "/v1/clients/bulk", self.clients)
        self.scores = {}
        for client in self.clients:
            for one in dice.sample(self.advertisers, 3):
                self.scores[client["client_id"], one["advertiser_id"]] = dice.randint(1, 100)
        self.each(lambda pair: must("POST", "/v1/ml-scores", {"client_id": pair[0], "advertiser_id": pair[1], "score": self.scores[pair]}), list(self.scores))
        must("POST", "/v1/time/advance", {"current_date": 1})
        self.campaigns = [self.make_campaign(i) for i in range(18)]

    @staticmethod
    def each(work, things):
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(work, things))

    def make_campaign(self, number):
        dice = self.dice
        start = dice.randint(1, self.days - 6)
        body = {"ad_title": f"{ADVERTISERS[number % 6]} {number // 6 + 1}", "ad_text": "White metal", "impressions_limit": dice.choice([200, 400, 700, 1000]),
                "clicks_limit": 200, "cost_per_impression": round(dice.uniform(0.1, 1), 2), "cost_per_click": round(dice.uniform(1, 5), 2),
                "start_date": start, "end_date": min(self.days, start + dice.randint(4, 12)), "targeting": {"location": self.place}}
        if dice.random() < 0.4:
            body["targeting"]["gender"] = dice.choice(["MALE", "FEMALE"])
        if dice.random() < 0.4:
            body["targeting"]["age_from"] = dice.randint(18, 40)
        return must("POST", f"/v1/advertisers/{self.advertisers[number % 6]['advertiser_id']}/campaigns", body)

    def visit(self, client, chance):
        """(campaign shown or None, clicked)"""
        status, ad = ask("GET", f"/v1/ads?client_id={client}")
        if status == 404:
            return None, False
        if status != 200:
            sys.exit(f"an ad: {status} {ad}")
        score = self.scores.get((client, ad["advertiser_id"]), 0)
        if chance > 0.03 + 0.003 * score:
            return ad["ad_id"], False
        must("POST", f"/v1/ads/{ad['ad_id']}/click", {"client_id": client})
        return ad["ad_id"], True

    def live(self):
        """What the clients saw: impressions and clicks by campaign and day."""
        seen, clicked, without = collections.Counter(), collections.Counter(), 0
        for day in range(1, self.days + 1):
            must("POST", "/v1/time/advance", {"current_date": day})
            busy = 0.2 if day % 7 in (6, 0) else 0.5  # weekends are quiet
            visits = [(client["client_id"], self.dice.random()) for client in self.clients if self.dice.random() < busy]
            for ad, click in self.each(lambda visit: self.visit(*visit), visits):
                without += ad is None
                if ad:
                    seen[ad, day] += 1
                    clicked[ad, day] += click
            print(f"day {day}: {len(visits)} visits", file=sys.stderr)
        return seen, clicked, without


def check(town, daily, seen, clicked):
    wrong = []
    for campaign in town.campaigns:
        one, limit = campaign["campaign_id"], campaign["impressions_limit"]
        for day in range(1, town.days + 1):
            told = daily[one].get(day, {"impressions_count": 0, "clicks_count": 0})
            if (told["impressions_count"], told["clicks_count"]) != (seen[one, day], clicked[one, day]):
                wrong.append(f"{campaign['ad_title']}, day {day}: told {told}, seen {seen[one, day]} and {clicked[one, day]}")
        shown = sum(told["impressions_count"] for told in daily[one].values())
        if shown > limit + limit // 20:
            wrong.append(f"{campaign['ad_title']}: {shown} impressions of {limit}")
    return wrong


def text(x, y, words, anchor="start", size=12):
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}">{words}</text>'


def picture(width, height, parts):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'font-family="DejaVu Sans, sans-serif" fill="#222">\n<rect width="{width}" height="{height}" fill="#fff"/>\n' + "\n".join(parts) + "\n</svg>\n")


def draw_spending(town, daily):
    """Stacked bars: what each advertiser spent on each day."""
    width, height, left, bottom, top = 900, 420, 60, 370, 50
    spent = [[sum(daily[c["campaign_id"]].get(day, {}).get("spent_total", 0) for c in town.campaigns if c["advertiser_id"] == one["advertiser_id"])
              for one in town.advertisers] for day in range(1, town.days + 1)]
    most = max(sum(day) for day in spent)
    step = next(s for s in (10, 20, 50, 100, 200, 500, 1000, 2000) if most / s <= 8)
    scale = (bottom - top) / (step * (most // step + 1))
    parts = [text(left, 25, "Spending per day by advertiser", size=15)]
    for line in range(0, int(most // step) + 2):
        y = bottom - line * step * scale
        parts += [f'<line x1="{left}" x2="{width - 130}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>', text(left - 6, y + 4, line * step, "end")]
    slot = (width - 130 - left) / town.days
    for day, sums in enumerate(spent):
        y = bottom
        for colour, money in zip(COLOURS, sums):
            y -= money * scale
            parts.append(f'<rect x="{left + day * slot + 3:.1f}" y="{y:.1f}" width="{slot - 6:.1f}" height="{money * scale:.1f}" fill="{colour}"/>')
        parts.append(text(left + (day + 0.5) * slot, bottom + 16, day + 1, "middle"))
    parts.append(text(left + (width - 130 - left) / 2, bottom + 38, "day", "middle"))
    for i, name in enumerate(ADVERTISERS):
        parts += [f'<rect x="{width - 115}" y="{top + 22 * i}" width="14" height="14" fill="{COLOURS[i]}"/>', text(width - 95, top + 12 + 22 * i, name)]
    return picture(width, height, parts)


def draw_fulfilment(town, daily):
    """A row per campaign: its days, darker the nearer to its limit, and the share at the end."""
    left, top, row, width = 110, 70, 24, 900
    height = top + row * len(town.campaigns) + 50
    slot = (width - 170 - left) / town.days
    parts = [text(left, 25, "Impressions as a share of the limit, after each day", size=15),
             text(left, 45, "outlined: the days of the campaign; at the right: shown / limit", size=11)]
    for number, campaign in enumerate(sorted(town.campaigns, key=lambda c: (c["start_date"], c["ad_title"]))):
        y, shown, limit = top + number * row, 0, campaign["impressions_limit"]
        colour = COLOURS[ADVERTISERS.index(campaign["ad_title"].split()[0])]
        parts.append(text(left - 8, y + 15, campaign["ad_title"], "end"))
        for day in range(campaign["start_date"], campaign["end_date"] + 1):
            shown += daily[campaign["campaign_id"]].get(day, {}).get("impressions_count", 0)
            parts.append(f'<rect x="{left + (day - 1) * slot + 1:.1f}" y="{y + 2}" width="{slot - 2:.1f}" height="{row - 5}" fill="{colour}" '
                         f'fill-opacity="{min(1, shown / limit):.3f}" stroke="{colour}" stroke-opacity="0.5"/>')
        parts.append(text(width - 160, y + 15, f"{shown} / {limit} = {100 * shown / limit:.0f} %"))
    for day in range(1, town.days + 1):
        parts.append(text(left + (day - 0.5) * slot, top + row * len(town.campaigns) + 16, day, "middle"))
    parts.append(text(left + (width - 170 - left) / 2, top + row * len(town.campaigns) + 38, "day", "middle"))
    return picture(width, height, parts)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("docs"))
    parser.add_argument("--clients", type=int, default=1500)
    parser.add_argument("--days", type=int, default=20)
    flags = parser.parse_args()
    sign_in()
    town = Town(flags.clients, flags.days, random.Random(8))
    seen, clicked, without = town.live()
    daily = {c["campaign_id"]: {told["date"]: told for told in must("GET", f"/v1/stats/campaigns/{c['campaign_id']}/daily")} for c in town.campaigns}
    wrong = check(town, daily, seen, clicked)
    (flags.out / "adverts-spending.svg").write_text(draw_spending(town, daily))
    (flags.out / "adverts-fulfilment.svg").write_text(draw_fulfilment(town, daily))
    print(f"{sum(seen.values())} impressions, {sum(clicked.values())} clicks, {without} requests without an ad, "
          f"{sum(told['spent_total'] for days in daily.values() for told in days.values()):.2f} spent")
    print("\n".join(["WRONG " + one for one in wrong] or ["ok: the statistics tell what the clients saw, and no limit was passed"]))
    sys.exit(1 if wrong else 0)


main()

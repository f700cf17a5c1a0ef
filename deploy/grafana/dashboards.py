#!/usr/bin/env python3
"""dashboards.py [FOLDER]: writes Grafana's dashboards as JSON (default: dashboards/ beside this file).

A dashboard is a list of panels, a panel a title, a kind, a unit and its queries; they flow from left to
right over Grafana's 24 columns. Each service of deploy/local/services.txt gets a dashboard of its own, with
the panels of what it has: a queue, a database. Dashboards that are not Prometheus' only are written by hand
beside the generated ones."""
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
SERVICES = HERE.parent / "local" / "services.txt"
PROMETHEUS = {"type": "prometheus", "uid": "prometheus"}


def panel(title, *queries, kind="timeseries", unit="short", width=8, height=7, about=""):
    """queries: (PromQL, legend)."""
    return {"title": title, "kind": kind, "unit": unit, "w": width, "h": height, "about": about, "queries": queries}


def stat(title, query, unit="short", about=""):
    return panel(title, (query, ""), kind="stat", unit=unit, width=4, height=4, about=about)


def quantiles(metric, where, by=""):
    """p50, p95, p99 of a histogram over the last minute."""
    more = f",{by}" if by else ""
    legend = f" {{{{{by}}}}}" if by else ""
    return [(f"histogram_quantile({q}, sum by (le{more}) (rate({metric}_bucket{where}[1m])))", f"p{round(q * 100)}{legend}")
            for q in (0.5, 0.95, 0.99)]


def platform():
    return [
        stat("Processes", 'count(up{job="services"} == 1)', about="Processes of all services that answer."),
        stat("Answers per second", 'sum(rate(http_responses_total{service="gateway"}[1m]))', "reqps"),
        stat("Errors", 'sum(rate(http_responses_total{service="gateway",status=~"5.."}[5m])) / sum(rate(http_responses_total{service="gateway"}[5m]))', "percentunit",
             "Share of 5xx of the last five minutes. Promised: less than 0.1 %."),
        stat("Oldest saga", "max(saga_oldest_seconds)", "s", "How long the oldest order waits for its decision."),
        stat("Dead letters", 'sum(rabbitmq_queue_messages_ready{queue=~".+[.]dead"}) or vector(0)',
             about="Commands that no retry could help: waybill dead list."),
        stat("Alerts", 'count(ALERTS{alertstate="firing"}) or vector(0)'),
        panel("Processes by service", ('count by (service) (up{job="services"} == 1)', "{{service}}")),
        panel("Answers per second by status", ('sum by (status) (rate(http_responses_total{service="gateway"}[1m]))', "{{status}}"), unit="reqps"),
        panel("Time to answer", *quantiles("http_request_duration_seconds", '{service="gateway"}'), unit="s"),
        panel("Commands waiting and in hand", ('sum by (queue) (rabbitmq_queue_messages{queue=~"[a-z-]+"})', "{{queue}}"),
              about="Ready and unacknowledged, by queue."),
        panel("Critical time, p95", ("histogram_quantile(0.95, sum by (le, queue) (rate(command_critical_seconds_bucket[1m])))", "{{queue}}"),
              unit="s", about="From first sending a command to its commit."),
        panel("Age of the oldest command", ("max by (queue) (command_oldest_seconds)", "{{queue}}"), unit="s"),
        panel("Oldest row not yet told", ("max by (service, channel) (outbox_oldest_seconds)", "{{service}} {{channel}}"), unit="s"),
        panel("Projections behind", ("sum by (group) (kafka_consumer_lag)", "{{group}}"), about="Events that a group has yet to see."),
        panel("Projections behind in time", ("max by (group) (kafka_consumer_lag_seconds)", "{{group}}"), unit="s"),
        panel("Cache hits", ('sum(rate(cache_reads_total{result="hit"}[1m])) / sum(rate(cache_reads_total[1m]))', "hits"), unit="percentunit"),
        panel("Database connections in use", ("sum by (service) (pg_pool_in_use)", "{{service}}")),
        panel("Slow calls to other systems, p95",
              ("histogram_quantile(0.95, sum by (le, target) (rate(integration_request_duration_seconds_bucket[5m]))) or vector(0)", "{{target}}"), unit="s"),
    ]


def orders():
    route = '{route="/v1/orders",method="POST"}'
    return [
        stat("Orders per second", 'sum(rate(http_responses_total{service="gateway",route="/v1/orders",method="POST",status=~"2.."}[1m]))', "reqps"),
        stat("Refused per second", 'sum(rate(http_responses_total{service="gateway",route="/v1/orders",method="POST",status=~"4.."}[1m]))', "reqps"),
        stat("Waiting for a decision", "max(saga_open)", about="Orders that are PENDING."),
        stat("Oldest of them", "max(saga_oldest_seconds)", "s"),
        stat("Sold out", "sum(product_sold_out_total) or vector(0)", about="Times that a product's stock came to 0."),
        stat("In the queue", 'sum(rabbitmq_queue_messages{queue="order"})'),
        panel("Orders by the status they came to, per second", ("sum by (status) (rate(orders_changed_total[1m]))", "{{status}}"), unit="ops", width=12),
        panel("Orders by status, since the processes began", ("sum by (status) (orders_changed_total)", "{{status}}"), kind="piechart", width=12),
        panel("Time to the answer of POST /v1/orders", *quantiles("http_request_duration_seconds", route), unit="s", width=12),
        panel("From command to commit", *quantiles("command_critical_seconds", '{queue=~"order|product"}', "queue"), unit="s", width=12),
        panel("Commands by type, per second", ('sum by (type) (rate(commands_total{queue=~"order|product"}[1m]))', "{{type}}"), unit="ops", width=12),
        panel("Batch size, mean", ('sum by (queue) (rate(command_batch_size_sum{queue=~"order|product"}[1m])) / sum by (queue) (rate(command_batch_size_count{queue=~"order|product"}[1m]))', "{{queue}}"),
              width=12, about="How many commands share a transaction."),
    ]


def service(name, has_database, queue):
    one = f'{{service="{name}"}}'
    shown = [
        stat("Processes", f'count(up{{job="services",service="{name}"}} == 1)'),
        stat("Requests per second", f'sum(service_rps{{service="{name}",kind="http"}})', "reqps", "HTTP requests of the last ten seconds."),
        stat("HTTP connections", f"sum(http_connections{one})"),
        stat("RabbitMQ links", f"sum(rabbit_connected{one})"),
        stat("Failed tasks", f"sum(tasks_failed_total{one}) or vector(0)", about="Coroutines that ended with an exception: each is a bug."),
        panel("Version", (f"max by (version) (build_info{one})", "{{version}}"), kind="stat", width=4, height=4),
        panel("Requests and messages per second", (f"sum by (kind) (rate(service_requests_total{one}[1m]))", "{{kind}}"), unit="reqps"),
        panel("HTTP bytes per second", (f"sum(rate(http_received_bytes_total{one}[1m]))", "in"), (f"sum(rate(http_sent_bytes_total{one}[1m]))", "out"), unit="Bps"),
        panel("Links", (f"min(rabbit_connected{one})", "RabbitMQ"), (f"min(kafka_connected{one}) or vector(1)", "Kafka"),
              (f"min(cache_connected{one}) or vector(1)", "Redis"), about="1: every link is up."),
        panel("Calls to servers, p95", (f"histogram_quantile(0.95, sum by (le, target) (rate(integration_request_duration_seconds_bucket{one}[5m])))", "{{target}}"), unit="s",
              about="PostgreSQL, Redis, RabbitMQ, Kafka, the store of bytes, other services."),
        panel("Calls to servers per second", (f"sum by (target, outcome) (rate(integration_request_duration_seconds_count{one}[1m]))", "{{target}} {{outcome}}"), unit="ops"),
    ]
    if name == "gateway":
        shown += [
            panel("Time to answer by route, p95", (f"histogram_quantile(0.95, sum by (le, method, route) (rate(http_request_duration_seconds_bucket{one}[1m])))", "{{method}} {{route}}"), unit="s", width=12, height=9),
            panel("Commands whose outcome is to come", (f"sum(gateway_pending_commands{one})", "pending"), width=12, height=9),
            panel("Reads from the cache", ("sum by (result) (rate(gateway_cache_total[1m]))", "{{result}}"), unit="reqps"),
            panel("Circuits", ("max by (upstream) (gateway_circuit_state)", "{{upstream}}"), about="0 closed, 1 half open, 2 open: left alone."),
            panel("Refused at the door, per second", ("sum(rate(rate_limited_total[1m])) or vector(0)", "rate limits"),
                  ("sum(rate(gateway_commands_refused_total[1m])) or vector(0)", "too many commands"),
                  ("sum(rate(auth_tokens_rejected_total[1m])) or vector(0)", "tokens"), unit="reqps"),
        ]
    if name == "bot":
        shown += [
            panel("Updates by kind, per second", ("sum by (kind) (rate(bot_updates_total[1m])) or vector(0)", "{{kind}}"), unit="ops"),
            panel("Updates not handled, per second", ("sum(rate(bot_duplicate_updates_total[1m])) or vector(0)", "came before"),
                  ("sum(rate(bot_flood_rejected_total[1m])) or vector(0)", "flood"), unit="ops"),
            panel("Calls to Telegram by outcome, per second", ("sum by (method, outcome) (rate(bot_sent_total[1m])) or vector(0)", "{{method}} {{outcome}}"), unit="ops"),
            panel("Queues", ('sum by (queue) (rabbitmq_queue_messages{queue=~"bot[.].+"})', "{{queue}}"), about="Ready and in hand; bot.dead has what can't be handled or sent."),
            panel("Messages to be sent", ("sum(bot_send_queue) or vector(0)", "waiting")),
            panel("Uncertain messages", ("sum(bot_messages_uncertain_total) or vector(0)", "since the processes began"), about="A process died while it sent them."),
            panel("Telegram's wishes to wait", ("sum(rate(bot_retry_after_seconds_sum[5m])) / sum(rate(bot_retry_after_seconds_count[5m])) or vector(0)", "mean"), unit="s"),
            panel("Time of calls to Telegram", *quantiles("integration_request_duration_seconds", '{service="bot",target="telegram",operation!="getUpdates"}'), unit="s"),
        ]
    if queue != "-":
        mine = f'{{queue="{queue}"}}'
        shown += [
            panel("Queue", (f"sum(rabbitmq_queue_messages_ready{mine})", "ready"), (f"sum(rabbitmq_queue_messages_unacked{mine})", "in hand")),
            panel("Age of the oldest command", (f"max(command_oldest_seconds{mine})", "oldest"), unit="s"),
            panel("From command to commit", *quantiles("command_critical_seconds", mine), unit="s"),
            panel("Commands by outcome, per second", (f"sum by (outcome) (rate(commands_total{mine}[1m])) or vector(0)", "{{outcome}}"), unit="ops"),
            panel("Batches: mean size", (f"sum(rate(command_batch_size_sum{mine}[1m])) / sum(rate(command_batch_size_count{mine}[1m]))", "commands")),
            panel("Batches: time", *quantiles("command_batch_seconds", mine), unit="s"),
        ]
    if has_database:
        shown += [
            panel("Outbox: rows not yet told", (f"max by (channel) (outbox_rows{one})", "{{channel}}")),
            panel("Outbox: oldest row", (f"max by (channel) (outbox_oldest_seconds{one})", "{{channel}}"), unit="s"),
            panel("Told per second", (f"sum by (channel) (rate(outbox_published_total{one}[1m]))", "{{channel}}"), unit="ops"),
            panel("Database connections in use", (f"sum(pg_pool_in_use{one})", "in use")),
            panel("Waiting for a database connection", *quantiles("pg_pool_wait_seconds", one), unit="s"),
            panel("Database errors, per second", (f"sum by (class) (rate(pg_errors_total{one}[1m])) or vector(0)", "{{class}}"), unit="ops"),
        ]
    return shown


def messaging():
    own = 'queue!~"gateway[.]replies[.].+|amq[.].+"'
    return [
        panel("Ready", (f"sum by (queue) (rabbitmq_queue_messages_ready{{{own}}})", "{{queue}}")),
        panel("In hand", (f"sum by (queue) (rabbitmq_queue_messages_unacked{{{own}}})", "{{queue}}"), about="Delivered, not yet acknowledged."),
        panel("Consumers", (f'sum by (queue) (rabbitmq_queue_consumers{{{own},queue!~".+[.](dead|retry[.].+)"}})', "{{queue}}")),
        panel("Age of the oldest command", ("max by (queue) (command_oldest_seconds)", "{{queue}}"), unit="s"),
        panel("Taken per second", ("sum by (queue) (rate(rabbit_consumed_total[1m]))", "{{queue}}"), unit="ops"),
        panel("Came again, per second", ("sum by (queue) (rate(rabbit_redelivered_total[1m]))", "{{queue}}"), unit="ops",
              about="Messages that an earlier consumer lost."),
        panel("Published per second", ("sum by (service) (rate(rabbit_published_total[1m]))", "{{service}}"), unit="ops"),
        panel("Not yet confirmed", ("sum by (service) (rabbit_unconfirmed)", "{{service}}")),
        panel("Dead letters", ('sum by (queue) (rabbitmq_queue_messages_ready{queue=~".+[.]dead"})', "{{queue}}")),
        panel("Outbox: rows not yet told", ("max by (service, channel) (outbox_rows)", "{{service}} {{channel}}")),
        panel("Outbox: oldest row", ("max by (service, channel) (outbox_oldest_seconds)", "{{service}} {{channel}}"), unit="s"),
        panel("Relays at work", ("sum by (service, channel) (relay_active)", "{{service}} {{channel}}"), about="1 each: one process tells."),
        panel("Events told per second", ("sum by (service) (rate(kafka_produced_total[1m]))", "{{service}}"), unit="ops"),
        panel("Events read per second", ("sum by (group) (rate(kafka_consumed_total[1m]))", "{{group}}"), unit="ops"),
        panel("Events yet to be seen", ("sum by (group, topic) (kafka_consumer_lag)", "{{group}} {{topic}}")),
        panel("Behind in time", ("max by (group, topic) (kafka_consumer_lag_seconds)", "{{group}} {{topic}}"), unit="s"),
        panel("Events applied per second", ("sum by (projection) (rate(projection_events_total[1m]))", "{{projection}}"), unit="ops"),
        panel("Events that can't be applied", ("max by (projection) (projection_parked_events)", "{{projection}}")),
    ]


def api_status():
    return [
        panel("Requests", ("sum(http_requests_total)", "requests"), kind="stat", width=6),
        panel("Requests per second", ("sum by (method, route) (rate(http_requests_total[30s]))", "{{method}} {{route}}"), unit="reqps", width=18),
        panel("Request distribution", ('sum by (method, route) (http_requests_total{route!="/metrics"})', "{{method}} {{route}}"), kind="piechart", width=12, height=10),
        panel("Responses per second", ("sum by (method, route, status) (rate(http_responses_total[30s]))", "{{method}} {{route}} {{status}}"), unit="reqps", width=12, height=10),
    ]


def as_grafana(uid, title, shown):
    panels, x, y, tallest = [], 0, 0, 0
    for number, one in enumerate(shown, 1):
        if x + one["w"] > 24:
            x, y, tallest = 0, y + tallest, 0
        panels.append({
            "id": number, "title": one["title"], "type": one["kind"], "description": one["about"], "datasource": PROMETHEUS,
            "gridPos": {"x": x, "y": y, "w": one["w"], "h": one["h"]},
            "fieldConfig": {"defaults": {"unit": one["unit"], "min": 0}, "overrides": []},
            "options": {"legend": {"showLegend": True, "displayMode": "list", "placement": "bottom"}} if one["kind"] == "timeseries" else {},
            "targets": [{"refId": chr(65 + i), "expr": query, "legendFormat": legend or "__auto", "datasource": PROMETHEUS}
                        for i, (query, legend) in enumerate(one["queries"])],
        })
        x, tallest = x + one["w"], max(tallest, one["h"])
    return {"uid": uid, "title": title, "tags": ["waybill"], "schemaVersion": 39, "version": 1, "editable": False, "refresh": "5s",
            "time": {"from": "now-30m", "to": "now"}, "timezone": "browser", "templating": {"list": []}, "panels": panels,
            "links": [{"type": "dashboards", "tags": ["waybill"], "asDropdown": True, "title": "Waybill"}]}


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "dashboards"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {"platform": ("Platform overview", platform()), "orders": ("Orders", orders()), "messaging": ("Messaging", messaging()),
              "api-status": ("API Status", api_status())}
    for line in SERVICES.read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            name, database, queue = line.split()[:3]
            wanted[f"service-{name}"] = (f"Service: {name}", service(name, database == "yes", queue))
    for uid, (title, shown) in wanted.items():
        (folder / f"{uid}.json").write_text(json.dumps(as_grafana(uid, title, shown), indent=1) + "\n")


main()

// The console: asks Prometheus every five seconds (/console/query) and draws what it says. Orders come from the API, with the
// token of who has signed in; it is kept in this variable only.
"use strict";

const every = 5000;
const work = 'queue=~"[a-z-]+"'; // of services; ladders, dead letters and replies have dots
const questions = {
  processes: 'count by (service) (up{job="services"} == 1)',
  down: 'count by (service) (up{job="services"} == 0)',
  requests: "sum by (service) (service_rps{kind=\"http\"})",
  answers: 'sum(rate(http_responses_total{service="gateway"}[1m]))',
  errors: 'sum(rate(http_responses_total{service="gateway",status=~"5.."}[1m])) or vector(0)',
  slow: 'histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{service="gateway"}[1m])))',
  ready: `sum by (queue) (rabbitmq_queue_messages_ready{${work}})`,
  inHand: `sum by (queue) (rabbitmq_queue_messages_unacked{${work}})`,
  done: "sum by (queue) (rate(command_batch_size_sum[1m]))",
  oldest: "max by (queue) (command_oldest_seconds)",
  critical: "histogram_quantile(0.95, sum by (le, queue) (rate(command_critical_seconds_bucket[5m])))",
  retry: 'sum by (queue) (rabbitmq_queue_messages_ready{queue=~".+[.]retry[.].+"})',
  dead: 'sum by (queue) (label_replace(rabbitmq_queue_messages_ready{queue=~".+[.]dead"}, "queue", "$1", "queue", "(.+)[.]dead"))',
  untold: "sum by (service) (max by (service, channel) (outbox_rows))",
  told: 'sum by (service) (rate(outbox_published_total{channel="event"}[1m]))',
  lag: "sum by (group) (kafka_consumer_lag)",
  behind: "max by (group) (kafka_consumer_lag_seconds)",
  read: "sum by (group) (rate(kafka_consumed_total[1m]))",
  topics: "count by (group, topic) (kafka_consumer_lag)",
  parked: "sum by (service, projection) (projection_parked_events)",
  sagas: "max(saga_open)",
  alerts: "ALERTS",
};

const byId = (id) => document.getElementById(id);
const element = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};
const drawn = (name, attributes, text) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
};

// ---- figures

async function ask(query) {
  const answer = await fetch("/console/query?query=" + encodeURIComponent(query));
  if (!answer.ok) throw new Error("Prometheus does not answer");
  return (await answer.json()).data.result;
}

async function look() {
  const names = Object.keys(questions);
  const results = await Promise.all(names.map((name) => ask(questions[name])));
  return Object.fromEntries(names.map((name, i) => [name, results[i]]));
}

// "report.orders" for the group report.report.orders: the service stands in the projection's name already.
const projection = (group) => group.replace(/^([a-z-]+)\.(?=\1\.)/, "");
const by = (samples, label) => new Map(samples.map((one) => [one.metric[label], Number(one.value[1])]));
const single = (samples) => (samples.length ? Number(samples[0].value[1]) : NaN);

const count = (n) => (Number.isFinite(n) ? Math.round(n).toLocaleString("en") : "–");
const rate = (n) => (Number.isFinite(n) ? (n < 10 ? n.toFixed(1) : count(n)) : "–");
const time = (s) =>
  !Number.isFinite(s) ? "–" : s < 0.001 ? "0" : s < 1 ? Math.round(s * 1000) + " ms" : s < 120 ? s.toFixed(1) + " s" : s < 7200 ? Math.round(s / 60) + " min" : Math.round(s / 3600) + " h";

// ---- topology

const shape = { width: 1180, row: 62, box: 150 };
const columns = { clients: 20, gateway: 190, queue: 420, service: 650, group: 950 };

function node(svg, x, y, name, figures, state = "") {
  const height = 24 + 16 * figures.length;
  svg.append(drawn("rect", { x, y: y - height / 2, width: shape.box + (x === columns.group ? 60 : 0), height, rx: 8, class: "node " + state }));
  svg.append(drawn("text", { x: x + 10, y: y - height / 2 + 17, class: "name" }, name));
  figures.forEach(([text, bad], i) => svg.append(drawn("text", { x: x + 10, y: y - height / 2 + 34 + 16 * i, class: bad ? "figure bad" : "figure" }, text)));
}

function wire(svg, fromX, fromY, toX, toY, busy) {
  const half = (fromX + toX) / 2;
  svg.append(drawn("path", { d: `M${fromX},${fromY} C${half},${fromY} ${half},${toY} ${toX},${toY}`, class: busy ? "wire busy" : "wire" }));
}

function drawTopology(seen) {
  const processes = by(seen.processes, "service"), down = by(seen.down, "service");
  const ready = by(seen.ready, "queue"), inHand = by(seen.inHand, "queue"), done = by(seen.done, "queue");
  const told = by(seen.told, "service"), lag = by(seen.lag, "group");
  const services = [...new Set([...processes.keys(), ...down.keys()])].filter((name) => name !== "gateway").sort();
  const groups = [...lag.keys()].sort();
  const rows = Math.max(services.length, groups.length * 0.8, 2);
  const height = 40 + rows * shape.row;
  const svg = drawn("svg", { viewBox: `0 0 ${shape.width} ${height}`, role: "img", "aria-label": "Clients, gateway, queues, services and projections" });
  for (const [x, text] of [[columns.gateway, "HTTP"], [columns.queue, "RabbitMQ: commands"], [columns.service, "services"], [columns.group, "Kafka: who follows the events"]]) {
    svg.append(drawn("text", { x: x + 10, y: 16, class: "column" }, text));
  }
  const middle = 30 + (rows * shape.row) / 2;
  const y = (i, of) => 30 + ((i + 0.5) * rows * shape.row) / of;
  const busy = single(seen.answers) > 0.05;
  wire(svg, columns.clients + shape.box, middle, columns.gateway, middle, busy);
  services.forEach((name, i) => {
    const at = y(i, services.length);
    const flows = (done.get(name) || 0) > 0.05;
    if (ready.has(name)) {
      wire(svg, columns.gateway + shape.box, middle, columns.queue, at, flows);
      wire(svg, columns.queue + shape.box, at, columns.service, at, flows);
      const waiting = ready.get(name) || 0;
      node(svg, columns.queue, at, name, [[`${count(waiting)} wait, ${count(inHand.get(name) || 0)} in hand`, waiting > 1000]]);
    } else {
      wire(svg, columns.gateway + shape.box, middle, columns.service, at, false);
    }
    const missing = down.get(name) || 0;
    node(svg, columns.service, at, name, [[missing ? `${missing} down` : `${count(processes.get(name))} running`, missing], [`${rate(told.get(name) || 0)} events/s`, false]], missing ? "down" : "up");
  });
  groups.forEach((name, i) => {
    const at = y(i, groups.length);
    // Its events come from whoever tells the topics that it follows: waybill.orders is told by order.
    for (const { metric } of seen.topics.filter((one) => one.metric.group === name)) {
      const teller = services.findIndex((service) => metric.topic === `waybill.${service}s` || (service === "identity" && metric.topic === "waybill.users"));
      if (teller >= 0) wire(svg, columns.service + shape.box, y(teller, services.length), columns.group, at, (told.get(services[teller]) || 0) > 0.05);
    }
    const behind = lag.get(name) || 0;
    node(svg, columns.group, at, projection(name), [[behind ? `${count(behind)} events to see` : "has seen everything", behind > 10000]]);
  });
  node(svg, columns.clients, middle, "clients", [[`${rate(single(seen.answers))} answers/s`, false]]);
  const gone = down.get("gateway") || 0;
  node(svg, columns.gateway, middle, "gateway", [[gone ? `${gone} down` : `${count(processes.get("gateway"))} running`, gone], [Number.isFinite(single(seen.slow)) ? `95 % within ${time(single(seen.slow))}` : "no answer to time", false],
    [`${rate(single(seen.errors))} errors/s`, single(seen.errors) > 0]], gone ? "down" : "up");
  byId("topology").replaceChildren(svg);
}

// ---- tables

function cell(text, mark = "") {
  return element("td", { class: mark || (text === "–" || text === "0" ? "none" : "") }, text);
}

// On all steps of the queue's ladder.
const retried = (seen, queue) => seen.retry.filter((one) => one.metric.queue.startsWith(`${queue}.retry.`)).reduce((sum, one) => sum + Number(one.value[1]), 0);

function drawQueues(seen) {
  const at = Object.fromEntries(["ready", "inHand", "done", "oldest", "critical", "dead"].map((name) => [name, by(seen[name], "queue")]));
  const processes = by(seen.processes, "service"), untold = by(seen.untold, "service");
  byId("queues").replaceChildren(...[...at.ready.keys()].sort().map((queue) => {
    const waits = at.oldest.get(queue), dead = at.dead.get(queue), running = processes.get(queue);
    return element("tr", {}, element("td", {}, queue), cell(count(running || 0), running ? "" : "bad"), cell(count(at.ready.get(queue))), cell(count(at.inHand.get(queue) || 0)),
      cell(rate(at.done.get(queue) || 0)), cell(time(waits), waits > 30 ? "bad" : waits > 5 ? "warn" : ""), cell(time(at.critical.get(queue))), cell(count(retried(seen, queue))),
      cell(count(dead || 0), dead > 0 ? "bad" : ""), cell(count(untold.get(queue) || 0), untold.get(queue) > 10000 ? "warn" : ""));
  }));
}

function drawGroups(seen) {
  const lag = by(seen.lag, "group"), behind = by(seen.behind, "group"), read = by(seen.read, "group");
  const parked = new Map(seen.parked.map((one) => [`${one.metric.service}.${one.metric.projection}`, Number(one.value[1])]));
  byId("groups").replaceChildren(...[...lag.keys()].sort().map((group) => {
    const topics = seen.topics.filter((one) => one.metric.group === group).map((one) => one.metric.topic.replace("waybill.", ""));
    const stuck = parked.get(group) || 0, late = behind.get(group);
    return element("tr", {}, element("td", {}, projection(group)), element("td", {}, topics.join(", ")), cell(count(lag.get(group))), cell(time(late), late > 60 ? "bad" : late > 5 ? "warn" : ""),
      cell(rate(read.get(group) || 0)), cell(count(stuck), stuck ? "bad" : ""));
  }));
}

function drawAlerts(seen) {
  const firing = seen.alerts.filter((one) => one.metric.alertstate === "firing");
  const coming = seen.alerts.length - firing.length;
  const line = ({ metric }) => {
    const whom = Object.entries(metric).filter(([key]) => !["__name__", "alertname", "alertstate", "severity", "job"].includes(key)).map(([key, value]) => `${key} ${value}`);
    return element("li", { class: "alert" }, element("b", {}, metric.alertname), whom.join(", ") + (metric.alertstate === "pending" ? " (just noticed)" : ""));
  };
  byId("alert-list").replaceChildren(...(seen.alerts.length ? seen.alerts.map(line) : [element("li", { class: "calm" }, "None.")]));
  const state = byId("state");
  state.className = firing.length ? "bad" : "good";
  state.textContent = firing.length ? `${firing.length} alert${firing.length > 1 ? "s" : ""}` : coming ? "all well so far" : "all well";
}

async function round() {
  try {
    const seen = await look();
    drawTopology(seen);
    drawQueues(seen);
    drawGroups(seen);
    drawAlerts(seen);
    document.body.dataset.looked = "yes";
  } catch (problem) {
    byId("state").className = "bad";
    byId("state").textContent = `${problem.message}: figures may be old`;
  }
  setTimeout(round, every);
}

// ---- orders

let token = "";

async function api(path, options = {}) {
  const answer = await fetch("/v1" + path, { ...options, headers: { ...(token && { Authorization: "Bearer " + token }), ...options.headers } });
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(body.detail || body.error_description || `The API says ${answer.status}.`);
  return body;
}

const told = (work) => async (event) => {
  event.preventDefault();
  byId("order-problem").textContent = "";
  try {
    await work(event);
  } catch (problem) {
    byId("order-problem").textContent = problem.message;
  }
};

function signedIn(yes) {
  byId("sign-in").hidden = yes;
  byId("find").hidden = !yes;
  byId("order-found").replaceChildren();
}

byId("sign-in").addEventListener("submit", told(async (event) => {
  const form = new URLSearchParams(new FormData(event.target));
  token = (await api("/auth/token", { method: "POST", body: form })).access_token;
  event.target.reset();
  signedIn(true);
  byId("find").elements.id.focus();
}));

byId("sign-out").addEventListener("click", told(async () => {
  token = "";
  signedIn(false);
}));

const when = (text) => (text ? new Date(text).toLocaleTimeString("en-GB", { fractionalSecondDigits: 3 }) : "–");

async function show(id) {
  const [order, timeline] = await Promise.all([api("/orders/" + id), api(`/orders/${id}/timeline`)]);
  const steps = timeline.items.map((step) =>
    element("tr", {}, element("td", {}, when(step.at)), element("td", { class: "text" }, step.source), element("td", { class: "text" }, step.what.replace("-", " ")),
      element("td", { class: "text" }, step.detail ?? ""), cell(step.attempts > 1 ? count(step.attempts) : "–", step.attempts > 1 ? "warn" : ""),
      element("td", { class: "text" }, step.topic ? `${step.topic} ${step.partition}/${step.offset}` : step.queue ? `queue ${step.queue}` : "")));
  byId("order-found").replaceChildren(
    element("h3", {}, `${order.status}, ${order.total_price ?? "no price yet"} ${order.currency ?? ""}, ${order.items.length} line${order.items.length > 1 ? "s" : ""}`),
    element("table", {}, element("thead", {}, element("tr", {}, ...["when", "who", "did what", "which is", "tries", "where"].map((name) => element("th", { class: "text" }, name)))), element("tbody", {}, ...steps)));
}

byId("find").addEventListener("submit", told((event) => show(event.target.elements.id.value.trim())));

byId("waiting").addEventListener("click", told(async () => {
  const page = await api("/orders?status=PENDING&sort=created_at&limit=10");
  const line = (order) => {
    const button = element("button", { type: "button" }, order.id);
    button.addEventListener("click", told(() => show(order.id)));
    return element("li", {}, button, ` since ${when(order.created_at || order.order_date)}`);
  };
  byId("order-found").replaceChildren(page.items.length ? element("ul", {}, ...page.items.map(line)) : element("p", {}, "No order waits for its decision."));
}));

// ---- keys, light and dark

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  byId("theme").textContent = theme === "dark" ? "Light" : "Dark";
}
const turn = () => setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
byId("theme").addEventListener("click", turn);
setTheme(new URLSearchParams(location.search).get("theme") || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));

document.addEventListener("keydown", (event) => {
  if (event.target.matches("input") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "t") turn();
  if (event.key === "/") {
    event.preventDefault();
    (token ? byId("find").elements.id : byId("sign-in").elements.username).focus();
  }
});

round();

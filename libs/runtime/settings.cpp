#include "libs/runtime/runtime.hpp"

namespace waybill::runtime {

void CommonSettings::declare(config::Settings& settings) {
  settings.add("http.listen", http_listen,
               "address:port of the HTTP server; instances may share it");
  settings.add("ops.listen", ops_listen, "address:port of /health and /metrics");
  settings.add("log.level", log_level, "debug, info, warn or error");
  settings.add("trace.receiver", trace_receiver,
               "host:port that takes spans by OTLP over HTTP (a collector's 4318); empty: none");
  settings.add("contracts", contracts, "folder with the services' */api.yaml");
  settings.add("pg.url", pg_url, "PostgreSQL, as a URI or key=value pairs");
  settings.add("rabbit.url", rabbit_url, "RabbitMQ: amqp://user:password@host:port/vhost");
  settings.add("kafka.brokers", kafka_brokers, "Kafka: host:port, comma separated");
  settings.add("redis.url", redis_url, "Redis: redis://host:port");
  settings.add("command.batch", command_batch, "commands handled in one transaction, at most");
  settings.add("command.pace", command_pace,
               "least time between two batches while commands come in company");
  settings.add("command.workers", command_workers,
               "threads that handle commands, a connection each");
  settings.add("query.threads", query_threads, "threads that answer reads, a connection each");
  settings.add("drain.time", drain_time, "time for work in hand after SIGTERM");
}

}  // namespace waybill::runtime

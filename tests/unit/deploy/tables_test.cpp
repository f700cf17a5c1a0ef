// deploy/local/services.txt is the table of services: whoever stands there is deployed, watched and
// drawn everywhere.
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include <catch2/catch.hpp>

namespace fs = std::filesystem;

namespace {

std::string text_of(const fs::path& file) {
  std::ifstream in{file};
  REQUIRE(in);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

struct Service {
  std::string name;
  bool has_database;
};

std::vector<Service> services() {
  std::vector<Service> all;
  std::istringstream table{text_of("deploy/local/services.txt")};
  for (std::string line; std::getline(table, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream row{line};
    Service service;
    std::string database;
    row >> service.name >> database;
    service.has_database = database == "yes";
    all.push_back(service);
  }
  return all;
}

bool contains(const std::string& text, const std::string& what) {
  return text.find(what) != std::string::npos;
}

std::vector<std::string> alerts() {
  std::vector<std::string> names;
  const std::regex pattern{"alert: (\\w+)"};
  for (const auto& entry : fs::directory_iterator{"deploy/prometheus/rules"}) {
    const std::string rules = text_of(entry.path());
    for (std::sregex_iterator at{rules.begin(), rules.end(), pattern}, end; at != end; ++at) {
      names.push_back((*at)[1]);
    }
  }
  return names;
}

}  // namespace

TEST_CASE("docker-compose.yml runs every service, and the gateway knows where it is", "[deploy]") {
  const std::string compose = text_of("docker-compose.yml");
  for (const Service& service : services()) {
    INFO("docker-compose.yml needs a block for " << service.name);
    CHECK(contains(compose, "\n  " + service.name + ":\n    <<: *service\n    command: [waybill-" +
                                service.name + "]\n"));
    if (!service.has_database) continue;
    CHECK(contains(compose, "/secrets/" + service.name + "-pg-url"));
    CHECK(contains(compose, ": " + service.name + ":8080\n"));
  }
}

TEST_CASE("Prometheus asks every service of the composition", "[deploy]") {
  const std::string config = text_of("deploy/prometheus/compose.yml");
  const auto from = config.find("names: [");
  REQUIRE(from != std::string::npos);
  const std::string names = config.substr(from, config.find(']', from) - from);
  for (const Service& service : services()) {
    INFO("deploy/prometheus/compose.yml, names: " << service.name);
    CHECK(std::regex_search(names, std::regex{"\\b" + service.name + "\\b"}));
  }
}

TEST_CASE("every service is among the Kubernetes manifests", "[deploy]") {
  const std::string base = text_of("deploy/kubernetes/base/kustomization.yaml");
  const std::string settings = text_of("deploy/kubernetes/base/settings.yaml");
  for (const Service& service : services()) {
    INFO("deploy/kubernetes/base needs a folder for " << service.name);
    CHECK(std::regex_search(base, std::regex{"[\\[ ]" + service.name + "[,\\]]"}));
    CHECK(fs::exists("deploy/kubernetes/base/" + service.name + "/kustomization.yaml"));
    if (service.has_database) CHECK(contains(settings, ": " + service.name + ":8080\n"));
  }
}

TEST_CASE("every service has a dashboard", "[deploy]") {
  for (const Service& service : services()) {
    INFO("run deploy/grafana/dashboards.py for " << service.name);
    CHECK(fs::exists("deploy/grafana/dashboards/service-" + service.name + ".json"));
  }
}

TEST_CASE("every alert has a runbook and a test that sees it fire", "[deploy]") {
  const std::string runbooks = text_of("docs/operations.md");
  std::string tests;
  for (const auto& entry : fs::directory_iterator{"deploy/prometheus/tests"}) {
    tests += text_of(entry.path());
  }
  const auto names = alerts();
  REQUIRE(names.size() > 10);
  for (const std::string& name : names) {
    INFO(name);
    CHECK(contains(runbooks, "\n### " + name + "\n"));
    CHECK(std::regex_search(tests, std::regex{"alertname: " + name + "\\s+exp_alerts:"}));
  }
}

#include "services/gateway/docs/docs.hpp"

#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "libs/core/id.hpp"
#include "services/gateway/edge/access_log.hpp"
#include "services/gateway/edge/conditions.hpp"

using namespace waybill;
using namespace waybill::gateway;

namespace {

struct Folder {
  Folder() {
    std::filesystem::create_directories(path);
    for (const char* name : {"swagger-ui-bundle.js", "swagger-ui.css", "swagger-initializer.js",
                             "swagger-ui.js.map", "secret.txt"}) {
      std::ofstream{path / name} << "original " << name;
    }
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("waybill-docs-" + new_id().to_string());
};

std::optional<web::Response> ask(const Docs& docs, const std::string& path,
                                 const std::string& method = "GET",
                                 const std::string& encoding = "") {
  web::Request request;
  request.method = method;
  request.path = path;
  if (!encoding.empty()) request.headers.add("Accept-Encoding", encoding);
  return docs.answer(request);
}

const boost::json::object kDocument{{"openapi", "3.1.0"}};

}  // namespace

TEST_CASE("the docs are served from memory", "[gateway][docs]") {
  const Folder folder;
  const Docs docs{kDocument, folder.path.string()};
  std::filesystem::remove(folder.path / "swagger-ui.css");

  CHECK(ask(docs, "/")->status == 302);
  CHECK(ask(docs, "/")->headers.get("Location") == "/docs");
  CHECK(ask(docs, "/openapi.json")->headers.get("Content-Type") == "application/json");
  CHECK(*ask(docs, "/openapi.json")->shared_body == R"({"openapi":"3.1.0"})");
  CHECK(ask(docs, "/docs")->shared_body->find("swagger-ui-bundle.js") != std::string::npos);
  CHECK(*ask(docs, "/docs/swagger-ui.css")->shared_body == "original swagger-ui.css");
  CHECK(ask(docs, "/docs/swagger-initializer.js")->shared_body->find("/openapi.json") !=
        std::string::npos);
}

TEST_CASE("nothing else of the folder is served", "[gateway][docs]") {
  const Folder folder;
  const Docs docs{kDocument, folder.path.string()};
  for (const char* path : {"/docs/secret.txt", "/docs/swagger-ui.js.map", "/docs/../secret.txt",
                           "/docs/nothing.css", "/other"}) {
    CHECK_FALSE(ask(docs, path));
  }
}

TEST_CASE("large pages lie packed beside their plain form", "[gateway][docs]") {
  const Docs docs{{{"description", std::string(100'000, 'x')}}, ""};
  const auto plain = ask(docs, "/openapi.json");
  const auto packed = ask(docs, "/openapi.json", "GET", "gzip");
  CHECK(packed->headers.get("Content-Encoding") == "gzip");
  CHECK(packed->shared_body->size() < plain->shared_body->size() / 100);
  CHECK(packed->headers.get("ETag") == packed_etag(plain->headers.get("ETag")));
  CHECK(plain->headers.get("Vary") == "Accept-Encoding");
  CHECK_FALSE(ask(docs, "/docs", "GET", "gzip")->headers.has("Content-Encoding"));
}

TEST_CASE("the docs know 405 and OPTIONS", "[gateway][docs]") {
  const Docs docs{kDocument, ""};
  CHECK(ask(docs, "/docs", "POST")->status == 405);
  CHECK(ask(docs, "/", "DELETE")->headers.get("Allow") == "GET, HEAD, OPTIONS");
  CHECK(ask(docs, "/openapi.json", "OPTIONS")->status == 204);
}

TEST_CASE("each request is one JSON line of the access log", "[gateway][log]") {
  std::string lines;
  {
    AccessLog log{AccessLogLevel::all, [&](std::string_view text) { lines += text; }};
    web::Request request;
    request.method = "GET";
    request.path = "/v1/products/\"\n";
    request.client = "192.0.2.7";
    request.trace.correlation_id = "c-1";
    CHECK(log.wants(200));
    request.target = "/v1/products/x?token=secret";
    const auto missing = web::problem_response(not_found(), request);
    const Caller operator_{{}, Role::ops};
    log.add(request,
            {"/v1/products/{id}", "product", operator_, missing, std::chrono::microseconds{1234}});
    log.add(request, {"-", "", operator_, web::Response{}, std::chrono::microseconds{1}});
  }
  CHECK(std::count(lines.begin(), lines.end(), '\n') == 2);
  const auto line = boost::json::parse(lines.substr(0, lines.find('\n'))).as_object();
  CHECK(line.at("event") == "http.request");
  CHECK(line.at("correlation_id") == "c-1");
  CHECK(line.at("route") == "/v1/products/{id}");
  CHECK(line.at("status") == 404);
  CHECK(line.at("micros") == 1234);
  CHECK(line.at("caller") == "ops -");
  CHECK(line.at("upstream") == "product");
  CHECK(line.at("cause") == "not-found");
  CHECK(lines.find("secret") == std::string::npos);
}

TEST_CASE("the access log can be limited to errors or turned off", "[gateway][log]") {
  const AccessLog errors{AccessLogLevel::errors, [](std::string_view) {}};
  CHECK_FALSE(errors.wants(304));
  CHECK(errors.wants(400));
  const AccessLog off{AccessLogLevel::off, [](std::string_view) {}};
  CHECK_FALSE(off.wants(500));
}

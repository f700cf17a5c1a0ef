#include "services/gateway/docs/docs.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "libs/core/id.hpp"
#include "libs/log/log.hpp"
#include "libs/web/gzip.hpp"
#include "services/gateway/docs/problems.hpp"
#include "services/gateway/edge/conditions.hpp"

namespace waybill::gateway {
namespace {

constexpr std::string_view kSwaggerPage = R"(<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Waybill API</title>
  <link rel="stylesheet" href="/docs/swagger-ui.css">
  <link rel="icon" href="/docs/favicon-32x32.png">
</head>
<body>
  <div id="swagger-ui"></div>
  <script src="/docs/swagger-ui-bundle.js"></script>
  <script src="/docs/swagger-initializer.js"></script>
</body>
</html>
)";

constexpr std::string_view kInitializer = R"(window.onload = () => {
  window.ui = SwaggerUIBundle({
    url: "/openapi.json",
    dom_id: "#swagger-ui",
    deepLinking: true,
    displayRequestDuration: true,
    tryItOutEnabled: true,
  });
};
)";

constexpr std::string_view kPlainPage = R"(<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Waybill API</title></head>
<body><h1>Waybill API</h1><p>The contract: <a href="/openapi.json">/openapi.json</a></p></body>
</html>
)";

// Once, at the start: time does not matter, bytes do.
constexpr int kSmall = 9;
constexpr std::size_t kWorthPacking = 1024;

std::string read_file(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

web::Response redirect(const std::string& location) {
  web::Response response{302, "text/plain; charset=utf-8", "See " + location + "\n"};
  response.headers.add("Location", location);
  return response;
}

}  // namespace

std::string content_type_of(std::string_view file) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kTypes{
      {{".css", "text/css; charset=utf-8"},
       {".js", "text/javascript; charset=utf-8"},
       {".html", "text/html; charset=utf-8"},
       {".png", "image/png"},
       {".svg", "image/svg+xml"}}};
  for (const auto& [ending, type] : kTypes) {
    if (file.ends_with(ending)) return std::string{type};
  }
  return {};
}

Docs::Docs(const boost::json::object& document, const std::string& swagger) {
  add("/openapi.json", "application/json", boost::json::serialize(document));
  add("/problems", "text/html; charset=utf-8", problem_list());
  for (const Problem& problem : problems()) {
    add(fmt::format("/problems/{}", problem.code), "text/html; charset=utf-8",
        problem_page(problem));
  }
  add_swagger(swagger);
}

void Docs::add(std::string path, std::string content_type, std::string body) {
  const std::string etag = '"' + derive_id(Id{}, body).to_string().substr(0, 13) + '"';
  Page page{
      std::move(content_type), std::make_shared<const std::string>(std::move(body)), {}, etag};
  const bool is_packed_already = page.content_type == "image/png";
  if (!is_packed_already && page.body->size() >= kWorthPacking) {
    page.packed = std::make_shared<const std::string>(web::gzip(*page.body, kSmall));
  }
  pages_[std::move(path)] = std::move(page);
}

void Docs::add_swagger(const std::string& folder) {
  std::error_code error;
  const std::filesystem::path root{folder};
  if (folder.empty() || !std::filesystem::exists(root / "swagger-ui-bundle.js", error)) {
    log::warn("gateway.no-swagger", {{"folder", folder}});
    add("/docs", "text/html; charset=utf-8", std::string{kPlainPage});
    return;
  }
  for (const auto& entry : std::filesystem::directory_iterator{root}) {
    const std::string name = entry.path().filename().string();
    const std::string type = content_type_of(name);
    if (entry.is_regular_file() && !type.empty()) {
      add("/docs/" + name, type, read_file(entry.path()));
    }
  }
  add("/docs", "text/html; charset=utf-8", std::string{kSwaggerPage});
  add("/docs/index.html", "text/html; charset=utf-8", std::string{kSwaggerPage});
  add("/docs/swagger-initializer.js", content_type_of(".js"), std::string{kInitializer});
}

std::optional<web::Response> Docs::answer(const web::Request& request) const {
  const auto found = pages_.find(request.path);
  if (found == pages_.end() && request.path != "/") return std::nullopt;
  if (request.method == "OPTIONS") {
    web::Response response;
    response.status = 204;
    response.headers.add("Allow", "GET, HEAD, OPTIONS");
    return response;
  }
  if (request.method != "GET" && request.method != "HEAD") {
    const Fault fault{FaultKind::not_allowed, "method-not-allowed", "This can only be read.", {}};
    auto response = web::problem_response(fault, request);
    response.headers.add("Allow", "GET, HEAD, OPTIONS");
    return response;
  }
  if (request.path == "/") return redirect("/docs");
  const Page& page = found->second;
  web::Response response;
  const bool packed = page.packed && web::accepts_gzip(request.headers.get("Accept-Encoding"));
  response.headers.add("ETag", packed ? packed_etag(page.etag) : page.etag);
  response.headers.add("Cache-Control", "no-cache");
  if (page.packed) response.headers.add("Vary", "Accept-Encoding");
  if (packed) response.headers.add("Content-Encoding", "gzip");
  response.headers.add("Content-Type", page.content_type);
  response.headers.add("X-Content-Type-Options", "nosniff");
  response.shared_body = packed ? page.packed : page.body;
  return response;
}

}  // namespace waybill::gateway

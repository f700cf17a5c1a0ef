// The read side of a service: GET routes whose handlers are plain synchronous functions over a
// database session, run on a small pool of threads with a connection each. Concurrent requests for
// the same thing by the same caller share one execution.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "libs/core/caller.hpp"
#include "libs/pg/pg.hpp"
#include "libs/web/http.hpp"
#include "libs/web/router.hpp"

namespace waybill::runtime {

struct Query {
  const web::Request& request;  // the gateway has validated it against the contract
  const web::PathParams& params;
  Caller caller;

  // The path parameter as an id. The contract lets only UUIDs through.
  Id id(std::string_view name = "id") const;
};

using QueryHandler = std::function<Result<web::Response>(pg::Session&, const Query&)>;

// Where the representation that a handler answers may be kept: key template "order:{id}" and its
// time to live.
struct CacheRule {
  std::string key;
  std::chrono::seconds ttl{0};
};

class Queries {
 public:
  struct Route {
    QueryHandler handler;
    CacheRule cache;  // empty key: not cached
    bool shared = true;
  };
  void get(const std::string& path, QueryHandler handler, CacheRule cache = {}) {
    routes_.add("GET", path, Route{std::move(handler), std::move(cache), true});
  }
  // Each request has an execution of its own: it sees all that was committed before it came, also
  // where the same question is being answered already.
  void get_fresh(const std::string& path, QueryHandler handler) {
    routes_.add("GET", path, Route{std::move(handler), {}, false});
  }
  const web::Router<Route>& routes() const { return routes_; }

 private:
  web::Router<Route> routes_;
};

// 200 with ETag "<version>" and the headers Waybill-Version and Waybill-Owner, by which gateway and
// cache know whose it is.
web::Response representation(std::string body, std::int64_t version, const std::string& owner = {});

// A page of a list, as the conventions say: {"items": […], "next": cursor|null, "total"?}; items
// are JSON texts.
struct Page {
  std::vector<std::string> items;
  std::optional<std::string> next;  // cursor
  std::optional<std::int64_t> total;
};
web::Response page_response(const Page& page,
                            const web::Request& request);  // sets Link: rel="next"

// Opaque cursor: sort key and id of the last row, bound to the filters and sort it was made with.
struct Cursor {
  std::string sort_key;
  Id id;
};
std::string encode_cursor(const Cursor& cursor, const web::Request& request);
// nullopt without one; 400 bad-cursor for a broken one or one of another query.
Result<std::optional<Cursor>> decode_cursor(const web::Request& request);

}  // namespace waybill::runtime

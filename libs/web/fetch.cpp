#include "libs/web/fetch.hpp"

#include <memory>

#include <curl/curl.h>

#include "libs/metrics/outgoing.hpp"

namespace waybill::web {
namespace {

struct Sink {
  std::string body;
  std::size_t most = 0;
};

// libcurl takes fewer bytes than it gave for a refusal.
std::size_t take(char* data, std::size_t size, std::size_t count, void* to) {
  Sink& sink = *static_cast<Sink*>(to);
  if (sink.body.size() + size * count > sink.most) return 0;
  sink.body.append(data, size * count);
  return size * count;
}

using Handle = std::unique_ptr<CURL, void (*)(CURL*)>;
using List = std::unique_ptr<curl_slist, void (*)(curl_slist*)>;

Handle make_handle() {
  // Once per process; later ones only count.
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  Handle handle{started == CURLE_OK ? curl_easy_init() : nullptr, curl_easy_cleanup};
  if (!handle) throw std::bad_alloc{};
  return handle;
}

List make_headers(const std::vector<std::string>& headers) {
  List list{nullptr, curl_slist_free_all};
  for (const std::string& header : headers) {
    curl_slist* longer = curl_slist_append(list.get(), header.c_str());
    if (!longer) throw std::bad_alloc{};
    (void)list.release();
    list.reset(longer);
  }
  return list;
}

}  // namespace

Result<FetchAnswer> fetch(const FetchRequest& request) {
  const Handle curl = make_handle();
  const List headers = make_headers(request.headers);
  Sink sink{{}, request.most_bytes};
  const auto set = [&curl](CURLoption option, auto value) {
    curl_easy_setopt(curl.get(), option, value);
  };
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_time.count()));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.whole_time.count()));
  set(CURLOPT_HTTPHEADER, headers.get());
  set(CURLOPT_WRITEFUNCTION, take);
  set(CURLOPT_WRITEDATA, &sink);
  if (!request.body.empty()) {
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    set(CURLOPT_POSTFIELDS, request.body.data());
  }
  set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  metrics::Outgoing call{request.target, "request"};
  const CURLcode code = curl_easy_perform(curl.get());
  if (code != CURLE_OK) return unavailable(curl_easy_strerror(code));
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status < 500) call.succeeded();
  return FetchAnswer{static_cast<int>(status), std::move(sink.body)};
}

}  // namespace waybill::web

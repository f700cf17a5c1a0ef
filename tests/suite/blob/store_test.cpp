// What every store does.
#include <thread>

#include "tests/suite/blob/stores.hpp"

using namespace waybill;
using namespace waybill::blob;
using namespace std::chrono_literals;

TEMPLATE_TEST_CASE("what was finished is read back, whole and in part", "[blob]", Folder, S3) {
  const TestType place;
  const auto store = place.open();
  const std::string bytes = noise(200'000);
  const std::string key = put(*store, bytes);
  CHECK(get(*store, key, 0, bytes.size()) == bytes);
  CHECK(get(*store, key, 199'999, 1) == bytes.substr(199'999));
  CHECK(get(*store, key, 1'000, 100) == bytes.substr(1'000, 100));
  const auto found = place.open()->find(key);
  REQUIRE(found);
  CHECK(found->size == bytes.size());
  CHECK(found->modified > now() - 1min);
  CHECK(found->modified < now() + 1min);
}

TEMPLATE_TEST_CASE("an object larger than a part is whole", "[blob]", Folder, S3) {
  const TestType place;
  const auto store = place.open();
  const std::string bytes = noise(12 * 1024 * 1024 + 17);
  const auto upload = store->begin();
  for (std::size_t at = 0; at < bytes.size(); at += 300'000) {
    upload->write(std::string_view{bytes}.substr(at, 300'000));
  }
  upload->finish(key_of(bytes));
  CHECK(get(*store, key_of(bytes), 0, bytes.size()) == bytes);
  CHECK(get(*store, key_of(bytes), 5'242'870, 4'200'000) == bytes.substr(5'242'870, 4'200'000));
}

TEMPLATE_TEST_CASE("an object may be empty", "[blob]", Folder, S3) {
  const TestType place;
  const auto store = place.open();
  const std::string key = put(*store, "");
  CHECK(get(*store, key, 0, 0).empty());
  CHECK(store->find(key)->size == 0);
}

TEMPLATE_TEST_CASE("nobody sees an upload before it is finished", "[blob]", Folder, S3) {
  const TestType place;
  const auto store = place.open();
  const std::string bytes = noise(6'000'000);
  const auto upload = store->begin();
  upload->write(bytes);
  CHECK_FALSE(store->find(key_of(bytes)));
  CHECK(store->list("", 10).empty());
  upload->finish(key_of(bytes));
  CHECK(store->find(key_of(bytes)));
}

TEMPLATE_TEST_CASE("a store that nobody has written to is empty", "[blob]", Folder, S3) {
  const TestType place;
  const auto store = place.open();
  CHECK(store->list("", 10).empty());
  CHECK(store->sweep(now()) == 0);
  CHECK_FALSE(store->find(key_of("x")));
}

TEMPLATE_TEST_CASE("an upload that is given up leaves nothing", "[blob]", Folder, S3) {
  const TestType place;
  const auto store = place.open();
  for (const std::size_t size : {std::size_t{10}, std::size_t{6'000'000}}) {
    const auto upload = store->begin();
    upload->write(noise(size));
  }
  CHECK(store->list("", 10).empty());
  CHECK(store->sweep(now() + 1min) == 0);
}

TEMPLATE_TEST_CASE("the same bytes may be stored again", "[blob]", Folder, S3) {
  const TestType place;
  const auto store = place.open();
  const std::string key = put(*store, "the same");
  CHECK(put(*place.open(), "the same") == key);
  CHECK(get(*store, key, 0, 8) == "the same");
  CHECK(store->list("", 10).size() == 1);
}

TEMPLATE_TEST_CASE("what is not there is neither found nor opened, and removed already", "[blob]",
                   Folder, S3) {
  const TestType place;
  const auto store = place.open();
  put(*store, "something");
  const std::string absent = key_of("absent");
  CHECK_FALSE(store->find(absent));
  CHECK_FALSE(store->open(absent, 0, 1));
  CHECK_NOTHROW(store->remove(absent));
  CHECK_FALSE(store->find("sha256"));
}

TEMPLATE_TEST_CASE("what is removed is gone", "[blob]", Folder, S3) {
  const TestType place;
  const auto store = place.open();
  const std::string key = put(*store, "to be removed");
  store->remove(key);
  CHECK_FALSE(store->find(key));
  CHECK_FALSE(place.open()->open(key, 0, 1));
}

TEMPLATE_TEST_CASE("lists go by key, page by page", "[blob]", Folder, S3) {
  const TestType place;
  const auto store = place.open();
  std::vector<std::string> keys;
  for (int i = 0; i < 25; ++i) keys.push_back(put(*store, std::to_string(i)));
  std::sort(keys.begin(), keys.end());
  std::vector<std::string> listed;
  for (std::string after;;) {
    const auto page = store->list(after, 10);
    for (const Object& object : page) listed.push_back(object.key);
    if (page.size() < 10) break;
    after = page.back().key;
  }
  CHECK(listed == keys);
  CHECK(store->list(keys.back(), 10).empty());
  CHECK(store->list(keys[3] + '0', 1).at(0).key == keys[4]);
}

TEMPLATE_TEST_CASE("a sweep removes what crashed uploads have left, and nothing else", "[blob]",
                   Folder, S3) {
  const TestType place;
  const auto store = place.open();
  const std::string kept = put(*store, "kept");
  // A process that ends in the middle doesn't tidy up: this upload is never destroyed.
  auto* crashed = store->begin().release();
  crashed->write(noise(6'000'000));
  CHECK(store->sweep(now() - 1h) == 0);
  CHECK(store->sweep(now() + 1h) == 1);
  CHECK(store->sweep(now() + 1h) == 0);
  CHECK(get(*store, kept, 0, 4) == "kept");
  CHECK_THROWS_AS(crashed->finish(key_of("crashed")), StoreError);
  delete crashed;
}

TEMPLATE_TEST_CASE("many threads share a store", "[blob]", Folder, S3) {
  const TestType place;
  const auto store = place.open();
  put(*store, "first");
  std::atomic<int> right{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        const std::string bytes = noise(100'000 + static_cast<std::size_t>(i % 4));
        const std::string key = put(*store, bytes);
        const auto download = store->open(key, 0, bytes.size());
        if (download && read(*download) == bytes) ++right;
      });
    }
  }
  CHECK(right == 8);
  CHECK(store->list("", 100).size() == 5);
}

TEMPLATE_TEST_CASE("what is no key is our own mistake", "[blob]", Folder, S3) {
  const TestType place;
  const auto store = place.open();
  for (const char* key : {"", "/", "a/", "/a", "a//b", "../a", "a/../b", "A", "a b", "a.b"}) {
    INFO(key);
    CHECK_THROWS_AS(store->find(key), std::invalid_argument);
    const auto upload = store->begin();
    CHECK_THROWS_AS(upload->finish(key), std::invalid_argument);
  }
}

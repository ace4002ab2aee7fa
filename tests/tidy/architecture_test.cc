// The order of rooms (docs/ARCHITECTURE.md) as a failing test: reads every #include of src/ and objects to each one
// that runs against an arrow, or that lets a room see a library which is another room's affair.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tidy/source_tree.h"

namespace darkroom::tidy {
namespace {

using std::string_view;

struct Room {
  string_view name;
  std::vector<string_view> sees;  // beginnings of the includes that it may have; its own are always allowed
};

const std::vector<Room>& Rooms() {
  static const std::vector<Room> rooms = {
      {"base", {}},
      {"domain", {"base/"}},
      {"ports", {"base/", "domain/"}},
      {"imaging", {"base/"}},
      {"mesh", {"base/"}},
      {"http", {"base/"}},
      {"wire", {"base/", "http/"}},
      {"embedded", {"base/", "domain/", "ports/"}},
      {"aws", {"base/", "domain/", "ports/", "http/", "wire/"}},
      {"gateway", {"base/", "domain/", "ports/", "http/", "wire/"}},
      {"model", {"base/", "domain/", "imaging/", "mesh/"}},
      {"worker", {"base/", "domain/", "ports/", "model/"}},
      {"ledger", {"base/", "domain/", "ports/"}},
      {"scaling", {"base/", "domain/", "ports/"}},
      {"web", {"base/", "domain/", "ports/", "http/", "imaging/", "model/package.h"}},
      {"cli",
       {"base/", "domain/", "ports/", "http/", "wire/", "embedded/", "aws/", "gateway/", "imaging/", "model/",
        "worker/", "ledger/", "scaling/", "web/"}},
  };
  return rooms;
}

struct Library {
  string_view header;  // beginning of its includes
  string_view room;    // the only one that may see it
};

constexpr Library kLibraries[] = {
    {"sqlite3.h", "embedded"},  {"onnxruntime", "model"}, {"jpeglib.h", "imaging"},
    {"turbojpeg.h", "imaging"}, {"spng.h", "imaging"},    {"png.h", "imaging"},
    {"webp/", "imaging"},       {"boost/beast", "http"},  {"curl/", "http"},
};

const Room* FindRoom(string_view name) {
  const auto found = std::ranges::find(Rooms(), name, &Room::name);
  return found == Rooms().end() ? nullptr : &*found;
}

string_view FirstFolder(string_view path) { return path.substr(0, path.find('/')); }

// The room of "src/base/clock.h" is "base"; main.cc belongs to the top one.
string_view RoomOf(string_view path) {
  path.remove_prefix(string_view("src/").size());
  return path.find('/') == string_view::npos ? "cli" : FirstFolder(path);
}

// Why a file may not include a header, or nothing if it may. A test may bring in any room but cli as a real part.
std::optional<std::string> Objection(string_view path, string_view header) {
  const string_view room_name = RoomOf(path);
  const Room* room = FindRoom(room_name);
  if (!room) return std::string(room_name) + " is not in the table of rooms";
  for (const Library& library : kLibraries) {
    if (header.starts_with(library.header) && room_name != library.room) {
      return "only " + std::string(library.room) + "/ may see " + std::string(header);
    }
  }
  const string_view target = FirstFolder(header);
  if (!FindRoom(target) || target == room_name) return std::nullopt;
  if (IsTest(path) && target != "cli") return std::nullopt;
  if (std::ranges::any_of(room->sees, [&](string_view allowed) { return header.starts_with(allowed); })) {
    return std::nullopt;
  }
  return std::string(room_name) + "/ may not see " + std::string(header);
}

// The header of an #include line, without its quotes or brackets.
std::optional<string_view> IncludedHeader(string_view line) {
  constexpr string_view kInclude = "#include ";
  if (!line.starts_with(kInclude)) return std::nullopt;
  line.remove_prefix(kInclude.size());
  const size_t begin = line.find_first_of("\"<");
  if (begin == string_view::npos) return std::nullopt;
  const size_t end = line.find_first_of("\">", begin + 1);
  return line.substr(begin + 1, end - begin - 1);
}

TEST(Architecture, ArrowsOfAllIncludesRunInTheOrderOfRooms) {
  size_t includes = 0;
  for (const SourceFile& file : ReadProject(DARKROOM_SOURCE_DIR)) {
    if (!file.IsIn("src/")) continue;
    for (size_t i = 0; i < file.lines.size(); ++i) {
      const auto header = IncludedHeader(file.lines[i]);
      if (!header) continue;
      ++includes;
      const auto objection = Objection(file.path, *header);
      EXPECT_FALSE(objection) << file.path << ":" << i + 1 << ": " << *objection;
    }
  }
  EXPECT_GT(includes, 100u) << "the includes were not found";
}

TEST(Architecture, ARoomSeesOnlyRoomsBelowIt) {
  EXPECT_FALSE(Objection("src/embedded/engine.cc", "ports/queue.h"));
  EXPECT_TRUE(Objection("src/ports/queue.h", "embedded/engine.h"));
  EXPECT_TRUE(Objection("src/base/clock.cc", "domain/job.h"));
  EXPECT_TRUE(Objection("src/web/handlers.cc", "cli/up.h"));
}

TEST(Architecture, NeighboursDoNotSeeEachOther) {
  EXPECT_TRUE(Objection("src/aws/sqs_queue.cc", "gateway/sqs.h"));
  EXPECT_TRUE(Objection("src/worker/worker.cc", "embedded/engine.h"));
  EXPECT_TRUE(Objection("src/web/handlers.cc", "model/session.h"));
  EXPECT_FALSE(Objection("src/web/handlers.cc", "model/package.h"));
  EXPECT_FALSE(Objection("src/gateway/sqs.cc", "wire/sigv4.h"));
}

TEST(Architecture, EachLibraryIsSeenByOneRoom) {
  EXPECT_FALSE(Objection("src/embedded/database.cc", "sqlite3.h"));
  EXPECT_TRUE(Objection("src/ledger/ledger.cc", "sqlite3.h"));
  EXPECT_TRUE(Objection("src/worker/worker.cc", "onnxruntime_cxx_api.h"));
  EXPECT_TRUE(Objection("src/aws/s3.cc", "curl/curl.h"));
  EXPECT_TRUE(Objection("src/web/server.cc", "boost/beast/http.hpp"));
}

TEST(Architecture, ATestMayBringInNeighboursButNotTheProgram) {
  EXPECT_FALSE(Objection("src/worker/worker_test.cc", "embedded/engine.h"));
  EXPECT_TRUE(Objection("src/worker/worker_test.cc", "cli/up.h"));
  EXPECT_TRUE(Objection("src/worker/worker_test.cc", "sqlite3.h"));
}

TEST(Architecture, AFolderOutsideTheTableIsObjectedTo) {
  EXPECT_TRUE(Objection("src/utils/strings.cc", "base/result.h"));
}

TEST(Architecture, TheTableItselfHasNoCircles) {
  std::vector<string_view> before;
  for (const Room& room : Rooms()) {
    for (string_view seen : room.sees) {
      EXPECT_TRUE(std::ranges::find(before, FirstFolder(seen)) != before.end())
          << room.name << "/ sees " << seen << ", which the table lists after it";
    }
    before.push_back(room.name);
  }
}

}  // namespace
}  // namespace darkroom::tidy

#include "web/submission_form.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/crypto.h"
#include "http/ascii.h"
#include "http/multipart.h"
#include "web/client_text.h"
#include "web/json_text.h"

namespace darkroom::web {
namespace {

using NextFileResult = OrProblem<std::optional<UploadedFile>>;

constexpr int kRetryAfterSeconds = 2;
constexpr std::size_t kMaxJsonValues = 1'000'000;  // of a body: a parser takes tens of bytes for each, however short

// A body that breaks off or is malformed is the client's matter, not a fault of this service.
Problem BodyProblem(const Error& error) {
  switch (error.code()) {
    case Code::kTooLarge:
      return {"too_large", error.message()};
    case Code::kUnavailable:
      return {"request_timeout", error.message()};
    default:
      return {"invalid_request", "the body cannot be read: " + error.message()};
  }
}

Problem NoRoom(const UploadBudget::Share& share) {
  Problem problem("busy",
                  fmt::format("uploads under way fill the {} bytes that this service holds of them; try again in {} s",
                              share.limit(), kRetryAfterSeconds),
                  {{"limit", share.limit()}});
  problem.headers.Set("Retry-After", std::to_string(kRetryAfterSeconds));
  return problem;
}

struct Gathered {
  std::string bytes;
  std::int64_t size = 0;
  bool too_large = false;  // `bytes` is empty then
};

enum class PastLimit { kStop, kCount };

// Reads `source`, a body or a part of one, to its end; what is over `limit` is not kept.
template <class Source>
Task<OrProblem<Gathered>> Gather(Source& source, std::int64_t limit, PastLimit past, UploadBudget::Share& share) {
  Gathered all;
  while (!all.too_large || past == PastLimit::kCount) {
    auto chunk = co_await source.Read();
    if (!chunk) co_return Refuse(BodyProblem(chunk.error()));
    if (chunk->empty()) break;
    const auto size = std::int64_t(chunk->size());
    all.size += size;
    if (all.too_large) continue;
    all.too_large = all.size > limit;
    if (all.too_large) {
      share.GiveBack(std::int64_t(all.bytes.size()));
      all.bytes = std::string();
      continue;
    }
    if (!share.Take(size)) co_return Refuse(NoRoom(share));
    if (all.bytes.empty()) {
      all.bytes = std::move(*chunk);
    } else {
      all.bytes += *chunk;
    }
  }
  co_return all;
}

// What base64 of this length holds.
std::int64_t DecodedSize(std::string_view base64) {
  const auto padding = base64.ends_with("==") ? 2 : base64.ends_with('=') ? 1 : 0;
  return std::max<std::int64_t>(0, std::int64_t(base64.size()) / 4 * 3 - padding);
}

class MultipartForm final : public SubmissionForm {
 public:
  MultipartForm(http::MultipartReader reader, FormLimits limits, UploadBudget::Share& share)
      : reader_(std::move(reader)), limits_(limits), share_(share) {}

  Task<NextFileResult> NextFile() override {
    while (true) {
      auto part = co_await reader_.Next();
      if (!part) co_return Refuse(BodyProblem(part.error()));
      if (!*part) co_return std::nullopt;
      const http::PartHeader header = std::move(**part);
      if (header.file_name) {
        auto read = co_await Gather(reader_, limits_.file_bytes, PastLimit::kCount, share_);
        if (!read) co_return Refuse(std::move(read.error()));
        if (header.file_name->empty() && read->size == 0) continue;  // a file input left empty
        UploadedFile file{header.name, CleanFileName(*header.file_name), std::move(read->bytes), read->size,
                          read->too_large};
        co_return file;
      }
      auto text = co_await reader_.ReadAll(kMaxFieldBytes);
      if (!text && text.error().code() == Code::kTooLarge) {
        co_return Refuse("too_large",
                         fmt::format("field '{}' is larger than {} bytes; a file part needs a file name",
                                     CleanText(header.name, 80), kMaxFieldBytes),
                         {{"field", CleanText(header.name, 80)}, {"limit", kMaxFieldBytes}});
      }
      if (!text) co_return Refuse(BodyProblem(text.error()));
      fields_.emplace_back(header.name, std::move(*text));
      if (fields_.size() > 100) co_return Refuse("invalid_request", "the form has more than 100 fields");
    }
  }

  void Add(RawFields fields) { fields_ = std::move(fields); }

 private:
  http::MultipartReader reader_;
  const FormLimits limits_;
  UploadBudget::Share& share_;
};

class RawForm final : public SubmissionForm {
 public:
  RawForm(http::Request& request, FormLimits limits, UploadBudget::Share& share, RawFields fields)
      : request_(request), limits_(limits), share_(share) {
    file_name_ = CleanFileName(FileNameOf(request.headers.Get("Content-Disposition")));
    for (auto& [name, text] : fields) {
      if (name == "file_name") {
        file_name_ = CleanFileName(text);
      } else {
        fields_.emplace_back(std::move(name), std::move(text));
      }
    }
  }

  Task<NextFileResult> NextFile() override {
    if (std::exchange(read_, true)) co_return std::nullopt;
    UploadedFile file;
    file.file_name = file_name_;
    file.size = std::int64_t(std::min<std::uint64_t>(request_.content_length.value_or(0), INT64_MAX));
    file.too_large = file.size > limits_.file_bytes;
    if (file.too_large) co_return file;
    auto read = co_await Gather(*request_.body, limits_.file_bytes, PastLimit::kStop, share_);
    if (!read) co_return Refuse(std::move(read.error()));
    if (read->size == 0) co_return std::nullopt;
    file.size = read->size;
    file.too_large = read->too_large;
    file.bytes = std::move(read->bytes);
    co_return file;
  }

 private:
  http::Request& request_;
  const FormLimits limits_;
  UploadBudget::Share& share_;
  std::string file_name_;
  bool read_ = false;
};

class JsonForm final : public SubmissionForm {
 public:
  JsonForm(FormLimits limits, UploadBudget::Share& share, RawFields fields) : limits_(limits), share_(share) {
    fields_ = std::move(fields);
  }

  OrProblem<void> Parse(std::string_view text) {
    const std::size_t values = ShapeOf(text).values;
    if (values > kMaxJsonValues) {
      return Refuse("invalid_request", fmt::format("the body has more than {} values", kMaxJsonValues));
    }
    if (!share_.Take(std::int64_t(text.size() + values * sizeof(json::value)))) return Refuse(NoRoom(share_));
    auto object = ParseJsonObject(text);
    if (!object) return Refuse("invalid_request", "the body: " + object.error().message());
    auto fields = FieldsOf(*object, text);
    if (!fields) return Refuse(std::move(fields.error()));
    fields_.insert(fields_.end(), fields->begin(), fields->end());

    auto one = GetObject(*object, "image");
    if (!one) return Refuse("invalid_request", one.error().message(), {{"field", "image"}});
    auto many = GetArray(*object, "images");
    if (!many) return Refuse("invalid_request", many.error().message(), {{"field", "images"}});
    if (*one != nullptr && *many != nullptr) {
      return Refuse("invalid_request", "give 'image' or 'images', not both", {{"field", "images"}});
    }
    if (*one != nullptr) images_.push_back(**one);
    if (*many != nullptr) images_ = std::move(object->at("images").get_array());  // not twice in memory
    return {};
  }

  Task<NextFileResult> NextFile() override {
    if (at_ == images_.size()) co_return std::nullopt;
    co_return Decode(at_++);
  }

 private:
  NextFileResult Decode(std::size_t index) {
    const std::string where = fmt::format("images[{}]", index);
    if (!images_[index].is_object()) {
      return Refuse("invalid_request", fmt::format("'{}' must be an object with 'data'", where), {{"field", where}});
    }
    const json::object& image = images_[index].get_object();
    auto name = GetString(image, "file_name");
    if (!name) return Refuse("invalid_request", where + ": " + name.error().message(), {{"field", where}});
    UploadedFile file{"", CleanFileName(name->value_or("")), "", 0, false};
    const json::value* data = image.if_contains("data");
    if (data == nullptr || !data->is_string()) {
      return Refuse("invalid_request", fmt::format("'{}.data' must be a string of base64", where), {{"field", where}});
    }
    const std::string_view text(data->get_string().data(), data->get_string().size());
    file.size = DecodedSize(text);
    file.too_large = file.size > limits_.file_bytes;
    if (file.too_large) return file;
    if (!share_.Take(file.size)) return Refuse(NoRoom(share_));
    auto bytes = FromBase64(text);
    if (!bytes) {
      return Refuse("invalid_request",
                    fmt::format("'{}.data' is not base64 (standard alphabet with padding, no data: prefix)", where),
                    {{"field", where}});
    }
    file.bytes = std::move(*bytes);
    share_.GiveBack(std::int64_t(text.size()));
    images_[index] = nullptr;  // its memory, before the next one's is taken
    return file;
  }

  const FormLimits limits_;
  UploadBudget::Share& share_;
  json::array images_;
  std::size_t at_ = 0;
};

}  // namespace

Task<OrProblem<std::unique_ptr<SubmissionForm>>> SubmissionForm::Open(http::Request& request, FormLimits limits,
                                                                      UploadBudget::Share& share) {
  const std::string_view header = request.headers.Get("Content-Type");
  const std::string_view type = http::Trim(header.substr(0, header.find(';')));
  const auto is = [type](std::string_view name) { return http::EqualsIgnoringCase(type, name); };

  if (is("multipart/form-data")) {
    auto reader = http::MultipartReader::Open(header, *request.body);
    if (!reader) co_return Refuse(BodyProblem(reader.error()));
    auto form = std::make_unique<MultipartForm>(std::move(*reader), limits, share);
    form->Add(request.query);
    co_return form;
  }
  if (is("application/json")) {
    auto text = co_await Gather(*request.body, limits.json_bytes, PastLimit::kStop, share);
    if (!text) co_return Refuse(std::move(text.error()));
    if (text->too_large) {
      co_return Refuse(
          "too_large",
          fmt::format("a JSON body may have {} bytes; send many files as multipart/form-data", limits.json_bytes),
          {{"limit", limits.json_bytes}});
    }
    auto form = std::make_unique<JsonForm>(limits, share, request.query);
    auto parsed = form->Parse(text->bytes);
    if (!parsed) co_return Refuse(std::move(parsed.error()));
    share.GiveBack(text->size);
    co_return form;
  }
  if (is("application/octet-stream") || http::EqualsIgnoringCase(type.substr(0, 6), "image/")) {
    co_return std::make_unique<RawForm>(request, limits, share, request.query);
  }
  co_return Refuse("unsupported_body",
                   fmt::format("Content-Type '{}' is not understood; send multipart/form-data, application/json, "
                               "image/* or application/octet-stream",
                               CleanText(type, 80)));
}

}  // namespace darkroom::web

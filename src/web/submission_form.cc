#include "web/submission_form.h"

#include <fmt/format.h>

#include "base/crypto.h"
#include "http/ascii.h"
#include "http/multipart.h"
#include "web/client_text.h"

namespace darkroom::web {
namespace {

using NextFileResult = OrProblem<std::optional<UploadedFile>>;

// A body that breaks off or is malformed is the client's matter, not a fault of this service.
Problem BodyProblem(const Error& error) {
  if (error.code() == Code::kTooLarge) return {"too_large", error.message()};
  return {"invalid_request", "the body cannot be read: " + error.message()};
}

class MultipartForm final : public SubmissionForm {
 public:
  MultipartForm(http::MultipartReader reader, FormLimits limits) : reader_(std::move(reader)), limits_(limits) {}

  Task<NextFileResult> NextFile() override {
    while (true) {
      auto part = co_await reader_.Next();
      if (!part) co_return Refuse(BodyProblem(part.error()));
      if (!*part) co_return std::nullopt;
      const http::PartHeader header = std::move(**part);
      if (header.file_name) {
        auto bytes = co_await reader_.ReadAll(std::size_t(limits_.file_bytes));
        const bool too_large = !bytes && bytes.error().code() == Code::kTooLarge;
        if (!bytes && !too_large) co_return Refuse(BodyProblem(bytes.error()));
        if (header.file_name->empty() && !too_large && bytes->empty()) continue;  // a file input left empty
        UploadedFile file{header.name, CleanFileName(*header.file_name), too_large ? "" : std::move(*bytes), too_large};
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
};

class RawForm final : public SubmissionForm {
 public:
  RawForm(http::Request& request, FormLimits limits, RawFields fields) : request_(request), limits_(limits) {
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
    file.too_large = request_.content_length.value_or(0) > std::uint64_t(limits_.file_bytes);
    if (file.too_large) co_return file;
    auto bytes = co_await request_.body->ReadAll(std::size_t(limits_.file_bytes));
    file.too_large = !bytes && bytes.error().code() == Code::kTooLarge;
    if (!bytes && !file.too_large) co_return Refuse(BodyProblem(bytes.error()));
    if (bytes) file.bytes = std::move(*bytes);
    if (bytes && file.bytes.empty()) co_return std::nullopt;
    co_return file;
  }

 private:
  http::Request& request_;
  const FormLimits limits_;
  std::string file_name_;
  bool read_ = false;
};

class JsonForm final : public SubmissionForm {
 public:
  JsonForm(FormLimits limits, RawFields fields) : limits_(limits) { fields_ = std::move(fields); }

  OrProblem<void> Parse(std::string_view text) {
    auto object = ParseJsonObject(text);
    if (!object) return Refuse("invalid_request", "the body: " + object.error().message());
    auto fields = FieldsOf(*object);
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
    if (*many != nullptr) images_ = **many;
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
    UploadedFile file{"", CleanFileName(name->value_or("")), "", false};
    const json::value* data = image.if_contains("data");
    if (data == nullptr || !data->is_string()) {
      return Refuse("invalid_request", fmt::format("'{}.data' must be a string of base64", where), {{"field", where}});
    }
    const std::string_view text(data->get_string().data(), data->get_string().size());
    file.too_large = std::int64_t(text.size() / 4 * 3) > limits_.file_bytes + 2;
    if (file.too_large) return file;
    auto bytes = FromBase64(text);
    if (!bytes) {
      return Refuse("invalid_request",
                    fmt::format("'{}.data' is not base64 (standard alphabet with padding, no data: prefix)", where),
                    {{"field", where}});
    }
    file.too_large = std::int64_t(bytes->size()) > limits_.file_bytes;
    if (!file.too_large) file.bytes = std::move(*bytes);
    images_[index] = nullptr;  // its memory, before the next one's is taken
    return file;
  }

  const FormLimits limits_;
  json::array images_;
  std::size_t at_ = 0;
};

}  // namespace

Task<OrProblem<std::unique_ptr<SubmissionForm>>> SubmissionForm::Open(http::Request& request, FormLimits limits) {
  const std::string_view header = request.headers.Get("Content-Type");
  const std::string_view type = http::Trim(header.substr(0, header.find(';')));
  const auto is = [type](std::string_view name) { return http::EqualsIgnoringCase(type, name); };

  if (is("multipart/form-data")) {
    auto reader = http::MultipartReader::Open(header, *request.body);
    if (!reader) co_return Refuse(BodyProblem(reader.error()));
    auto form = std::make_unique<MultipartForm>(std::move(*reader), limits);
    form->Add(request.query);
    co_return form;
  }
  if (is("application/json")) {
    auto text = co_await request.body->ReadAll(std::size_t(limits.json_bytes));
    if (!text && text.error().code() == Code::kTooLarge) {
      co_return Refuse(
          "too_large",
          fmt::format("a JSON body may have {} bytes; send many files as multipart/form-data", limits.json_bytes),
          {{"limit", limits.json_bytes}});
    }
    if (!text) co_return Refuse(BodyProblem(text.error()));
    auto form = std::make_unique<JsonForm>(limits, request.query);
    auto parsed = form->Parse(*text);
    if (!parsed) co_return Refuse(std::move(parsed.error()));
    co_return form;
  }
  if (is("application/octet-stream") || http::EqualsIgnoringCase(type.substr(0, 6), "image/")) {
    co_return std::make_unique<RawForm>(request, limits, request.query);
  }
  co_return Refuse("unsupported_body",
                   fmt::format("Content-Type '{}' is not understood; send multipart/form-data, application/json, "
                               "image/* or application/octet-stream",
                               CleanText(type, 80)));
}

}  // namespace darkroom::web

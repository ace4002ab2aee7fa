#include "wire/xml.h"

#include <fmt/format.h>

namespace darkroom::wire {
namespace {

struct StringWriter : pugi::xml_writer {
  std::string text;
  void write(const void* data, std::size_t size) override { text.append(static_cast<const char*>(data), size); }
};

}  // namespace

void AddText(pugi::xml_node parent, const char* name, std::string_view text) {
  parent.append_child(name).text().set(std::string(text).c_str());
}

std::string ToXml(const pugi::xml_document& document) {
  StringWriter writer;
  document.save(writer, "", pugi::format_raw, pugi::encoding_utf8);
  return std::move(writer.text);
}

Status ParseXml(std::string_view text, pugi::xml_document& document) {
  // Keep white space: a key may be made of it.
  const auto parsed = document.load_buffer(text.data(), text.size(), pugi::parse_default | pugi::parse_ws_pcdata_single,
                                           pugi::encoding_utf8);
  if (parsed) return {};
  return Fail(Code::kInvalid, fmt::format("not valid XML at byte {}: {}", parsed.offset, parsed.description()));
}

}  // namespace darkroom::wire

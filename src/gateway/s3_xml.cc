#include "gateway/s3_xml.h"

#include <fmt/format.h>

#include <chrono>
#include <cstring>

#include "gateway/s3_list.h"
#include "wire/xml.h"

namespace darkroom::gateway {
namespace {

constexpr std::size_t kMaxDeletes = 1000;

pugi::xml_node Root(pugi::xml_document& document, const char* name) {
  pugi::xml_node root = document.append_child(name);
  root.append_attribute("xmlns").set_value(wire::kS3Namespace);
  return root;
}

}  // namespace

std::string WriteBuckets(const std::vector<std::string>& names) {
  pugi::xml_document document;
  pugi::xml_node root = Root(document, "ListAllMyBucketsResult");
  wire::AddText(root.append_child("Owner"), "ID", "darkroom");
  pugi::xml_node buckets = root.append_child("Buckets");
  for (const std::string& name : names) wire::AddText(buckets.append_child("Bucket"), "Name", name);
  return wire::ToXml(document);
}

std::string WriteLocation(std::string_view region) {
  pugi::xml_document document;
  pugi::xml_node root = Root(document, "LocationConstraint");
  // S3's oldest region has no name here.
  if (region != "us-east-1") root.text().set(std::string(region).c_str());
  return wire::ToXml(document);
}

std::string WriteCopyResult(std::string_view etag, Time modified) {
  pugi::xml_document document;
  pugi::xml_node root = Root(document, "CopyObjectResult");
  wire::AddText(root, "LastModified", XmlTime(modified));
  wire::AddText(root, "ETag", etag);
  return wire::ToXml(document);
}

AwsResult<DeleteRequest> ReadDelete(std::string_view xml) {
  pugi::xml_document document;
  const auto parsed = wire::ParseXml(xml, document);
  const pugi::xml_node root = document.child("Delete");
  if (!parsed || !root) return Refuse(400, "MalformedXML", "The XML you provided was not well-formed.");
  DeleteRequest request;
  request.quiet = std::strcmp(root.child_value("Quiet"), "true") == 0;
  for (const pugi::xml_node object : root.children("Object")) {
    request.keys.emplace_back(object.child_value("Key"));
    if (object.child("VersionId")) return Refuse(501, "NotImplemented", "Versions are not served here.");
  }
  if (request.keys.empty() || request.keys.size() > kMaxDeletes) {
    return Refuse(400, "MalformedXML", fmt::format("A batch deletes 1 to {} objects.", kMaxDeletes));
  }
  return request;
}

std::string WriteDeleteResult(const std::vector<Deleted>& deleted, bool quiet) {
  pugi::xml_document document;
  pugi::xml_node root = Root(document, "DeleteResult");
  for (const Deleted& one : deleted) {
    if (one.wrong) {
      pugi::xml_node error = root.append_child("Error");
      wire::AddText(error, "Key", one.key);
      wire::AddText(error, "Code", one.wrong->code);
      wire::AddText(error, "Message", one.wrong->message);
    } else if (!quiet) {
      wire::AddText(root.append_child("Deleted"), "Key", one.key);
    }
  }
  return wire::ToXml(document);
}

std::string HttpTime(Time t) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(t - day));
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[std::chrono::weekday(day).c_encoding()],
                     unsigned(date.day()), kMonths[unsigned(date.month()) - 1], int(date.year()), time.hours().count(),
                     time.minutes().count(), time.seconds().count());
}

}  // namespace darkroom::gateway

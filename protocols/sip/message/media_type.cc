#include "protocols/sip/message/media_type.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sip {

std::optional<MediaType> MediaType::Parse(absl::string_view value) {
  Scanner scanner(value);
  scanner.SkipLws();
  MediaType media;
  media.type = scanner.Token();
  if (media.type.empty() || !scanner.ConsumeSeparator('/')) return std::nullopt;
  media.subtype = scanner.Token();
  if (media.subtype.empty() || !media.params.ParseFrom(scanner)) return std::nullopt;
  scanner.SkipLws();
  if (!scanner.at_end()) return std::nullopt;
  return media;
}

void MediaType::AppendTo(std::string& out) const {
  absl::StrAppend(&out, type, "/", subtype);
  params.AppendTo(out);
}

bool MediaType::Is(absl::string_view wanted_type, absl::string_view wanted_subtype) const {
  return EqualsIgnoreCase(type, wanted_type) && EqualsIgnoreCase(subtype, wanted_subtype);
}

std::optional<ContentType> ContentType::Parse(absl::string_view value) {
  std::optional<MediaType> media = MediaType::Parse(value);
  if (!media.has_value()) return std::nullopt;
  return ContentType{{std::move(*media)}};
}

std::optional<Accept> Accept::Parse(absl::string_view value) {
  std::optional<MediaType> media = MediaType::Parse(value);
  if (!media.has_value()) return std::nullopt;
  return Accept{{std::move(*media)}};
}

}  // namespace tickwire::sip

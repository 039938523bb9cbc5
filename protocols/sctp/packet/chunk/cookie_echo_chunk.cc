#include "protocols/sctp/packet/chunk/cookie_echo_chunk.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<CookieEchoChunk> CookieEchoChunk::Parse(const ChunkView& view) {
  if (view.type != kType) return std::nullopt;
  CookieEchoChunk chunk;
  ValueReader reader(view.value);
  if (!reader.ok()) return std::nullopt;
  chunk.cookie = reader.TakeRest();
  return chunk;
}

void CookieEchoChunk::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType, uint8_t{0});
  writer.PutBytes(cookie);
}

std::string CookieEchoChunk::ToString() const {
  return absl::StrCat("COOKIE ECHO", " cookie=", cookie.size(), " B");
}

}  // namespace tickwire::sctp

#include "protocols/sctp/packet/chunk/auth_chunk.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<AuthChunk> AuthChunk::Parse(const ChunkView& view) {
  if (view.type != kType) return std::nullopt;
  AuthChunk chunk;
  ValueReader reader(view.value);
  chunk.shared_key_id = reader.Take16();
  chunk.hmac_id = reader.Take16();
  if (!reader.ok()) return std::nullopt;
  chunk.hmac = reader.TakeRest();
  return chunk;
}

void AuthChunk::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType, uint8_t{0});
  writer.Put16(shared_key_id).Put16(hmac_id);
  writer.PutBytes(hmac);
}

std::string AuthChunk::ToString() const {
  return absl::StrCat("AUTH", " shared key id=", shared_key_id, " hmac id=", hmac_id,
                      " hmac=", hmac.size(), " B");
}

}  // namespace tickwire::sctp

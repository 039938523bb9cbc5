#include "protocols/sctp/association/packet_builder.h"

#include <algorithm>

#include "protocols/sctp/packet/chunk/auth_chunk.h"

namespace tickwire::sctp {

PacketBuilder::PacketBuilder(std::vector<uint8_t>& buffer, const CommonHeader& header, size_t limit,
                             const Authentication* authentication)
    : buffer_(buffer), limit_(limit), authentication_(authentication) {
  header.Begin(buffer_);
}

size_t PacketBuilder::AuthSize() const {
  return Padded(kTlvHeader + 4 + HmacSize(authentication_->hmac()));
}

size_t PacketBuilder::Room(uint8_t type) const {
  size_t used = buffer_.size();
  if (authentication_ != nullptr && auth_at_ == 0 && authentication_->PeerWants(type)) {
    used += AuthSize();
  }
  return used >= limit_ ? 0 : limit_ - used;
}

bool PacketBuilder::Reserve(uint8_t type, size_t size) {
  const bool wants_auth =
      authentication_ != nullptr && auth_at_ == 0 && authentication_->PeerWants(type);
  if (chunks_ > 0 && size > Room(type)) return false;
  if (wants_auth) {
    auth_at_ = buffer_.size();
    const std::vector<uint8_t> zeros(HmacSize(authentication_->hmac()));
    AuthChunk{.shared_key_id = authentication_->key_id(),
              .hmac_id = static_cast<uint16_t>(authentication_->hmac()),
              .hmac = zeros}
        .SerializeTo(buffer_);
  }
  return true;
}

std::span<const uint8_t> PacketBuilder::Finish() {
  if (auth_at_ != 0) {
    const std::vector<uint8_t> mac =
        authentication_->Compute(std::span<const uint8_t>(buffer_).subspan(auth_at_));
    std::copy(mac.begin(), mac.end(), buffer_.begin() + static_cast<std::ptrdiff_t>(auth_at_) + 8);
  }
  CommonHeader::Seal(buffer_);
  return buffer_;
}

}  // namespace tickwire::sctp

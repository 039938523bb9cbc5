#include "protocols/ip/packet_slice.h"

#include <algorithm>
#include <cstring>

namespace tickwire {

Packet SlicePacket(Node& node, const Packet& payload, size_t offset, size_t size) {
  const std::span<const uint8_t> bytes = payload.bytes();
  const size_t stored = offset >= bytes.size() ? 0 : std::min(size, bytes.size() - offset);
  Packet slice = node.NewPacket(stored);
  if (stored > 0) std::memcpy(slice.mutable_bytes().data(), bytes.data() + offset, stored);
  slice.set_virtual_tail(static_cast<uint32_t>(size - stored));
  slice.set_spoiled(payload.spoiled());
  slice.set_record(payload.record());
  return slice;
}

}  // namespace tickwire

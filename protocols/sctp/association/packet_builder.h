// PacketBuilder: bundles chunks into one packet (RFC 9260 section 6.10), with AUTH before what the
// peer wants authenticated (RFC 4895 section 6.3).
#ifndef TICKWIRE_PROTOCOLS_SCTP_ASSOCIATION_PACKET_BUILDER_H_
#define TICKWIRE_PROTOCOLS_SCTP_ASSOCIATION_PACKET_BUILDER_H_

#include <cstdint>
#include <span>
#include <vector>

#include "protocols/sctp/association/authentication.h"
#include "protocols/sctp/packet/sctp_packet.h"

namespace tickwire::sctp {

class PacketBuilder {
 public:
  // `buffer` is reused: its memory stays. `authentication` may be null. `limit`: bytes of the
  // whole packet. All outlive it.
  PacketBuilder(std::vector<uint8_t>& buffer, const CommonHeader& header, size_t limit,
                const Authentication* authentication);

  // Adds it if it fits; `size` is the chunk's with padding. REQUIRES for the first chunk: that it
  // fits, or nothing ever would: it is added whatever its size.
  template <class Chunk>
  bool Add(const Chunk& chunk, size_t size) {
    if (!Reserve(Chunk::kType, size)) return false;
    chunk.SerializeTo(buffer_);
    ++chunks_;
    return true;
  }
  // Adds a chunk whose size does not matter: it is alone, or known to be small.
  template <class Chunk>
  void Put(const Chunk& chunk) {
    Reserve(Chunk::kType, 0);
    chunk.SerializeTo(buffer_);
    ++chunks_;
  }
  // Bytes left for a chunk of `type`, header and padding included.
  size_t Room(uint8_t type) const;
  bool empty() const { return chunks_ == 0; }
  // Checksum and AUTH; the packet is whole then.
  std::span<const uint8_t> Finish();

 private:
  bool Reserve(uint8_t type, size_t size);
  size_t AuthSize() const;

  std::vector<uint8_t>& buffer_;
  const size_t limit_;
  const Authentication* const authentication_;
  size_t auth_at_ = 0;  // where the AUTH chunk begins; 0: there is none
  int chunks_ = 0;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_ASSOCIATION_PACKET_BUILDER_H_

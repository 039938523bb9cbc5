// AnyChunk: the only list of chunks. A chunk is a value with four members (the concept below);
// whoever dispatches with std::visit or std::get_if gets a compile error for one it forgot.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_ANY_CHUNK_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_ANY_CHUNK_H_

#include <concepts>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "protocols/sctp/packet/chunk/abort_chunk.h"
#include "protocols/sctp/packet/chunk/asconf_ack_chunk.h"
#include "protocols/sctp/packet/chunk/asconf_chunk.h"
#include "protocols/sctp/packet/chunk/auth_chunk.h"
#include "protocols/sctp/packet/chunk/cookie_ack_chunk.h"
#include "protocols/sctp/packet/chunk/cookie_echo_chunk.h"
#include "protocols/sctp/packet/chunk/data_chunk.h"
#include "protocols/sctp/packet/chunk/error_chunk.h"
#include "protocols/sctp/packet/chunk/forward_tsn_chunk.h"
#include "protocols/sctp/packet/chunk/heartbeat_ack_chunk.h"
#include "protocols/sctp/packet/chunk/heartbeat_chunk.h"
#include "protocols/sctp/packet/chunk/i_data_chunk.h"
#include "protocols/sctp/packet/chunk/i_forward_tsn_chunk.h"
#include "protocols/sctp/packet/chunk/init_ack_chunk.h"
#include "protocols/sctp/packet/chunk/init_chunk.h"
#include "protocols/sctp/packet/chunk/pad_chunk.h"
#include "protocols/sctp/packet/chunk/re_config_chunk.h"
#include "protocols/sctp/packet/chunk/sack_chunk.h"
#include "protocols/sctp/packet/chunk/shutdown_ack_chunk.h"
#include "protocols/sctp/packet/chunk/shutdown_chunk.h"
#include "protocols/sctp/packet/chunk/shutdown_complete_chunk.h"
#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

template <class T>
concept SctpChunk = requires(const T chunk, const ChunkView& in, std::vector<uint8_t>& out) {
  { T::kType } -> std::convertible_to<uint8_t>;
  { T::Parse(in) } -> std::same_as<std::optional<T>>;
  {chunk.SerializeTo(out)};
  { chunk.ToString() } -> std::convertible_to<std::string>;
};

template <SctpChunk... Chunks>
using ChunkVariant = std::variant<Chunks...>;
using AnyChunk =
    ChunkVariant<DataChunk, InitChunk, InitAckChunk, SackChunk, HeartbeatChunk, HeartbeatAckChunk,
                 AbortChunk, ShutdownChunk, ShutdownAckChunk, ErrorChunk, CookieEchoChunk,
                 CookieAckChunk, ShutdownCompleteChunk, AuthChunk, IDataChunk, AsconfAckChunk,
                 ReConfigChunk, PadChunk, ForwardTsnChunk, AsconfChunk, IForwardTsnChunk>;

// Whether `type` is one of the list.
bool IsKnownChunkType(uint8_t type);
// None if the type is unknown or the chunk malformed.
std::optional<AnyChunk> ParseChunk(const ChunkView& view);
void SerializeTo(const AnyChunk& chunk, std::vector<uint8_t>& out);
std::string ToString(const AnyChunk& chunk);
// "DATA", "INIT ACK"; "chunk 77" for an unknown one.
std::string ChunkTypeName(uint8_t type);

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_ANY_CHUNK_H_

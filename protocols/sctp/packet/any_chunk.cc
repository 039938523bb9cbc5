#include "protocols/sctp/packet/any_chunk.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {
namespace {

// Calls `f` with the type of each chunk of the list, until it says true.
template <class F, size_t... kIndex>
bool AnyOf(F f, std::index_sequence<kIndex...>) {
  return (f(static_cast<std::variant_alternative_t<kIndex, AnyChunk>*>(nullptr)) || ...);
}
template <class F>
bool AnyChunkType(F f) {
  return AnyOf(f, std::make_index_sequence<std::variant_size_v<AnyChunk>>());
}

}  // namespace

bool IsKnownChunkType(uint8_t type) {
  return AnyChunkType([&](auto* chunk) {
    using Chunk = std::remove_pointer_t<decltype(chunk)>;
    return Chunk::kType == type;
  });
}

std::optional<AnyChunk> ParseChunk(const ChunkView& view) {
  std::optional<AnyChunk> result;
  AnyChunkType([&](auto* chunk) {
    using Chunk = std::remove_pointer_t<decltype(chunk)>;
    if (Chunk::kType != view.type) return false;
    if (std::optional<Chunk> parsed = Chunk::Parse(view)) result = std::move(*parsed);
    return true;
  });
  return result;
}

void SerializeTo(const AnyChunk& chunk, std::vector<uint8_t>& out) {
  std::visit([&](const auto& one) { one.SerializeTo(out); }, chunk);
}

std::string ToString(const AnyChunk& chunk) {
  return std::visit([](const auto& one) { return one.ToString(); }, chunk);
}

std::string ChunkTypeName(uint8_t type) {
  static constexpr struct {
    uint8_t type;
    const char* name;
  } kNames[] = {
      {0, "DATA"},
      {1, "INIT"},
      {2, "INIT ACK"},
      {3, "SACK"},
      {4, "HEARTBEAT"},
      {5, "HEARTBEAT ACK"},
      {6, "ABORT"},
      {7, "SHUTDOWN"},
      {8, "SHUTDOWN ACK"},
      {9, "ERROR"},
      {10, "COOKIE ECHO"},
      {11, "COOKIE ACK"},
      {14, "SHUTDOWN COMPLETE"},
      {15, "AUTH"},
      {64, "I-DATA"},
      {128, "ASCONF-ACK"},
      {130, "RE-CONFIG"},
      {132, "PAD"},
      {192, "FORWARD-TSN"},
      {193, "ASCONF"},
      {194, "I-FORWARD-TSN"},
  };
  for (const auto& one : kNames) {
    if (one.type == type) return one.name;
  }
  return absl::StrCat("chunk ", int{type});
}

}  // namespace tickwire::sctp

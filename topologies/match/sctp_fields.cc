#include "topologies/match/sctp_fields.h"

#include <algorithm>
#include <string>

#include "protocols/sctp/packet/any_chunk.h"

namespace tickwire::match {
namespace {

using Holds = absl::FunctionRef<bool(const FieldValue&)>;

int64_t Number(auto value) { return static_cast<int64_t>(value); }

// The types of the parameters, or the codes of the causes, one after the other.
bool AnyType(std::span<const uint8_t> list, Holds holds) {
  while (const auto parameter = sctp::TakeParameter(list)) {
    if (holds(Number(parameter->type))) return true;
  }
  return false;
}

// What DATA and I-DATA have in common.
bool AnyOfEitherData(const auto& chunk, PacketField field, Holds holds) {
  switch (field) {
    case PacketField::kSctpDataTsn:
      return holds(Number(chunk.tsn.value));
    case PacketField::kSctpDataStream:
      return holds(Number(chunk.stream.value));
    case PacketField::kSctpDataLength:
      return holds(Number(chunk.data.size()));
    case PacketField::kSctpDataImmediate:
      return holds(chunk.immediate);
    case PacketField::kSctpDataUnordered:
      return holds(chunk.unordered);
    case PacketField::kSctpDataBegin:
      return holds(chunk.begin);
    case PacketField::kSctpDataEnd:
      return holds(chunk.end);
    default:
      return false;
  }
}

bool AnyOfData(const sctp::DataChunk& chunk, PacketField field, Holds holds) {
  if (field == PacketField::kSctpDataSsn) return holds(Number(chunk.ssn.value));
  if (field == PacketField::kSctpDataPpid) return holds(Number(chunk.ppid.value));
  return AnyOfEitherData(chunk, field, holds);
}

bool AnyOfData(const sctp::IDataChunk& chunk, PacketField field, Holds holds) {
  if (field == PacketField::kSctpDataMid) return holds(Number(chunk.mid.value));
  // The first fragment has the PPID where the others have their number (RFC 8260 section 2.1).
  if (field == PacketField::kSctpDataPpid) return chunk.begin && holds(Number(chunk.ppid_or_fsn));
  if (field == PacketField::kSctpDataFsn) return !chunk.begin && holds(Number(chunk.ppid_or_fsn));
  return AnyOfEitherData(chunk, field, holds);
}

bool AnyOfSack(const sctp::SackChunk& chunk, PacketField field, Holds holds) {
  switch (field) {
    case PacketField::kSctpSackCumulative:
      return holds(Number(chunk.cumulative_tsn_ack.value));
    case PacketField::kSctpSackWindow:
      return holds(Number(chunk.a_rwnd));
    case PacketField::kSctpSackGaps:
      return holds(Number(chunk.gap_ack_blocks.size()));
    case PacketField::kSctpSackDuplicates:
      return holds(Number(chunk.duplicate_tsns.size()));
    case PacketField::kSctpSackGapStart:
    case PacketField::kSctpSackGapEnd:
      return std::any_of(
          chunk.gap_ack_blocks.begin(), chunk.gap_ack_blocks.end(), [&](const auto& block) {
            return holds(Number(field == PacketField::kSctpSackGapStart ? block.start : block.end));
          });
    case PacketField::kSctpSackDuplicate:
      return std::any_of(chunk.duplicate_tsns.begin(), chunk.duplicate_tsns.end(),
                         [&](sctp::Tsn tsn) { return holds(Number(tsn.value)); });
    default:
      return false;
  }
}

// INIT and INIT ACK have the same five fixed values, in the order of the fields from `first` on.
bool AnyOfInit(const auto& chunk, PacketField first, PacketField field, Holds holds) {
  switch (static_cast<int>(field) - static_cast<int>(first)) {
    case 0:
      return holds(Number(chunk.initiate_tag.value));
    case 1:
      return holds(Number(chunk.a_rwnd));
    case 2:
      return holds(Number(chunk.outbound_streams));
    case 3:
      return holds(Number(chunk.inbound_streams));
    case 4:
      return holds(Number(chunk.initial_tsn.value));
    default:
      return field == PacketField::kSctpParameterType && AnyType(chunk.parameters, holds);
  }
}

// What only some chunks have.
struct AnyOfChunk {
  PacketField field;
  Holds holds;

  bool Is(PacketField which) const { return field == which; }
  bool operator()(const sctp::DataChunk& chunk) const { return AnyOfData(chunk, field, holds); }
  bool operator()(const sctp::IDataChunk& chunk) const { return AnyOfData(chunk, field, holds); }
  bool operator()(const sctp::SackChunk& chunk) const { return AnyOfSack(chunk, field, holds); }
  bool operator()(const sctp::InitChunk& chunk) const {
    return AnyOfInit(chunk, PacketField::kSctpInitTag, field, holds);
  }
  bool operator()(const sctp::InitAckChunk& chunk) const {
    return AnyOfInit(chunk, PacketField::kSctpInitAckTag, field, holds);
  }
  bool operator()(const sctp::AbortChunk& chunk) const {
    if (Is(PacketField::kSctpAbortT)) return holds(chunk.tag_reflected);
    return Is(PacketField::kSctpCauseCode) && AnyType(chunk.causes, holds);
  }
  bool operator()(const sctp::ErrorChunk& chunk) const {
    return Is(PacketField::kSctpCauseCode) && AnyType(chunk.causes, holds);
  }
  bool operator()(const sctp::ShutdownChunk& chunk) const {
    return Is(PacketField::kSctpShutdownTsn) && holds(Number(chunk.cumulative_tsn_ack.value));
  }
  bool operator()(const sctp::ShutdownCompleteChunk& chunk) const {
    return Is(PacketField::kSctpShutdownCompleteT) && holds(chunk.tag_reflected);
  }
  bool operator()(const sctp::ForwardTsnChunk& chunk) const {
    return Is(PacketField::kSctpForwardTsn) && holds(Number(chunk.new_cumulative_tsn.value));
  }
  bool operator()(const sctp::IForwardTsnChunk& chunk) const {
    return Is(PacketField::kSctpForwardTsn) && holds(Number(chunk.new_cumulative_tsn.value));
  }
  bool operator()(const sctp::AsconfChunk& chunk) const {
    if (Is(PacketField::kSctpAsconfNumber)) return holds(Number(chunk.sequence_number));
    return Is(PacketField::kSctpParameterType) && AnyType(chunk.parameters, holds);
  }
  bool operator()(const sctp::AsconfAckChunk& chunk) const {
    if (Is(PacketField::kSctpAsconfAckNumber)) return holds(Number(chunk.sequence_number));
    return Is(PacketField::kSctpParameterType) && AnyType(chunk.responses, holds);
  }
  bool operator()(const sctp::ReConfigChunk& chunk) const {
    return Is(PacketField::kSctpParameterType) && AnyType(chunk.parameters, holds);
  }
  bool operator()(const sctp::HeartbeatChunk& chunk) const {
    return Is(PacketField::kSctpParameterType) && AnyType(chunk.parameters, holds);
  }
  bool operator()(const sctp::HeartbeatAckChunk& chunk) const {
    return Is(PacketField::kSctpParameterType) && AnyType(chunk.parameters, holds);
  }
  bool operator()(const sctp::ShutdownAckChunk&) const { return false; }
  bool operator()(const sctp::CookieEchoChunk&) const { return false; }
  bool operator()(const sctp::CookieAckChunk&) const { return false; }
  bool operator()(const sctp::AuthChunk&) const { return false; }
  bool operator()(const sctp::PadChunk&) const { return false; }
};

bool AnyOfView(const sctp::ChunkView& view, PacketField field, Holds holds) {
  switch (field) {
    case PacketField::kSctpChunkType: {
      std::string name = sctp::ChunkTypeName(view.type);
      std::replace(name.begin(), name.end(), ' ', '_');  // a word of the language
      return holds(absl::string_view(name));
    }
    case PacketField::kSctpChunkTypeNumber:
      return holds(Number(view.type));
    case PacketField::kSctpChunkFlags:
      return holds(Number(view.flags));
    case PacketField::kSctpChunkLength:
      return holds(Number(view.whole.size()));
    default: {
      const std::optional<sctp::AnyChunk> chunk = sctp::ParseChunk(view);
      return chunk && std::visit(AnyOfChunk{field, holds}, *chunk);
    }
  }
}

}  // namespace

bool AnySctpValue(const sctp::CommonHeader& header, std::span<const uint8_t> chunks,
                  PacketField field, Holds holds) {
  switch (field) {
    case PacketField::kSctpSourcePort:
      return holds(Number(header.source_port));
    case PacketField::kSctpDestinationPort:
      return holds(Number(header.destination_port));
    case PacketField::kSctpVerificationTag:
      return holds(Number(header.tag.value));
    case PacketField::kSctpChunkCount: {
      int64_t count = 0;
      while (sctp::TakeChunk(chunks)) ++count;
      return holds(count);
    }
    default:
      break;
  }
  while (const auto view = sctp::TakeChunk(chunks)) {
    if (AnyOfView(*view, field, holds)) return true;
  }
  return false;
}

}  // namespace tickwire::match

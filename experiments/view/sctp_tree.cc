#include "experiments/view/sctp_tree.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "protocols/sctp/packet/any_cause.h"
#include "protocols/sctp/packet/any_chunk.h"
#include "protocols/sctp/packet/any_parameter.h"
#include "protocols/sctp/packet/sctp_packet.h"

namespace tickwire {
namespace {

using Bytes = std::span<const uint8_t>;

// The fixed fields of the chunks, from the figures of RFC 9260 section 3.3 and of the extensions.
struct FieldPlace {
  uint8_t type;
  size_t offset;  // from the chunk's first byte
  size_t size;    // 2 or 4
  const char* name;
  bool is_tag = false;  // shown in hexadecimal
};
constexpr FieldPlace kFields[] = {
    {sctp::DataChunk::kType, 4, 4, "TSN"},
    {sctp::DataChunk::kType, 8, 2, "stream identifier"},
    {sctp::DataChunk::kType, 10, 2, "stream sequence number"},
    {sctp::DataChunk::kType, 12, 4, "payload protocol identifier"},
    {sctp::InitChunk::kType, 4, 4, "initiate tag", true},
    {sctp::InitChunk::kType, 8, 4, "a_rwnd"},
    {sctp::InitChunk::kType, 12, 2, "number of outbound streams"},
    {sctp::InitChunk::kType, 14, 2, "number of inbound streams"},
    {sctp::InitChunk::kType, 16, 4, "initial TSN"},
    {sctp::InitAckChunk::kType, 4, 4, "initiate tag", true},
    {sctp::InitAckChunk::kType, 8, 4, "a_rwnd"},
    {sctp::InitAckChunk::kType, 12, 2, "number of outbound streams"},
    {sctp::InitAckChunk::kType, 14, 2, "number of inbound streams"},
    {sctp::InitAckChunk::kType, 16, 4, "initial TSN"},
    {sctp::SackChunk::kType, 4, 4, "cumulative TSN ack"},
    {sctp::SackChunk::kType, 8, 4, "a_rwnd"},
    {sctp::SackChunk::kType, 12, 2, "number of gap ack blocks"},
    {sctp::SackChunk::kType, 14, 2, "number of duplicate TSNs"},
    {sctp::ShutdownChunk::kType, 4, 4, "cumulative TSN ack"},
    {sctp::AuthChunk::kType, 4, 2, "shared key identifier"},
    {sctp::AuthChunk::kType, 6, 2, "HMAC identifier"},
    {sctp::IDataChunk::kType, 4, 4, "TSN"},
    {sctp::IDataChunk::kType, 8, 2, "stream identifier"},
    {sctp::IDataChunk::kType, 12, 4, "message identifier"},
    {sctp::IDataChunk::kType, 16, 4, "payload protocol identifier or fragment sequence number"},
    {sctp::AsconfAckChunk::kType, 4, 4, "sequence number"},
    {sctp::AsconfChunk::kType, 4, 4, "sequence number"},
    {sctp::ForwardTsnChunk::kType, 4, 4, "new cumulative TSN"},
    {sctp::IForwardTsnChunk::kType, 4, 4, "new cumulative TSN"},
};

// Where the list of parameters or causes of a chunk begins; 0: it has none.
struct Lists {
  size_t parameters = 0;
  size_t causes = 0;
};
Lists ListsOf(uint8_t type) {
  switch (type) {
    case sctp::InitChunk::kType:
    case sctp::InitAckChunk::kType:
      return {.parameters = 20};
    case sctp::HeartbeatChunk::kType:
    case sctp::HeartbeatAckChunk::kType:
    case sctp::ReConfigChunk::kType:
      return {.parameters = 4};
    case sctp::AsconfChunk::kType:
    case sctp::AsconfAckChunk::kType:
      return {.parameters = 8};
    case sctp::AbortChunk::kType:
    case sctp::ErrorChunk::kType:
      return {.causes = 4};
    default:
      return {};
  }
}

class SctpDescriber {
 public:
  SctpDescriber(Bytes bytes, size_t offset, PacketTree& tree)
      : bytes_(bytes), offset_(offset), tree_(tree) {}
  void Run();

 private:
  void Line(int depth, size_t at, size_t length, std::string text) {
    tree_.lines.push_back({depth, std::move(text), offset_ + at, length});
  }
  void Broken(const TraceLabel& rule, size_t at) {
    tree_.violations.push_back({rule.rule, rule.name, offset_ + at});
  }
  size_t At(Bytes part) const { return static_cast<size_t>(part.data() - bytes_.data()); }
  void Chunk(const sctp::ChunkView& view);
  void Fields(const sctp::ChunkView& view);
  void FlagsOf(const sctp::AnyChunk& chunk, size_t at);
  void SackBlocks(const sctp::SackChunk& sack, size_t at);

  const Bytes bytes_;
  const size_t offset_;
  PacketTree& tree_;
};

void SctpDescriber::Run() {
  static constexpr TraceLabel kTooShort{"truncated_sctp", "RFC 9260 3: shorter than its header"};
  static constexpr TraceLabel kRest{"malformed_chunk", "RFC 9260 3.2: length beyond the packet"};
  const auto header = sctp::CommonHeader::Read(bytes_);
  if (!header || bytes_.size() < sctp::CommonHeader::kSize) return Broken(kTooShort, 0);
  Line(0, 0, sctp::CommonHeader::kSize,
       absl::StrCat("SCTP ", header->source_port, " > ", header->destination_port));
  Line(1, 4, 4, absl::StrFormat("verification tag 0x%08x", header->tag.value));
  const TraceLabel* why = nullptr;
  const bool is_right = sctp::CommonHeader::Parse(bytes_, &why).has_value();
  Line(1, 8, 4,
       absl::StrFormat("CRC32c 0x%08x, %s", header->checksum, is_right ? "right" : "wrong"));
  if (!is_right) return Broken(*why, 8);
  Bytes rest = bytes_.subspan(sctp::CommonHeader::kSize);
  while (const auto view = sctp::TakeChunk(rest)) Chunk(*view);
  if (!rest.empty()) Broken(kRest, At(rest));
}

void SctpDescriber::Chunk(const sctp::ChunkView& view) {
  static constexpr TraceLabel kMalformed{"malformed_chunk",
                                         "RFC 9260 3.3: not the shape of its type"};
  const size_t at = At(view.whole);
  Line(0, at, view.whole.size(), absl::StrCat(sctp::ChunkTypeName(view.type), " chunk"));
  Line(1, at, 1, absl::StrCat("type ", int{view.type}));
  Line(1, at + 1, 1, absl::StrFormat("flags 0x%02x", view.flags));
  Line(1, at + 2, 2, absl::StrCat("length ", view.whole.size()));
  if (!sctp::IsKnownChunkType(view.type)) {
    // The two upper bits say what to do with it (section 3.2).
    Line(1, at, 1,
         absl::StrCat("unknown: ", (view.type & 0x80) != 0 ? "skip it" : "discard the packet",
                      (view.type & 0x40) != 0 ? ", report" : ", do not report"));
    return;
  }
  const std::optional<sctp::AnyChunk> chunk = sctp::ParseChunk(view);
  if (!chunk) return Broken(kMalformed, at);
  FlagsOf(*chunk, at);
  Fields(view);
  if (const auto* sack = std::get_if<sctp::SackChunk>(&*chunk)) SackBlocks(*sack, at);
}

void SctpDescriber::FlagsOf(const sctp::AnyChunk& chunk, size_t at) {
  const auto data = [&](const auto& one) {
    Line(1, at + 1, 1,
         absl::StrCat(one.unordered ? "unordered" : "ordered",
                      one.begin && one.end ? ", whole message"
                      : one.begin          ? ", first fragment"
                      : one.end            ? ", last fragment"
                                           : ", middle fragment",
                      one.immediate ? ", acknowledge at once" : ""));
  };
  if (const auto* one = std::get_if<sctp::DataChunk>(&chunk)) data(*one);
  if (const auto* one = std::get_if<sctp::IDataChunk>(&chunk)) data(*one);
  const char* const kReflected = "T=1: the tag is that of the packet answered";
  if (const auto* one = std::get_if<sctp::AbortChunk>(&chunk); one && one->tag_reflected) {
    Line(1, at + 1, 1, kReflected);
  }
  if (const auto* one = std::get_if<sctp::ShutdownCompleteChunk>(&chunk);
      one && one->tag_reflected) {
    Line(1, at + 1, 1, kReflected);
  }
}

void SctpDescriber::Fields(const sctp::ChunkView& view) {
  const size_t at = At(view.whole);
  size_t end = sctp::kTlvHeader;
  for (const FieldPlace& field : kFields) {
    if (field.type != view.type || view.whole.size() < field.offset + field.size) continue;
    end = field.offset + field.size;
    uint32_t value = 0;
    for (const uint8_t byte : view.whole.subspan(field.offset, field.size)) {
      value = value << 8 | byte;
    }
    Line(1, at + field.offset, field.size,
         field.is_tag ? absl::StrFormat("%s 0x%08x", field.name, value)
                      : absl::StrCat(field.name, " ", value));
  }
  const Lists lists = ListsOf(view.type);
  if (lists.parameters > 0 || lists.causes > 0) {
    Bytes rest = view.whole.subspan(lists.parameters + lists.causes);
    while (const auto one = sctp::TakeParameter(rest)) {
      Line(1, At(one->whole), one->whole.size(),
           lists.causes > 0 ? absl::StrCat("cause: ", sctp::DescribeCause(*one))
                            : absl::StrCat("parameter: ", sctp::DescribeParameter(*one)));
    }
  } else if (view.type != sctp::SackChunk::kType && end < view.whole.size()) {
    Line(1, at + end, view.whole.size() - end, absl::StrCat(view.whole.size() - end, " bytes"));
  }
}

void SctpDescriber::SackBlocks(const sctp::SackChunk& sack, size_t at) {
  at += 16;
  for (const auto& block : sack.gap_ack_blocks) {
    Line(1, at, 4,
         absl::StrCat("gap ack block: TSN ", sack.cumulative_tsn_ack.value + block.start, "-",
                      sack.cumulative_tsn_ack.value + block.end));
    at += 4;
  }
  for (const sctp::Tsn tsn : sack.duplicate_tsns) {
    Line(1, at, 4, absl::StrCat("duplicate TSN ", tsn.value));
    at += 4;
  }
}

}  // namespace

void DescribeSctp(std::span<const uint8_t> bytes, size_t offset, PacketTree& tree) {
  SctpDescriber(bytes, offset, tree).Run();
}

}  // namespace tickwire

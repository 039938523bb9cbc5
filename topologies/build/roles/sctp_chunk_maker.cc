#include "topologies/build/roles/sctp_chunk_maker.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "protocols/sctp/packet/any_chunk.h"
#include "topologies/build/literal_values.h"

namespace tickwire {
namespace {

using scenario::SctpBytes;
using Bytes = std::vector<uint8_t>;
using Tlvs = google::protobuf::RepeatedPtrField<scenario::SctpTlv>;
using sctp::TlvWriter;

int DigitOf(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = absl::ascii_tolower(static_cast<unsigned char>(c));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Writes chunks; the first mistake is kept and told at the end.
class Maker {
 public:
  Maker(const TsnBase& base, Bytes& out) : base_(base), out_(out) {}
  absl::Status status() const { return status_; }
  void Put(const scenario::SctpChunk& chunk);

 private:
  Bytes BytesOf(const SctpBytes& from) {
    Bytes bytes(from.text().begin(), from.text().end());
    int high = -1;
    for (const char c : from.hex()) {
      if (absl::ascii_isspace(static_cast<unsigned char>(c))) continue;
      const int digit = DigitOf(c);
      if (digit < 0) {
        status_ = absl::InvalidArgumentError(
            absl::StrCat("hex: \"", from.hex(), "\" is not made of hexadecimal digits"));
        return bytes;
      }
      if (high < 0) {
        high = digit;
        continue;
      }
      bytes.push_back(static_cast<uint8_t>(high << 4 | digit));
      high = -1;
    }
    if (high >= 0) {
      status_ = absl::InvalidArgumentError(
          absl::StrCat("hex: \"", from.hex(), "\" has an odd number of digits"));
    }
    if (!from.size().empty()) {
      bytes.resize(bytes.size() + static_cast<size_t>(SizeOf(from.size())));
    }
    return bytes;
  }
  // Parameters or causes.
  Bytes BytesOf(const Tlvs& tlvs) {
    Bytes bytes;
    for (const scenario::SctpTlv& tlv : tlvs) {
      TlvWriter(bytes, static_cast<uint16_t>(tlv.type())).PutBytes(BytesOf(tlv.value()));
    }
    return bytes;
  }
  void PutValue(uint8_t type, uint8_t flags, const Bytes& value) {
    TlvWriter(out_, type, flags).PutBytes(value);
  }
  void PutList(uint8_t type, uint8_t flags, const Bytes& tlvs) {
    TlvWriter(out_, type, flags).PutTlvs(tlvs);
  }
  uint8_t FlagsOf(const scenario::SctpDataChunk& data) const {
    return static_cast<uint8_t>((data.immediate() ? sctp::DataChunk::kImmediateBit : 0) |
                                (data.unordered() ? sctp::DataChunk::kUnorderedBit : 0) |
                                (data.no_begin() ? 0 : sctp::DataChunk::kBeginBit) |
                                (data.no_end() ? 0 : sctp::DataChunk::kEndBit));
  }

  void PutData(const scenario::SctpDataChunk& data) {  // RFC 9260 section 3.3.1
    TlvWriter(out_, sctp::DataChunk::kType, FlagsOf(data))
        .Put32(base_.own + data.tsn())
        .Put16(static_cast<uint16_t>(data.stream()))
        .Put16(static_cast<uint16_t>(data.number()))
        .Put32(data.ppid())
        .PutBytes(BytesOf(data.payload()));
  }
  void PutIData(const scenario::SctpDataChunk& data) {  // RFC 8260 section 2.1
    TlvWriter(out_, sctp::IDataChunk::kType, FlagsOf(data))
        .Put32(base_.own + data.tsn())
        .Put16(static_cast<uint16_t>(data.stream()))
        .Put16(0)
        .Put32(data.number())
        .Put32(data.no_begin() ? data.fsn() : data.ppid())
        .PutBytes(BytesOf(data.payload()));
  }
  void PutInit(uint8_t type, const scenario::SctpInitChunk& init) {  // sections 3.3.2, 3.3.3
    TlvWriter(out_, type, 0)
        .Put32(init.initiate_tag())
        .Put32(init.a_rwnd())
        .Put16(static_cast<uint16_t>(init.outbound_streams()))
        .Put16(static_cast<uint16_t>(init.inbound_streams()))
        .Put32(init.initial_tsn())
        .PutTlvs(BytesOf(init.parameter()));
  }
  void PutSack(const scenario::SctpSackChunk& sack) {  // section 3.3.4
    TlvWriter writer(out_, sctp::SackChunk::kType, 0);
    writer.Put32(base_.peer + sack.cumulative()).Put32(sack.a_rwnd());
    writer.Put16(static_cast<uint16_t>(sack.gap_size() / 2));
    writer.Put16(static_cast<uint16_t>(sack.duplicate_size()));
    for (int i = 0; i + 1 < sack.gap_size(); i += 2) {
      writer.Put16(static_cast<uint16_t>(sack.gap(i)));
      writer.Put16(static_cast<uint16_t>(sack.gap(i + 1)));
    }
    for (const uint32_t duplicate : sack.duplicate()) writer.Put32(base_.peer + duplicate);
  }
  void PutForwardTsn(const scenario::SctpForwardTsnChunk& chunk) {  // RFC 3758 section 3.2
    TlvWriter writer(out_, sctp::ForwardTsnChunk::kType, 0);
    writer.Put32(base_.own + chunk.cumulative());
    for (const uint32_t number : chunk.stream()) writer.Put16(static_cast<uint16_t>(number));
  }
  void PutIForwardTsn(const scenario::SctpForwardTsnChunk& chunk) {  // RFC 8260 section 2.3.1
    TlvWriter writer(out_, sctp::IForwardTsnChunk::kType, 0);
    writer.Put32(base_.own + chunk.cumulative());
    for (int i = 0; i + 1 < chunk.stream_size(); i += 2) {
      writer.Put16(static_cast<uint16_t>(chunk.stream(i))).Put16(0).Put32(chunk.stream(i + 1));
    }
  }
  void PutRaw(const scenario::SctpRawChunk& raw) {
    const size_t begin = out_.size();
    PutValue(static_cast<uint8_t>(raw.type()), static_cast<uint8_t>(raw.flags()),
             BytesOf(raw.value()));
    if (!raw.has_length()) return;
    out_[begin + 2] = static_cast<uint8_t>(raw.length() >> 8);
    out_[begin + 3] = static_cast<uint8_t>(raw.length());
  }

  const TsnBase base_;
  Bytes& out_;
  absl::Status status_;
};

void Maker::Put(const scenario::SctpChunk& chunk) {
  using Chunk = scenario::SctpChunk;
  switch (chunk.kind_case()) {
    case Chunk::kData:
      return PutData(chunk.data());
    case Chunk::kInit:
      return PutInit(sctp::InitChunk::kType, chunk.init());
    case Chunk::kInitAck:
      return PutInit(sctp::InitAckChunk::kType, chunk.init_ack());
    case Chunk::kSack:
      return PutSack(chunk.sack());
    case Chunk::kHeartbeat:
    case Chunk::kHeartbeatAck: {  // sections 3.3.5, 3.3.6: one Heartbeat Info parameter
      const bool is_ack = chunk.kind_case() == Chunk::kHeartbeatAck;
      Bytes info;
      TlvWriter(info, uint16_t{1})
          .PutBytes(BytesOf(is_ack ? chunk.heartbeat_ack() : chunk.heartbeat()));
      return PutList(is_ack ? sctp::HeartbeatAckChunk::kType : sctp::HeartbeatChunk::kType, 0,
                     info);
    }
    case Chunk::kAbort:
      return PutList(sctp::AbortChunk::kType, chunk.abort().t() ? 1 : 0,
                     BytesOf(chunk.abort().cause()));
    case Chunk::kShutdown:
      TlvWriter(out_, sctp::ShutdownChunk::kType, 0)
          .Put32(base_.peer + chunk.shutdown().cumulative());
      return;
    case Chunk::kShutdownAck:
      return PutValue(sctp::ShutdownAckChunk::kType, 0, {});
    case Chunk::kError:
      return PutList(sctp::ErrorChunk::kType, 0, BytesOf(chunk.error().cause()));
    case Chunk::kCookieEcho:
      return PutValue(sctp::CookieEchoChunk::kType, 0, BytesOf(chunk.cookie_echo()));
    case Chunk::kCookieAck:
      return PutValue(sctp::CookieAckChunk::kType, 0, {});
    case Chunk::kShutdownComplete:
      return PutValue(sctp::ShutdownCompleteChunk::kType, chunk.shutdown_complete().t() ? 1 : 0,
                      {});
    case Chunk::kForwardTsn:
      return PutForwardTsn(chunk.forward_tsn());
    case Chunk::kIData:
      return PutIData(chunk.i_data());
    case Chunk::kIForwardTsn:
      return PutIForwardTsn(chunk.i_forward_tsn());
    case Chunk::kAuth:
      TlvWriter(out_, sctp::AuthChunk::kType, 0)
          .Put16(static_cast<uint16_t>(chunk.auth().key()))
          .Put16(static_cast<uint16_t>(chunk.auth().hmac()))
          .PutBytes(BytesOf(chunk.auth().value()));
      return;
    case Chunk::kAsconf:
    case Chunk::kAsconfAck: {
      const bool is_ack = chunk.kind_case() == Chunk::kAsconfAck;
      const scenario::SctpAsconfChunk& asconf = is_ack ? chunk.asconf_ack() : chunk.asconf();
      TlvWriter(out_, is_ack ? sctp::AsconfAckChunk::kType : sctp::AsconfChunk::kType, 0)
          .Put32(asconf.serial())
          .PutTlvs(BytesOf(asconf.parameter()));
      return;
    }
    case Chunk::kReConfig:
      return PutList(sctp::ReConfigChunk::kType, 0, BytesOf(chunk.re_config().parameter()));
    case Chunk::kPad:
      return PutValue(sctp::PadChunk::kType, 0, Bytes(chunk.pad().size()));
    case Chunk::kRaw:
      return PutRaw(chunk.raw());
    case Chunk::KIND_NOT_SET:
      return;  // the loader asks for one
  }
}

}  // namespace

absl::StatusOr<std::vector<uint8_t>> MakeChunks(
    const google::protobuf::RepeatedPtrField<scenario::SctpChunk>& chunks, const TsnBase& base) {
  Bytes out;
  Maker maker(base, out);
  for (const scenario::SctpChunk& chunk : chunks) maker.Put(chunk);
  if (!maker.status().ok()) return maker.status();
  return out;
}

}  // namespace tickwire

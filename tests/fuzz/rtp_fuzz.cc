// Fuzz entry for RTP, RTCP and the bodies of SIP messages that have parsers of their own.
//
// Demands no crash, no read behind the end, and that what is written reads back as the same.
#include <cstddef>
#include <cstdint>
#include <string>

#include "protocols/rtp/receiver_statistics.h"
#include "protocols/rtp/rtcp_packet.h"
#include "protocols/rtp/rtp_packet.h"
#include "protocols/sip/body/multipart.h"
#include "protocols/sip/body/pidf.h"
#include "protocols/sip/body/reg_info.h"
#include "protocols/sip/body/sip_frag.h"
#include "sim_core/base/check.h"

namespace tickwire {
namespace {

void CheckRtp(std::span<const uint8_t> bytes) {
  const auto packet = rtp::ParseRtp(bytes);
  if (packet.has_value()) {
    TW_CHECK(packet->payload_offset + packet->payload_bytes <= bytes.size());
    rtp::ReceiverStatistics statistics(8000, Duration::Millis(60));
    for (int i = 0; i < 3; ++i) statistics.OnPacket(packet->header, SimTime::FromNanos(i));
    rtp::ReportBlock block;
    statistics.FillReport(block);
  }
  const auto compound = rtp::ParseRtcp(bytes);
  if (!compound.has_value() || compound->reports.size() > 31) return;
  TW_CHECK(rtp::ParseRtcp(rtp::MakeRtcp(*compound)) == compound);
}

void CheckBodies(const std::string& text) {
  if (const auto pidf = sip::Pidf::Parse(text)) {
    TW_CHECK(sip::Pidf::Parse(pidf->ToString()).has_value());
  }
  if (const auto info = sip::RegInfo::Parse(text)) {
    TW_CHECK(sip::RegInfo::Parse(info->ToString()).has_value());
    sip::RegInfoTable table;
    (void)table.Apply(*info);
  }
  (void)sip::SipFrag::Parse(text);
  if (const auto parts = sip::SplitMultipart("multipart/mixed;boundary=b", text)) {
    for (const sip::BodyPart& part : *parts) {
      TW_CHECK(part.body.empty() ||
               (part.body.data() >= text.data() &&
                part.body.data() + part.body.size() <= text.data() + text.size()));
    }
  }
}

}  // namespace
}  // namespace tickwire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tickwire::CheckRtp({data, size});
  tickwire::CheckBodies(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}

// SIP message layer: parsing and building the 770-byte INVITE that others are measured with.
#include <benchmark/benchmark.h>

#include <string>

#include "protocols/sip/message/sip_message.h"
#include "sim_core/base/check.h"

namespace tickwire::sip {
namespace {

// 770 octets: a typical first INVITE of a softphone, through one proxy, with SDP.
std::string Invite770() {
  const std::string body =
      "v=0\r\no=alice 2890844526 2890844526 IN IP4 192.0.2.101\r\ns=-\r\nc=IN IP4 192.0.2.101\r\n"
      "t=0 0\r\nm=audio 49172 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";
  std::string head =
      "INVITE sip:bob@biloxi.example.com SIP/2.0\r\n"
      "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK2d4790.1;rport\r\n"
      "Via: SIP/2.0/UDP "
      "client.atlanta.example.com:5060;branch=z9hG4bK74bf9;received=192.0.2.101\r\n"
      "Max-Forwards: 69\r\n"
      "Record-Route: <sip:ss1.atlanta.example.com;lr>\r\n"
      "From: Alice <sip:alice@atlanta.example.com>;tag=9fxced76sl\r\n"
      "To: Bob <sip:bob@biloxi.example.com>\r\n"
      "Call-ID: 2xTb9vxSit55XU7p8@atlanta.example.com\r\n"
      "CSeq: 1 INVITE\r\n"
      "Contact: <sip:alice@client.atlanta.example.com>\r\n"
      "Content-Type: application/sdp\r\n"
      "Content-Length: " +
      std::to_string(body.size()) + "\r\n";
  const size_t missing = 770 - head.size() - body.size() - 2 - std::string("Subject: \r\n").size();
  head += "Subject: " + std::string(missing, 'x') + "\r\n";
  return head + "\r\n" + body;
}

// Lines found, names recognised, and the value of each header of a typical request parsed.
void Parse(benchmark::State& state) {
  const std::string text = Invite770();
  TW_CHECK(text.size() == 770);
  for (auto _ : state) {
    const ParseResult result = SipMessage::Parse(text);
    const SipMessage& message = result.message;
    benchmark::DoNotOptimize(message.Get<Via>());
    benchmark::DoNotOptimize(message.Get<From>());
    benchmark::DoNotOptimize(message.Get<To>());
    benchmark::DoNotOptimize(message.Get<CallId>());
    benchmark::DoNotOptimize(message.Get<CSeq>());
    benchmark::DoNotOptimize(message.Get<MaxForwards>());
    benchmark::DoNotOptimize(message.Get<Contact>());
    benchmark::DoNotOptimize(message.Get<RecordRoute>());
    benchmark::DoNotOptimize(message.Get<ContentType>());
    benchmark::DoNotOptimize(message.body());
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(text.size()));
}
BENCHMARK(Parse)->Name("sip_parse");

// A request written header by header, and its wire image.
void Build(benchmark::State& state) {
  const std::string text = Invite770();
  const SipMessage model = SipMessage::Parse(text).message;
  const Via via = *model.Get<Via>();
  const From from = *model.Get<From>();
  const To to = *model.Get<To>();
  const Contact contact = *model.Get<Contact>();
  for (auto _ : state) {
    SipMessage message = SipMessage::Request("INVITE", model.request_uri());
    message.Add(via);
    message.Add(MaxForwards{});
    message.Add(from);
    message.Add(to);
    message.Add(*model.Get<CallId>());
    message.Add(CSeq{1, "INVITE"});
    message.Add(contact);
    message.SetBody("application/sdp", model.body());
    benchmark::DoNotOptimize(message.Wire());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(Build)->Name("sip_build");

}  // namespace
}  // namespace tickwire::sip

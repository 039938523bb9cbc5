// Fuzz entry for WebSocket. The first octet chooses who speaks, a client or a server, whether the
// opening handshake is done for it, and how the stream is cut; what follows is what it says.
//
// Demands no crash, messages within their limit, nothing left behind, and that frames that were
// read are written and read as the same.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "protocols/websocket/frame.h"
#include "protocols/websocket/opening_handshake.h"
#include "protocols/websocket/websocket_stack.h"
#include "sim_core/base/check.h"
#include "tests/support/memory_channels.h"

namespace tickwire::websocket {
namespace {

constexpr uint16_t kPort = 80;
constexpr size_t kMaxMessage = 500;

WebSocketConfig Config() {
  WebSocketConfig config;
  config.max_message = kMaxMessage;
  config.max_head = 1000;
  config.ping_interval = Duration::Seconds(1);
  return config;
}

std::span<const uint8_t> Bytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

void Converse(uint8_t choice, std::span<const uint8_t> bytes) {
  const bool to_server = (choice & 1) == 0;
  const bool opens = (choice & 2) != 0;
  MemoryChannels network;
  MemoryChannels::Node& client_node = network.AddNode("client");
  MemoryChannels::Node& server_node = network.AddNode("server");
  network.set_cut([choice](size_t) { return size_t{1} + choice % 61; });
  WebSocketStack client(client_node.clock(), client_node, RunSeed{}, Config());
  WebSocketStack server(server_node.clock(), server_node, RunSeed{}, Config());
  ChannelDiary near, far;
  std::unique_ptr<TransportStack::Listening> listening;
  server_node.Do([&] {
    TransportStack& stack = to_server ? static_cast<TransportStack&>(server) : server_node;
    listening =
        *stack.Listen(to_server ? TransportKind::kWs : TransportKind::kTcp, {IpAddress(), kPort}, 4,
                      [&](std::unique_ptr<Channel> channel) -> Channel::Listener& {
                        far.channel = std::move(channel);
                        return far;
                      });
  });
  client_node.Do([&] {
    TransportStack& stack = to_server ? static_cast<TransportStack&>(client_node) : client;
    near.channel = *stack.Connect(to_server ? TransportKind::kTcp : TransportKind::kWs,
                                  {server_node.address(), kPort}, near, {});
  });
  network.RunTo(100);
  ChannelDiary& speaker = to_server ? near : far;
  (to_server ? client_node : server_node).Do([&] {
    if (opens && to_server) {
      speaker.channel->Send(Bytes(MakeRequest({"/", "x", "dGhlIHNhbXBsZSBub25jZQ==", "", "sip"})));
    } else if (opens) {
      const size_t key = speaker.text.find("Key: ") + 5;
      speaker.channel->Send(Bytes(MakeResponse(speaker.text.substr(key, 24), "sip")));
    }
    if (!bytes.empty()) speaker.channel->Send(bytes);
  });
  network.RunTo(1500);
  for (const std::string& message : (to_server ? far : near).messages) {
    TW_CHECK(message.size() <= kMaxMessage);
  }
  client_node.Do([&] { near.channel.reset(); });
  server_node.Do([&] { far.channel.reset(); });
  network.RunTo(60'000);
  TW_CHECK(client.flow_count() == 0 && server.flow_count() == 0);
  TW_CHECK(network.live_pairs() == 0 && network.IsQuiet());
}

void ReadFrames(std::span<const uint8_t> bytes, bool expects_mask) {
  FrameReader reader(expects_mask);
  reader.Append(bytes);
  Frame frame;
  FrameError error{};
  while (reader.Next(1 << 16, frame, error) == FrameReader::Result::kFrame) {
    std::vector<uint8_t> out;
    AppendFrame(frame.opcode, frame.is_last, frame.payload,
                expects_mask ? std::optional<uint32_t>(0x12345678) : std::nullopt, out);
    FrameReader again(expects_mask);
    again.Append(out);
    Frame copy;
    TW_CHECK(again.Next(1 << 16, copy, error) == FrameReader::Result::kFrame);
    TW_CHECK(copy == frame);
  }
}

}  // namespace
}  // namespace tickwire::websocket

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::span<const uint8_t> rest(data + 1, size - 1);
  tickwire::websocket::Converse(data[0], rest);
  tickwire::websocket::ReadFrames(rest, (data[0] & 1) == 0);
  return 0;
}

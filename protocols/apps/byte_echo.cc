#include "protocols/apps/byte_echo.h"

#include <utility>

namespace tickwire {
namespace {

constexpr uint64_t kMostUnsent = 64 << 10;

}  // namespace

class ByteEcho::Session : public FlowServer::Session {
 public:
  using FlowServer::Session::Session;

 private:
  void OnBytes(std::span<const uint8_t> bytes, uint64_t zeros) override {
    Send(bytes, zeros);
    if (unsent().size() > kMostUnsent) channel().PauseReceiving();
  }
  void OnRoom() override { channel().ResumeReceiving(); }
};

ByteEcho::ByteEcho(const AppHost& host)
    : server_(host, [](FlowServer& server, std::unique_ptr<Channel> channel) {
        return std::make_unique<Session>(server, std::move(channel));
      }) {}

}  // namespace tickwire

// The applications on a TransportStack, over SCTP between two nodes, 10 ms each way: one stream,
// whole messages.
#include <gtest/gtest.h>

#include "protocols/apps/bulk_sender.h"
#include "protocols/apps/byte_echo.h"
#include "protocols/apps/byte_sink.h"
#include "protocols/apps/keystrokes.h"
#include "protocols/apps/request_client.h"
#include "protocols/apps/request_server.h"
#include "protocols/sctp/socket/sctp_transport.h"
#include "tests/support/sctp_world.h"

namespace tickwire {
namespace {

class SctpFlowApps : public testing::Test {
 protected:
  AppHost Client() { return {world_.simulator.node("a").clock(), client_, TransportKind::kSctp}; }
  AppHost Server() { return {world_.simulator.node("z").clock(), server_, TransportKind::kSctp}; }
  static FlowClient::Target To(uint16_t port) { return {.remote = {sctp::SctpWorld::Z(0), port}}; }

  sctp::SctpWorld world_;
  sctp::SctpTransport client_{*world_.sctp_a};
  sctp::SctpTransport server_{*world_.sctp_z};
};

TEST_F(SctpFlowApps, ABulkSenderSendsMoreThanTheBufferHolds) {
  ByteSink sink(Server(), {});
  ASSERT_TRUE(sink.Listen().ok());
  BulkSender sender(Client(), {.target = To(9), .bytes = 3'000'001});
  world_.Run(Duration::Seconds(60));
  EXPECT_EQ(sender.totals().bytes_sent, 3'000'001u);
  EXPECT_EQ(sink.totals().bytes_received, 3'000'001u);
  EXPECT_EQ(sender.totals().closed, 1u);
  EXPECT_EQ(sink.totals().closed, 1u);
}

TEST_F(SctpFlowApps, RequestsAreAnsweredWhateverTheirSize) {
  RequestServer server(Server(), {.listen = {.port = 80}});
  ASSERT_TRUE(server.Listen().ok());
  RequestClient client(
      Client(),
      {.target = To(80), .request_bytes = 20'000, .response_bytes = 2'000'000, .requests = 3});
  world_.Run(Duration::Seconds(60));
  EXPECT_EQ(client.responses(), 3u);
  EXPECT_EQ(client.totals().bytes_received, 3u * 2'000'000);
  EXPECT_EQ(client.totals().closed, 1u);
}

TEST_F(SctpFlowApps, KeysComeBackOneByOne) {
  ByteEcho echo(Server());
  ASSERT_TRUE(echo.Listen({.port = 7}).ok());
  Keystrokes typist(
      Client(), {.target = To(7), .interval = [] { return Duration::Millis(100); }, .keys = 20});
  world_.Run(Duration::Seconds(30));
  EXPECT_EQ(typist.echoes(), 20u);
}

}  // namespace
}  // namespace tickwire

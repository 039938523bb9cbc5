#include "tests/benchmarks/ns3_side.h"

#include <chrono>
#include <string>
#include <vector>

#include "ns3/applications-module.h"
#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/point-to-point-module.h"
#include "ns3/traffic-control-module.h"
#include "tests/benchmarks/increments.h"

namespace tickwire {
namespace {

using Clock = std::chrono::steady_clock;

const Increments& Table() {
  static const Increments& table = *new Increments;
  return table;
}

double Rate(uint64_t items, Clock::time_point begin) {
  return static_cast<double>(items) / std::chrono::duration<double>(Clock::now() - begin).count() /
         1e6;
}

uint64_t g_ns3_left = 0;  // ns-3's simulator is global, so its events are counted globally
Clock::time_point g_ns3_begin;
uint64_t g_ns3_warm = 0;

void Ns3Hold(uint32_t next) {
  if (g_ns3_warm > 0 && --g_ns3_warm == 0) g_ns3_begin = Clock::now();
  if (g_ns3_warm == 0 && --g_ns3_left == 0) {
    ns3::Simulator::Stop();
    return;
  }
  ns3::Simulator::Schedule(ns3::NanoSeconds(Table().At(next)), &Ns3Hold, next + 1);
}

}  // namespace

double Ns3HoldRate(const char* scheduler, uint32_t pending, uint64_t events) {
  ns3::ObjectFactory factory;
  factory.SetTypeId(scheduler);
  ns3::Simulator::SetScheduler(factory);
  g_ns3_left = events;
  g_ns3_warm = pending * 2;
  for (uint32_t i = 0; i < pending; ++i) {
    ns3::Simulator::Schedule(ns3::NanoSeconds(Table().At(i)), &Ns3Hold, i);
  }
  ns3::Simulator::Run();
  const double rate = Rate(events, g_ns3_begin);
  ns3::Simulator::Destroy();
  return rate;
}

namespace {

void Ns3Expiry() {}

struct Ns3Driver {
  explicit Ns3Driver(uint32_t count) : timers(count) {}
  std::vector<ns3::EventId> timers;
  uint64_t next = 0, operations = 0;
  void Run() {
    for (int i = 0; i < 64; ++i) {
      ns3::EventId& timer = timers[next % timers.size()];
      // Remove, as ns-3's Timer does with REMOVE_ON_DESTROY: Cancel alone would leave it queued.
      if (next % 10 != 0) ns3::Simulator::Remove(timer);
      timer = ns3::Simulator::Schedule(ns3::NanoSeconds(Table().At(next++)), &Ns3Expiry);
    }
    if (next >= operations) return ns3::Simulator::Stop();
    ns3::Simulator::Schedule(ns3::MicroSeconds(1), &Ns3Driver::Run, this);
  }
};

}  // namespace

double Ns3Churn(const char* scheduler, uint32_t timers, uint64_t operations) {
  ns3::ObjectFactory factory;
  factory.SetTypeId(scheduler);
  ns3::Simulator::SetScheduler(factory);
  Ns3Driver driver(timers);
  driver.operations = operations;
  ns3::Simulator::Schedule(ns3::NanoSeconds(1), &Ns3Driver::Run, &driver);
  const auto begin = Clock::now();
  ns3::Simulator::Run();
  const double rate = Rate(driver.next, begin);
  ns3::Simulator::Destroy();
  return rate;
}

double Ns3Hops(int hops, uint64_t packets) {
  ns3::ObjectFactory factory;
  factory.SetTypeId("ns3::MapScheduler");
  ns3::Simulator::SetScheduler(factory);
  ns3::NodeContainer nodes;
  nodes.Create(hops + 1);
  ns3::PointToPointHelper wire;
  wire.SetDeviceAttribute("DataRate", ns3::StringValue("1Gbps"));
  wire.SetChannelAttribute("Delay", ns3::StringValue("100us"));
  ns3::InternetStackHelper stack;
  stack.SetIpv6StackInstall(false);
  stack.Install(nodes);
  ns3::Ipv4AddressHelper addresses;
  addresses.SetBase("10.0.0.0", "255.255.255.0");
  ns3::Ipv4Address last;
  ns3::TrafficControlHelper traffic_control;
  for (int i = 0; i < hops; ++i) {
    ns3::NetDeviceContainer devices = wire.Install(nodes.Get(i), nodes.Get(i + 1));
    last = addresses.Assign(devices).GetAddress(1);
    traffic_control.Uninstall(devices);  // no queue discipline: the leanest path that ns-3 has
    addresses.NewNetwork();
  }
  ns3::Ipv4GlobalRoutingHelper::PopulateRoutingTables();
  ns3::UdpServerHelper server(9);
  ns3::ApplicationContainer servers = server.Install(nodes.Get(hops));
  ns3::UdpClientHelper client(last, 9);
  client.SetAttribute("MaxPackets", ns3::UintegerValue(packets));
  client.SetAttribute("Interval", ns3::TimeValue(ns3::MicroSeconds(20)));
  client.SetAttribute("PacketSize", ns3::UintegerValue(100));
  client.Install(nodes.Get(0));
  const auto begin = Clock::now();
  ns3::Simulator::Run();
  const uint64_t received = ns3::DynamicCast<ns3::UdpServer>(servers.Get(0))->GetReceived();
  const double rate = Rate(received * hops, begin);
  ns3::Simulator::Destroy();
  return rate;
}

}  // namespace tickwire

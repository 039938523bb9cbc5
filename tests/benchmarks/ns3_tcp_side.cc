#include "tests/benchmarks/ns3_tcp_side.h"

#include <sys/resource.h>

#include <string>

#include "ns3/applications-module.h"
#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/point-to-point-module.h"
#include "ns3/traffic-control-module.h"

namespace tickwire {
namespace {

double UserSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec) / 1e6;
}

uint64_t g_link_packets = 0;  // ns-3's trace sources call plain functions
void CountPacket(ns3::Ptr<const ns3::Packet>) { ++g_link_packets; }

void SetDefaults(uint32_t window) {
  using ns3::Config::SetDefault;
  SetDefault("ns3::TcpL4Protocol::SocketType", ns3::TypeIdValue(ns3::TcpLinuxReno::GetTypeId()));
  SetDefault("ns3::TcpSocketBase::Sack", ns3::BooleanValue(true));
  SetDefault("ns3::TcpSocket::SegmentSize", ns3::UintegerValue(1448));
  SetDefault("ns3::TcpSocket::SndBufSize", ns3::UintegerValue(window));
  SetDefault("ns3::TcpSocket::RcvBufSize", ns3::UintegerValue(window));
  SetDefault("ns3::TcpSocket::InitialCwnd", ns3::UintegerValue(10));
  SetDefault("ns3::TcpSocketBase::MinRto", ns3::TimeValue(ns3::MilliSeconds(200)));
  g_link_packets = 0;
}

ns3::NetDeviceContainer Wire(ns3::PointToPointHelper& helper, ns3::Ptr<ns3::Node> a,
                             ns3::Ptr<ns3::Node> b) {
  ns3::NetDeviceContainer devices = helper.Install(a, b);
  for (uint32_t i = 0; i < 2; ++i) {
    devices.Get(i)->TraceConnectWithoutContext("PhyTxEnd", ns3::MakeCallback(&CountPacket));
  }
  return devices;
}

}  // namespace

Ns3TcpResult Ns3Bulk(int64_t bits_per_second, int64_t delay_micros, uint32_t loss_per_mille,
                     uint32_t window, int64_t bytes) {
  SetDefaults(window);
  ns3::NodeContainer nodes;
  nodes.Create(2);
  ns3::PointToPointHelper wire;
  wire.SetDeviceAttribute("DataRate", ns3::StringValue(std::to_string(bits_per_second) + "bps"));
  wire.SetChannelAttribute("Delay", ns3::TimeValue(ns3::MicroSeconds(delay_micros)));
  wire.SetQueue("ns3::DropTailQueue", "MaxSize", ns3::StringValue("1000000p"));
  const ns3::NetDeviceContainer devices = Wire(wire, nodes.Get(0), nodes.Get(1));
  if (loss_per_mille > 0) {
    auto error = ns3::CreateObject<ns3::RateErrorModel>();
    error->SetAttribute("ErrorUnit", ns3::StringValue("ERROR_UNIT_PACKET"));
    error->SetAttribute("ErrorRate", ns3::DoubleValue(loss_per_mille / 1000.0));
    devices.Get(1)->SetAttribute("ReceiveErrorModel", ns3::PointerValue(error));
  }
  ns3::InternetStackHelper stack;
  stack.SetIpv6StackInstall(false);
  stack.Install(nodes);
  ns3::Ipv4AddressHelper addresses;
  addresses.SetBase("10.0.0.0", "255.255.255.0");
  const ns3::Ipv4InterfaceContainer interfaces = addresses.Assign(devices);
  ns3::TrafficControlHelper traffic_control;
  traffic_control.Uninstall(devices);
  ns3::PacketSinkHelper sink("ns3::TcpSocketFactory",
                             ns3::InetSocketAddress(ns3::Ipv4Address::GetAny(), 80));
  ns3::ApplicationContainer sinks = sink.Install(nodes.Get(1));
  ns3::BulkSendHelper source("ns3::TcpSocketFactory",
                             ns3::InetSocketAddress(interfaces.GetAddress(1), 80));
  source.SetAttribute("MaxBytes", ns3::UintegerValue(static_cast<uint64_t>(bytes)));
  source.SetAttribute("SendSize", ns3::UintegerValue(65536));
  source.Install(nodes.Get(0));
  const double begin = UserSeconds();
  ns3::Simulator::Run();
  Ns3TcpResult result;
  result.user_seconds = UserSeconds() - begin;
  result.virtual_seconds = ns3::Simulator::Now().GetSeconds();
  result.link_packets = g_link_packets;
  const uint64_t received = ns3::DynamicCast<ns3::PacketSink>(sinks.Get(0))->GetTotalRx();
  if (received != static_cast<uint64_t>(bytes)) result.link_packets = 0;  // did not finish
  ns3::Simulator::Destroy();
  return result;
}

Ns3TcpResult Ns3Dumbbell(int flows, uint32_t window, double seconds) {
  SetDefaults(window);
  ns3::NodeContainer routers, clients, servers;
  routers.Create(2);
  clients.Create(static_cast<uint32_t>(flows));
  servers.Create(static_cast<uint32_t>(flows));
  ns3::InternetStackHelper stack;
  stack.SetIpv6StackInstall(false);
  stack.Install(routers);
  stack.Install(clients);
  stack.Install(servers);
  ns3::PointToPointHelper middle;
  middle.SetDeviceAttribute("DataRate", ns3::StringValue("1Gbps"));
  middle.SetChannelAttribute("Delay", ns3::StringValue("10ms"));
  middle.SetQueue("ns3::DropTailQueue", "MaxSize", ns3::StringValue("1000p"));
  ns3::Ipv4AddressHelper addresses;
  addresses.SetBase("10.0.0.0", "255.255.255.0");
  ns3::TrafficControlHelper traffic_control;
  const ns3::NetDeviceContainer middle_devices = Wire(middle, routers.Get(0), routers.Get(1));
  addresses.Assign(middle_devices);
  traffic_control.Uninstall(middle_devices);
  ns3::ApplicationContainer sinks;
  for (int i = 0; i < flows; ++i) {
    ns3::PointToPointHelper access;
    access.SetDeviceAttribute("DataRate", ns3::StringValue("1Gbps"));
    access.SetChannelAttribute("Delay", ns3::TimeValue(ns3::MicroSeconds(1000 + 17 * i)));
    access.SetQueue("ns3::DropTailQueue", "MaxSize", ns3::StringValue("1000000p"));
    const auto index = static_cast<uint32_t>(i);
    const ns3::NetDeviceContainer west = Wire(access, clients.Get(index), routers.Get(0));
    addresses.NewNetwork();
    addresses.Assign(west);
    const ns3::NetDeviceContainer east = Wire(access, servers.Get(index), routers.Get(1));
    addresses.NewNetwork();
    const ns3::Ipv4Address server = addresses.Assign(east).GetAddress(0);
    traffic_control.Uninstall(west);
    traffic_control.Uninstall(east);
    ns3::PacketSinkHelper sink("ns3::TcpSocketFactory",
                               ns3::InetSocketAddress(ns3::Ipv4Address::GetAny(), 80));
    sink.Install(servers.Get(index));
    ns3::BulkSendHelper source("ns3::TcpSocketFactory", ns3::InetSocketAddress(server, 80));
    source.SetAttribute("SendSize", ns3::UintegerValue(65536));
    source.Install(clients.Get(index)).Start(ns3::MilliSeconds(1 + 3 * i));
  }
  ns3::Ipv4GlobalRoutingHelper::PopulateRoutingTables();
  ns3::Simulator::Stop(ns3::Seconds(seconds));
  const double begin = UserSeconds();
  ns3::Simulator::Run();
  Ns3TcpResult result;
  result.user_seconds = UserSeconds() - begin;
  result.virtual_seconds = seconds;
  result.link_packets = g_link_packets;
  ns3::Simulator::Destroy();
  return result;
}

}  // namespace tickwire

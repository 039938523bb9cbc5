#include "protocols/tls/tls_stack.h"
namespace tickwire { namespace tls {
TlsStack::TlsStack(NodeClock& clock, TransportStack& below, const RunSeed& seed, TlsConfig c):LayeredStack(clock,below,{}),config_(c),rng_(Rng::ForStream(seed,"a","b")),client_sessions_(1),server_sessions_(1){}
TlsStack::~TlsStack()=default; void TlsStack::PowerOff(){}
std::optional<TransportKind> TlsStack::KindBelow(TransportKind) const {return {};}
std::unique_ptr<LayeredFlow> TlsStack::MakeFlow(const FlowSetup&){return nullptr;}
}
}

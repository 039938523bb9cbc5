#include "protocols/websocket/websocket_stack.h"
namespace tickwire { namespace websocket { WebSocketStack::WebSocketStack(NodeClock& clock, TransportStack& below, const RunSeed& seed, WebSocketConfig c):LayeredStack(clock,below,{}),config_(c),rng_(Rng::ForStream(seed,"a","b")){}
WebSocketStack::~WebSocketStack()=default;
std::optional<TransportKind> WebSocketStack::KindBelow(TransportKind) const {return {};}
std::unique_ptr<LayeredFlow> WebSocketStack::MakeFlow(const FlowSetup&){return nullptr;} } }

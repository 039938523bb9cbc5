// Fills in what a scenario leaves to its defaults.
#ifndef TICKWIRE_TOPOLOGIES_DEFAULTS_H_
#define TICKWIRE_TOPOLOGIES_DEFAULTS_H_

#include <google/protobuf/message.h>

namespace tickwire {

// Sets every absent field that has a default_text (options.proto), in this message and in those
// inside it that are present; also in the message of an Any. Leaves oneofs and lists alone.
void FillDefaults(google::protobuf::Message& message);

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_DEFAULTS_H_

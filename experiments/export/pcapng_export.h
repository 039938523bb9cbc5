// Captures of a run for Wireshark.
#ifndef TICKWIRE_EXPERIMENTS_EXPORT_PCAPNG_EXPORT_H_
#define TICKWIRE_EXPERIMENTS_EXPORT_PCAPNG_EXPORT_H_

#include <string>

#include "absl/status/status.h"
#include "experiments/view/run_model.h"

namespace tickwire {

// Each packet once, as its maker put it on its first link; routers' forwarding is left out.
// Comments name the event, why it was sent, what it repeats, and how it was lost. `digest` goes
// into the file's comment.
absl::Status ExportCapture(const RunModel& model, const std::string& digest,
                           const std::string& path);
// DIRECTORY/NODE-INTERFACE.pcapng for each interface that saw a packet: what it sent and received.
// If the scenario has capture blocks, those interfaces only.
absl::Status ExportInterfaceCaptures(const RunModel& model, const std::string& digest,
                                     const std::string& directory);

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_EXPORT_PCAPNG_EXPORT_H_

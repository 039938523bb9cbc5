// SctpUserRole::Named: one association of an sctp_user, with its name, its reader, and the messages
// that find no room. Private to the files of SctpUserRole.
#ifndef TICKWIRE_TOPOLOGIES_BUILD_ROLES_SCTP_NAMED_ASSOCIATION_H_
#define TICKWIRE_TOPOLOGIES_BUILD_ROLES_SCTP_NAMED_ASSOCIATION_H_

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "protocols/sctp/apps/message_reader.h"
#include "topologies/build/roles/sctp_roles.h"
#include "topologies/build/roles/sctp_user_role.h"

namespace tickwire {

class SctpUserRole::Named {
 public:
  struct Waiting {
    sctp::SctpSocket::SndInfo info;
    std::vector<uint8_t> data;
  };
  Named(SctpUserRole& role, const std::string& name, sctp::SctpSocket& socket,
        sctp::SctpSocket::AssocId id, const scenario::SctpReader& reader)
      : name_(name),
        socket_(socket),
        id_(id),
        role_(role),
        reader_(role.context_.host.node.clock(), socket, id, ReaderConfigOf(reader), role.entity_) {
  }

  const std::string& name() const { return name_; }
  sctp::SctpSocket& socket() { return socket_; }
  sctp::SctpSocket::AssocId id() const { return id_; }
  sctp::Association* association() { return socket_.Get(id_); }
  sctp::MessageReader& reader() { return reader_; }

  void Send(Waiting message) {
    waiting_.push_back(std::move(message));
    Flush();
  }
  // After all that waits.
  void Shutdown() {
    wants_shutdown_ = true;
    Flush();
  }
  void Flush() {
    while (!waiting_.empty()) {
      const Waiting& first = waiting_.front();
      const absl::Status sent = socket_.Sendv(id_, first.info, first.data);
      if (absl::IsUnavailable(sent)) return;
      if (sent.ok()) {
        ++role_.totals_.messages_sent;
        role_.totals_.bytes_sent += first.data.size();
      } else {
        ++role_.totals_.messages_failed;
        role_.trace().Note(
            role_.entity_, kNotSent,
            absl::StrCat(name_, ": ",
                         absl::string_view(sent.message().data(), sent.message().size())));
      }
      waiting_.pop_front();
    }
    if (!wants_shutdown_) return;
    wants_shutdown_ = false;
    socket_.Shutdown(id_).IgnoreError();  // it may be over
  }

 private:
  static constexpr TraceLabel kNotSent{"not_sent", "SCTP did not take the message"};

  const std::string name_;
  sctp::SctpSocket& socket_;
  const sctp::SctpSocket::AssocId id_;
  SctpUserRole& role_;
  sctp::MessageReader reader_;
  std::deque<Waiting> waiting_;
  bool wants_shutdown_ = false;
};

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_BUILD_ROLES_SCTP_NAMED_ASSOCIATION_H_

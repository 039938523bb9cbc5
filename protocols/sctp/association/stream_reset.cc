// RFC 6525: resetting and adding streams.
#include <algorithm>
#include <utility>

#include "protocols/sctp/association/association.h"
#include "protocols/sctp/association/rare.h"
#include "protocols/sctp/packet/cause/protocol_violation_cause.h"
#include "protocols/sctp/packet/parameter/add_incoming_streams_parameter.h"
#include "protocols/sctp/packet/parameter/add_outgoing_streams_parameter.h"
#include "protocols/sctp/packet/parameter/incoming_ssn_reset_parameter.h"
#include "protocols/sctp/packet/parameter/outgoing_ssn_reset_parameter.h"
#include "protocols/sctp/packet/parameter/reconfig_response_parameter.h"
#include "protocols/sctp/packet/parameter/ssn_tsn_reset_parameter.h"

namespace tickwire::sctp {
namespace {

using State = Association::State;
using Response = ReconfigResponseParameter;

constexpr TraceLabel kNotAgreed{"RE-CONFIG not agreed", "RFC 6525 5.1.1"};
constexpr TraceLabel kBadParameters{"RE-CONFIG with a bad combination", "RFC 6525 3.1"};
constexpr TraceLabel kUnexpectedResponse{"unexpected RE-CONFIG response", "RFC 6525 5.2.7 H1"};
constexpr TraceLabel kStreamsReset{"streams reset", "RFC 6525 5.2.2"};

bool IsRequest(uint16_t type) {
  return type == OutgoingSsnResetParameter::kType || type == IncomingSsnResetParameter::kType ||
         type == SsnTsnResetParameter::kType || type == AddOutgoingStreamsParameter::kType ||
         type == AddIncomingStreamsParameter::kType;
}

// Section 3.1: which parameters may stand together.
bool IsAllowed(const std::vector<uint16_t>& types) {
  const auto are = [&](uint16_t a, uint16_t b) {
    return (types[0] == a && types[1] == b) || (types[0] == b && types[1] == a);
  };
  if (types.size() == 1) return IsRequest(types[0]) || types[0] == Response::kType;
  if (types.size() != 2) return false;
  return are(OutgoingSsnResetParameter::kType, IncomingSsnResetParameter::kType) ||
         are(AddOutgoingStreamsParameter::kType, AddIncomingStreamsParameter::kType) ||
         are(Response::kType, OutgoingSsnResetParameter::kType) ||
         are(Response::kType, Response::kType);
}

uint32_t NumberOf(const ParameterView& request) { return ValueReader(request.value).Take32(); }

bool IsSuccess(uint32_t result) {
  return result == Response::kPerformed || result == Response::kNothingToDo;
}

}  // namespace

// --- Requests of the user ---

bool Association::QueueReconfig(ReconfigRequest request) {
  if (!capabilities_.stream_reconfiguration || state_ != State::kEstablished) return false;
  for (const StreamId stream : request.streams) {
    const uint16_t count =
        request.kind == ReconfigRequest::Kind::kIncoming ? inbound_streams() : outbound_streams();
    if (stream.value >= count) return false;
  }
  if (rare().request) return false;  // section 5.1.1: one at a time
  rare_->request = std::move(request);
  if (rare_->request->kind == ReconfigRequest::Kind::kOutgoing) {  // A1
    send_queue_->PauseStreams(StreamsOf(*rare_->request));
  }
  if (!is_busy_) AsEvent([] {});
  return true;
}

bool Association::ResetOutgoingStreams(std::vector<StreamId> streams) {
  return QueueReconfig({.kind = ReconfigRequest::Kind::kOutgoing, .streams = std::move(streams)});
}

bool Association::ResetIncomingStreams(std::vector<StreamId> streams) {
  return QueueReconfig({.kind = ReconfigRequest::Kind::kIncoming, .streams = std::move(streams)});
}

bool Association::ResetAssociation() {
  return QueueReconfig({.kind = ReconfigRequest::Kind::kAssociation});
}

bool Association::AddStreams(uint16_t outgoing, uint16_t incoming) {
  if (outgoing == 0 && incoming == 0) return false;
  if (uint32_t{outgoing} + outbound_streams() > 65535) return false;
  if (uint32_t{incoming} + inbound_streams() > config_.max_inbound_streams) return false;
  return QueueReconfig({.kind = ReconfigRequest::Kind::kAddStreams,
                        .add_outgoing = outgoing,
                        .add_incoming = incoming});
}

// All streams, if none is named.
std::vector<StreamId> Association::StreamsOf(const ReconfigRequest& request) const {
  if (!request.streams.empty()) return request.streams;
  std::vector<StreamId> all;
  for (uint16_t i = 0; i < outbound_streams(); ++i) all.push_back(StreamId{i});
  return all;
}

void Association::LearnReconfigNumbers() {
  Rare& r = rare();
  if (r.numbers_known) return;
  r.numbers_known = true;
  r.next_request_number = local_initial_tsn_.value;
  r.expected_request_number = peer_initial_tsn_.value;
}

// Section 5.1.4, C2: no new TSN until it is over.
bool Association::is_resetting_association() const {
  return rare_ != nullptr && rare_->request &&
         rare_->request->kind == ReconfigRequest::Kind::kAssociation;
}

// Sends the request that waits, once nothing stands in its way.
void Association::MaybeSendReconfig() {
  if (rare_ == nullptr || !rare_->request || rare_->request->is_sent) return;
  ReconfigRequest& request = *rare_->request;
  using Kind = ReconfigRequest::Kind;
  if (request.kind == Kind::kOutgoing && !send_queue_->AreBetweenMessages(StreamsOf(request))) {
    return;
  }
  if (request.kind == Kind::kAssociation) {  // C2
    if (!outstanding_->empty()) return;
  }
  LearnReconfigNumbers();
  request.is_sent = true;
  request.number = rare_->next_request_number;
  const bool two =
      request.kind == Kind::kAddStreams && request.add_outgoing > 0 && request.add_incoming > 0;
  rare_->next_request_number += two ? 2 : 1;
  rare_->request_last_tsn = outstanding_->highest_sent();  // A3
  rare_->request_errors = 0;
  rare_->answers_left = two ? 2 : 1;
  SendReconfigRequest();
}

void Association::SendReconfigRequest() {
  const ReconfigRequest& request = *rare_->request;
  using Kind = ReconfigRequest::Kind;
  std::vector<uint8_t> parameters;
  switch (request.kind) {
    case Kind::kOutgoing:
      OutgoingSsnResetParameter{
          .request_sequence_number = request.number,
          .response_sequence_number = request.answers.value_or(rare_->expected_request_number - 1),
          .last_assigned_tsn = Tsn{static_cast<uint32_t>(rare_->request_last_tsn)},
          .streams = request.streams}
          .SerializeTo(parameters);
      break;
    case Kind::kIncoming:
      IncomingSsnResetParameter{.request_sequence_number = request.number,
                                .streams = request.streams}
          .SerializeTo(parameters);
      break;
    case Kind::kAssociation:
      SsnTsnResetParameter{.request_sequence_number = request.number}.SerializeTo(parameters);
      break;
    case Kind::kAddStreams: {
      uint32_t number = request.number;
      if (request.add_outgoing > 0) {
        AddOutgoingStreamsParameter{.request_sequence_number = number++,
                                    .new_streams = request.add_outgoing}
            .SerializeTo(parameters);
      }
      if (request.add_incoming > 0) {
        AddIncomingStreamsParameter{.request_sequence_number = number,
                                    .new_streams = request.add_incoming}
            .SerializeTo(parameters);
      }
      break;
    }
  }
  Path& path = DataPath();
  SendTo(path, [&](PacketBuilder& packet) {
    AddControl(packet, /*with_data=*/true);
    packet.Put(ReConfigChunk{.parameters = parameters});
  });
  rare_->reconfig_path = path.index();
  rare_->reconfig_timer.Set(path.rto.value());
}

void Association::OnReconfigTimer() {
  if (!rare_->request || !rare_->request->is_sent) return;
  AsEvent([&] {
    Path& path = *paths_[rare_->reconfig_path];
    if (!rare_->in_progress) {  // H2: not while the peer says "in progress"
      path.rto.BackOff();
      OnPathError(path, /*counts_for_association=*/true);
    }
    rare_->in_progress = false;
    if (!is_gone_) SendReconfigRequest();
  });
}

// --- What the peer says ---

void Association::OnReConfig(const ReConfigChunk& chunk) {
  if (state_ < State::kEstablished) return;
  if (!capabilities_.stream_reconfiguration) return Drop(kNotAgreed);
  LearnReconfigNumbers();
  std::vector<ParameterView> parameters;
  std::vector<uint16_t> types;
  std::span<const uint8_t> rest = chunk.parameters;
  while (const std::optional<ParameterView> parameter = TakeParameter(rest)) {
    parameters.push_back(*parameter);
    types.push_back(parameter->type);
  }
  if (!IsAllowed(types)) {
    static constexpr absl::string_view kText = "RE-CONFIG parameters do not go together";
    std::vector<uint8_t> causes;
    ProtocolViolationCause{
        .information = {reinterpret_cast<const uint8_t*>(kText.data()), kText.size()}}
        .SerializeTo(causes);
    Report(causes);
    return Drop(kBadParameters);
  }
  std::vector<uint8_t> answers;
  for (const ParameterView& parameter : parameters) {
    if (parameter.type == Response::kType) {
      if (const auto response = Response::Parse(parameter)) OnReconfigResponse(*response);
      continue;
    }
    const uint32_t number = NumberOf(parameter);
    std::optional<Response::NextTsns> tsns;
    const uint32_t result = AnswerReconfig(parameter, number, tsns);
    if (result == kNoResult) continue;
    Response{.response_sequence_number = number, .result = result, .next_tsns = tsns}.SerializeTo(
        answers);
  }
  if (answers.empty()) return;
  tracker_->OnSackTimer();  // section 5.2.1: with a SACK
  SendTo(ControlPath(), [&](PacketBuilder& packet) {
    AddControl(packet, /*with_data=*/true);
    packet.Put(ReConfigChunk{.parameters = answers});
  });
}

uint32_t Association::AnswerReconfig(const ParameterView& request, uint32_t number,
                                     std::optional<Response::NextTsns>& tsns) {
  Rare& r = *rare_;
  if (number == r.expected_request_number - 1) {  // a repetition
    if (r.pending_incoming && r.pending_incoming->number == number) {
      CheckPendingIncomingReset();
      if (r.pending_incoming) return Response::kInProgress;
    }
    tsns = r.last_answer_tsns;
    return r.last_answer;
  }
  if (number != r.expected_request_number) return Response::kBadSequenceNumber;
  ++r.expected_request_number;
  r.last_answer_tsns.reset();
  const auto answer = [&](uint32_t result) {
    r.last_answer = result;
    return result;
  };
  switch (request.type) {
    case OutgoingSsnResetParameter::kType: {
      const auto reset = OutgoingSsnResetParameter::Parse(request);
      if (!reset) return answer(Response::kDenied);
      for (const StreamId stream : reset->streams) {
        if (stream.value >= inbound_streams()) return answer(Response::kWrongSsn);
      }
      // E1: it may answer our Incoming SSN Reset Request.
      if (r.request && r.request->is_sent && r.request->kind == ReconfigRequest::Kind::kIncoming &&
          reset->response_sequence_number == r.request->number) {
        r.reconfig_timer.Cancel();
        r.request.reset();
      }
      const int64_t base = tracker_->cumulative();
      const int64_t last =
          base + static_cast<int32_t>(reset->last_assigned_tsn.value - static_cast<uint32_t>(base));
      r.pending_incoming =
          Rare::PendingIncoming{.number = number, .last_tsn = last, .streams = reset->streams};
      r.last_answer = Response::kPerformed;
      CheckPendingIncomingReset();
      return r.pending_incoming ? uint32_t{Response::kInProgress} : r.last_answer;  // E2
    }
    case IncomingSsnResetParameter::kType: {
      const auto reset = IncomingSsnResetParameter::Parse(request);
      if (!reset) return answer(Response::kDenied);
      for (const StreamId stream : reset->streams) {
        if (stream.value >= outbound_streams()) return answer(Response::kWrongSsn);
      }
      if (r.request) {
        // Section 5.2.3: ours may say it already.
        const bool overlaps = r.request->kind == ReconfigRequest::Kind::kOutgoing &&
                              (r.request->streams.empty() || r.request->streams == reset->streams);
        return answer(overlaps ? Response::kNothingToDo : Response::kRequestInProgress);
      }
      r.request = ReconfigRequest{
          .kind = ReconfigRequest::Kind::kOutgoing, .streams = reset->streams, .answers = number};
      send_queue_->PauseStreams(StreamsOf(*r.request));
      answer(Response::kPerformed);
      return kNoResult;  // F1: our Outgoing SSN Reset Request is the answer
    }
    case SsnTsnResetParameter::kType: {
      if (!SsnTsnResetParameter::Parse(request)) return answer(Response::kDenied);
      if (r.request && r.request->is_sent) return answer(Response::kRequestInProgress);
      // G1 to G5.
      const int64_t receiver_next = tracker_->cumulative() + 1 + (int64_t{1} << 31);
      const int64_t sender_next = outstanding_->highest_sent() + 1;
      r.last_answer_tsns =
          Response::NextTsns{.sender = Tsn{static_cast<uint32_t>(sender_next)},
                             .receiver = Tsn{static_cast<uint32_t>(receiver_next)}};
      tsns = r.last_answer_tsns;
      ResetNumbers(sender_next, static_cast<uint32_t>(receiver_next));
      Tell(AssociationReset{.local_tsn = r.last_answer_tsns->sender,
                            .remote_tsn = r.last_answer_tsns->receiver});
      return answer(Response::kPerformed);
    }
    case AddOutgoingStreamsParameter::kType: {
      const auto add = AddOutgoingStreamsParameter::Parse(request);
      if (!add || uint32_t{add->new_streams} + inbound_streams() > config_.max_inbound_streams) {
        return answer(Response::kDenied);
      }
      reassembly_->AddStreams(add->new_streams);
      Tell(StreamChange{.inbound_streams = inbound_streams(),
                        .outbound_streams = outbound_streams()});
      return answer(Response::kPerformed);
    }
    case AddIncomingStreamsParameter::kType: {
      const auto add = AddIncomingStreamsParameter::Parse(request);
      if (!add || uint32_t{add->new_streams} + outbound_streams() > 65535) {
        return answer(Response::kDenied);
      }
      if (r.request) return answer(Response::kRequestInProgress);
      r.request = ReconfigRequest{.kind = ReconfigRequest::Kind::kAddStreams,
                                  .add_outgoing = add->new_streams};
      return answer(Response::kPerformed);
    }
    default:
      return answer(Response::kDenied);
  }
}

// E3 and E5, once all data before the reset is here.
void Association::CheckPendingIncomingReset() {
  Rare& r = *rare_;
  if (!r.pending_incoming || tracker_->cumulative() < r.pending_incoming->last_tsn) return;
  const std::vector<StreamId> streams = std::move(r.pending_incoming->streams);
  r.pending_incoming.reset();
  reassembly_->ResetStreams(streams);
  env_.clock().trace().Note(entity_, kStreamsReset, kStreamsReset.rule);
  Tell(StreamReset{.incoming = true, .streams = streams});
}

// Everything counts from the beginning again (G3 to G5; H5).
void Association::ResetNumbers(int64_t own_next, uint32_t peer_next) {
  for (const std::unique_ptr<Path>& path : paths_) path->t3_rtx.Cancel();
  outstanding_->ForgetAll(own_next);
  send_queue_->ResetNumbers({});
  tracker_ = std::make_unique<DataTracker>(peer_next, parameters_.sack_every);
  std::unique_ptr<ReassemblyQueue> former = std::move(reassembly_);
  reassembly_ =
      std::make_unique<ReassemblyQueue>(capabilities_.interleaving, former->stream_count());
  reassembly_->TakeOver(*former);
  sack_timer_.Cancel();
  in_fast_recovery_ = false;
  last_forwarded_ = -1;
}

void Association::OnReconfigResponse(const Response& response) {
  Rare& r = *rare_;
  using Kind = ReconfigRequest::Kind;
  // Numbers wrap (section 4.1).
  if (!r.request || !r.request->is_sent ||
      response.response_sequence_number - r.request->number >=
          r.next_request_number - r.request->number) {
    return Drop(kUnexpectedResponse);
  }
  if (response.result == Response::kInProgress) {  // H2
    r.in_progress = true;
    return r.reconfig_timer.Set(paths_[r.reconfig_path]->rto.value());
  }
  association_errors_ = 0;
  const bool good = IsSuccess(response.result);
  const bool denied = response.result == Response::kDenied;
  const ReconfigRequest request = *r.request;
  if (--r.answers_left > 0 && good) {
    if (response.response_sequence_number == request.number && request.add_outgoing > 0) {
      send_queue_->AddStreams(request.add_outgoing);
      r.request->add_outgoing = 0;
    }
    return;
  }
  r.reconfig_timer.Cancel();
  r.request.reset();
  switch (request.kind) {
    case Kind::kOutgoing: {  // H4
      const std::vector<StreamId> streams = StreamsOf(request);
      if (good) send_queue_->ResetNumbers(streams);
      send_queue_->ResumeStreams(streams);
      return Tell(StreamReset{.incoming = false,
                              .denied = denied,
                              .failed = !good && !denied,
                              .streams = request.streams});
    }
    case Kind::kIncoming:
      if (good && response.result == Response::kNothingToDo) return;
      if (!good) {
        Tell(StreamReset{
            .incoming = true, .denied = denied, .failed = !denied, .streams = request.streams});
      }
      return;
    case Kind::kAssociation:
      if (good && response.next_tsns) {  // H5
        const int64_t base = outstanding_->highest_sent() + 1;
        const int64_t own_next =
            base + static_cast<int64_t>(static_cast<uint32_t>(response.next_tsns->receiver.value -
                                                              static_cast<uint32_t>(base)));
        ResetNumbers(own_next, response.next_tsns->sender.value);
        return Tell(AssociationReset{.local_tsn = response.next_tsns->receiver,
                                     .remote_tsn = response.next_tsns->sender});
      }
      return Tell(AssociationReset{.denied = denied, .failed = !denied});
    case Kind::kAddStreams:
      if (good && request.add_outgoing > 0) send_queue_->AddStreams(request.add_outgoing);
      return Tell(StreamChange{.denied = denied,
                               .failed = !good && !denied,
                               .inbound_streams = inbound_streams(),
                               .outbound_streams = outbound_streams()});
  }
}

}  // namespace tickwire::sctp

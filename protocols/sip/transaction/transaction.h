// What all transactions have in common, and the two sides that they talk to (RFC 3261 §17).
//
// A transaction owns its request (client, server) and the octets of its last response (server);
// what is sent again is what was sent before, octet by octet. It sees a clock, a MessageTransport
// and its user. It ends only inside a timer or inside the delivery of a message or error by the
// TransactionTable, which then destroys it: never inside a call of its user.
#ifndef TICKWIRE_PROTOCOLS_SIP_TRANSACTION_TRANSACTION_H_
#define TICKWIRE_PROTOCOLS_SIP_TRANSACTION_TRANSACTION_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/sip_message.h"
#include "protocols/sip/transaction/timers.h"
#include "protocols/sip/transport/message_transport.h"
#include "sim_core/event/node_clock.h"

namespace tickwire::sip {

class ClientTransaction;
class ServerTransaction;

// The user above: a UA core, a proxy core, a registrar. Callbacks may start transactions, respond,
// and abandon others, but must not destroy the table.
class TransactionUser {
 public:
  virtual ~TransactionUser() = default;

  // Every response but absorbed repetitions: provisionals, the first final one, and each 2xx to an
  // INVITE (§13.2.2.4).
  virtual void OnResponse(ClientTransaction& transaction, const SipMessage& response) = 0;
  virtual void OnTimeout(ClientTransaction& transaction) = 0;  // timer B or F
  virtual void OnTransportError(ClientTransaction& transaction) = 0;

  // A new request (not ACK), in transaction.request(). The user answers by Respond, now or later.
  virtual void OnRequest(ServerTransaction& transaction) = 0;
  // Without a transaction layer only: what may be a repetition of a request that the user has seen
  // already. To be ignored but for an answer, after which it is forgotten. True: it was taken for a
  // new one after all.
  virtual bool OnRepetition(ServerTransaction& transaction) {
    OnRequest(transaction);
    return true;
  }
  // An ACK to a 2xx; the transaction is null when none matches, which is the normal case.
  virtual void OnAck(ServerTransaction* transaction, const SipMessage& ack) = 0;
  virtual void OnTimeout(ServerTransaction& transaction) = 0;  // timer H: no ACK came
  virtual void OnTransportError(ServerTransaction& transaction) = 0;

  // The last callback about a transaction; it is destroyed afterwards.
  virtual void OnTerminated(ClientTransaction& transaction) = 0;
  virtual void OnTerminated(ServerTransaction& transaction) = 0;
};

// What a transaction needs from its surroundings; all outlive it. Finish destroys the transaction.
class TransactionHost {
 public:
  TransactionHost(NodeClock& clock, MessageTransport& transport, TransactionUser& user,
                  const TransactionTimers& timers)
      : clock_(clock), transport_(transport), user_(user), timers_(timers) {}
  virtual ~TransactionHost() = default;
  virtual void Finish(ClientTransaction& transaction) = 0;
  virtual void Finish(ServerTransaction& transaction) = 0;

  NodeClock& clock() { return clock_; }
  const NodeClock& clock() const { return clock_; }
  NodeTrace& trace() { return clock_.trace(); }
  MessageTransport& transport() { return transport_; }
  TransactionUser& user() { return user_; }
  const TransactionTimers& timers() const { return timers_; }
  std::string& scratch() { return scratch_; }  // for texts that live shortly

 private:
  NodeClock& clock_;
  MessageTransport& transport_;
  TransactionUser& user_;
  TransactionTimers timers_;
  std::string scratch_;
};

class ClientTransaction {
 public:
  ClientTransaction(const ClientTransaction&) = delete;
  ClientTransaction& operator=(const ClientTransaction&) = delete;
  virtual ~ClientTransaction() = default;

  // Sends the request and starts the timers. Called once, by the table.
  virtual void Start() = 0;
  virtual void OnResponse(const SipMessage& response) = 0;
  virtual void OnTransportError() = 0;
  // The user gives up (§9.1: no final response to a cancelled INVITE); ends without callbacks but
  // OnTerminated, before this returns. Not inside a callback about this transaction.
  virtual void Abandon() = 0;

  const SipMessage& request() const { return request_; }
  Method method() const { return request_.method(); }
  const Hop& hop() const { return hop_; }
  const std::string& key() const { return key_; }  // see transaction_key.h
  const TraceEntity& entity() const { return entity_; }
  // Free for the user: which call this belongs to.
  uint64_t context() const { return context_; }
  void set_context(uint64_t context) { context_ = context; }

 protected:
  ClientTransaction(TransactionHost& host, std::string key, SipMessage&& request, const Hop& hop);
  void SendRequest() { host_.transport().Send(hop_, request_.Wire()); }

  TransactionHost& host_;

 private:
  friend class TransactionTable;  // the list below

  std::string key_;
  SipMessage request_;
  Hop hop_;
  TraceEntity entity_;
  uint64_t context_ = 0;
  ClientTransaction* previous_ = nullptr;  // in order of creation
  ClientTransaction* next_ = nullptr;
};

class ServerTransaction {
 public:
  ServerTransaction(const ServerTransaction&) = delete;
  ServerTransaction& operator=(const ServerTransaction&) = delete;
  virtual ~ServerTransaction() = default;

  virtual void Start() = 0;  // called once, by the table, before the user hears of it
  // A repetition of the request, or the ACK to a final response.
  virtual void OnRequest(const SipMessage& request) = 0;
  virtual void OnTransportError() = 0;
  // A response of the user. What the state does not allow is noted in the trace and not sent.
  virtual void Respond(SipMessage&& response) = 0;
  // A non-INVITE that will not be answered (RFC 4320 §4.2: a proxy sends no 408 to it): ends
  // without callbacks but OnTerminated, before this returns. Not inside a callback about this
  // transaction. No effect on an INVITE. Sends the 2xx to an INVITE once more. REQUIRES: it was
  // sent.
  virtual void ResendSuccess() {}
  virtual void Abandon() {}

  const SipMessage& request() const { return request_; }
  Method method() const { return request_.method(); }
  const Hop& hop() const { return hop_; }  // where responses go
  const std::string& key() const { return key_; }
  const TraceEntity& entity() const { return entity_; }
  uint64_t context() const { return context_; }
  void set_context(uint64_t context) { context_ = context; }
  int last_status() const { return last_status_; }  // 0: nothing sent yet

 protected:
  ServerTransaction(TransactionHost& host, std::string key, SipMessage&& request, const Hop& hop);
  // Keeps the octets and sends them.
  void SendResponse(SipMessage&& response);
  void ResendResponse() { host_.transport().Send(hop_, last_response_); }

  TransactionHost& host_;

 private:
  friend class TransactionTable;  // the list below

  std::string key_;
  SipMessage request_;
  Hop hop_;
  TraceEntity entity_;
  std::string last_response_;
  int last_status_ = 0;
  uint64_t context_ = 0;
  ServerTransaction* previous_ = nullptr;  // in order of creation
  ServerTransaction* next_ = nullptr;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_TRANSACTION_TRANSACTION_H_

// Reads protobuf text into a message and reports every mistake, not only the first.
//
// Accepts the standard text format (comments, `field { }`, `field: { }`, `< >`, `[a, b]`, adjacent
// strings, ';' and ',' separators, `[prefix/Type] { }` in an Any). After a mistake it goes on with
// the next field, and keeps what can be guessed, so that one slip is told once. Time and memory are
// linear in the text; the limits below bound both.
#ifndef TICKWIRE_TOPOLOGIES_TEXT_READER_H_
#define TICKWIRE_TOPOLOGIES_TEXT_READER_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "topologies/diagnostic.h"
#include "topologies/text/location_tree.h"

namespace tickwire::text {

struct ReaderOptions {
  int max_depth = 64;          // nested blocks
  int max_values = 1'000'000;  // fields and list elements
  // Where the messages of an Any are found. Default: all that are linked into the program.
  const google::protobuf::DescriptorPool* any_pool = nullptr;
  google::protobuf::MessageFactory* any_factory = nullptr;
};

// Reads the whole of `sink.source()` and adds to `message`. Mistakes go to `sink`; the message then
// holds what was readable.
void ReadMessage(DiagnosticSink& sink, const ReaderOptions& options,
                 google::protobuf::Message& message, LocationTree& locations);

// Sets (or appends to) one field from `value`: a scalar, a { block } or a [ list ], the whole of
// `sink.source()` from `offset` on. Text for a string field may stand without quotes.
void ReadValue(DiagnosticSink& sink, const ReaderOptions& options, size_t offset,
               const google::protobuf::FieldDescriptor& field, google::protobuf::Message& message);

// The message in an Any, or nullptr if its type is not known or its bytes do not parse.
std::unique_ptr<google::protobuf::Message> UnpackAny(const google::protobuf::Message& any,
                                                     const ReaderOptions& options);

}  // namespace tickwire::text

#endif  // TICKWIRE_TOPOLOGIES_TEXT_READER_H_

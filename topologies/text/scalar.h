// Turns scalar tokens into field values.
#ifndef TICKWIRE_TOPOLOGIES_TEXT_SCALAR_H_
#define TICKWIRE_TOPOLOGIES_TEXT_SCALAR_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <optional>
#include <string>

#include "topologies/diagnostic.h"
#include "topologies/text/token.h"

namespace tickwire::text {

// One scalar as written: strings are decoded and joined, anything else is kept as its text.
struct Scalar {
  TokenKind kind = TokenKind::kEnd;
  Span span;         // from the first token to the last
  std::string text;  // decoded, or the token's text with a leading '-' if there was one
};

// Sets the field, or appends to it if it is repeated. Reports a wrong type, an unknown enum value
// or a number out of range; where the meaning is plain nevertheless, the field is set all the same.
void StoreScalar(const Scalar& scalar, const google::protobuf::FieldDescriptor& field,
                 google::protobuf::Message& message, DiagnosticSink& sink);

// What the field takes, for diagnostics: "text in quotes", "a whole number", "IPV4, IPV6 or DUAL".
std::string DescribeType(const google::protobuf::FieldDescriptor& field);

}  // namespace tickwire::text

#endif  // TICKWIRE_TOPOLOGIES_TEXT_SCALAR_H_

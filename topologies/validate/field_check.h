// Checks every field of a scenario by what its options (options.proto) say of it: required or not,
// unit, bounds, references. Knows no particular message, so roles of any kind are checked alike.
#ifndef TICKWIRE_TOPOLOGIES_VALIDATE_FIELD_CHECK_H_
#define TICKWIRE_TOPOLOGIES_VALIDATE_FIELD_CHECK_H_

#include <google/protobuf/message.h>

#include <string>

#include "topologies/diagnostic.h"
#include "topologies/match/field_table.h"
#include "topologies/text/location_tree.h"
#include "topologies/text/reader.h"
#include "topologies/validate/network_index.h"

namespace tickwire {

struct FieldCheckContext {
  const match::FieldTable& fields;
  // Null while no network is known: references are then not checked.
  const NetworkIndex* network = nullptr;
  // Directory of the scenario file; files are not looked for if empty.
  std::string directory;
  text::ReaderOptions reader;
  // Values may differ from what the file says, which is then told.
  bool has_assignments = false;
};

// The whole message with all that is inside.
void CheckFields(const google::protobuf::Message& message, const text::Where& where,
                 const FieldCheckContext& context, DiagnosticSink& sink);

// One set field only (`--set`), and what is inside if it is a message. The place is `where.span`.
void CheckOneField(const google::protobuf::Message& message,
                   const google::protobuf::FieldDescriptor& field, const text::Where& where,
                   const FieldCheckContext& context, DiagnosticSink& sink);

// The rules of a field, or the default ones.
const scenario::FieldRules& RulesOf(const google::protobuf::FieldDescriptor& field);

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_VALIDATE_FIELD_CHECK_H_

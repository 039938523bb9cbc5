// Assignments to single fields from the command line: `--set link[0].both.loss=5%`.
//
//   path    = step { "." step } ;  step = field [ "[" index-or-name "]" ]
//   value   = as in a scenario file; text needs no quotes
//
// An element of a list is chosen by its place from 0 (`node[2]`), by its name (`node[alice]`), by
// what it is (`node[alice].role.sip_ua.t1`: the role that is a sip_ua; made if there is none), or
// not at all when there is one only. A whole list is replaced: `link[0].both[0].drop.nth=[1, 3]`.
// `link[alice-bob]` finds a link without a name by its ends, too.
#ifndef TICKWIRE_TOPOLOGIES_SET_FIELD_H_
#define TICKWIRE_TOPOLOGIES_SET_FIELD_H_

#include <string>
#include <vector>

#include "topologies/diagnostic.h"
#include "topologies/scenario.pb.h"
#include "topologies/validate/field_check.h"

namespace tickwire {

// Applies one "path=value". Empty: done. Otherwise what is wrong with it (in file "--set"), and the
// scenario may be half changed.
std::vector<Diagnostic> SetField(scenario::Scenario& scenario, const std::string& assignment,
                                 const FieldCheckContext& context);

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_SET_FIELD_H_

// Where in its text each field of a message was set: a tree of the shape of the message.
//
// Beside the message instead of inside it, since messages have no room for places. A field that the
// text does not set (a default, or something that an expansion made) has no entry: askers fall back
// to the parent's place, see Where().
#ifndef TICKWIRE_TOPOLOGIES_TEXT_LOCATION_TREE_H_
#define TICKWIRE_TOPOLOGIES_TEXT_LOCATION_TREE_H_

#include <memory>
#include <vector>

#include "topologies/source_file.h"

namespace tickwire::text {

class LocationTree {
 public:
  struct Entry {
    int field = 0;                         // field number
    int index = 0;                         // within a repeated field, else 0
    Span name;                             // the field's name as written
    Span value;                            // the scalar, or the opening brace
    std::unique_ptr<LocationTree> inside;  // of a message field
  };

  Entry& Add(int field, int index, Span name, Span value);
  // nullptr if the text does not set it. O(log fields) after Sort().
  const Entry* Find(int field, int index = 0) const;
  // Call once all is added.
  void Sort();
  const std::vector<Entry>& entries() const { return entries_; }
  // A field of this message could not be read: what seems to be missing may have been meant by it.
  void MarkDamaged() { damaged_ = true; }
  bool is_damaged() const { return damaged_; }

 private:
  std::vector<Entry> entries_;
  bool damaged_ = false;
};

// A place in the tree that may be off it: `tree` is null for what the text does not spell out, and
// `span` is then the nearest enclosing thing that it does.
struct Where {
  const LocationTree* tree = nullptr;
  Span span;

  // Of a field's value, of its name, and of the message inside it.
  Span Value(int field, int index = 0) const;
  Span Name(int field, int index = 0) const;
  Where Inside(int field, int index = 0) const;
  bool Has(int field, int index = 0) const { return tree && tree->Find(field, index); }
};

}  // namespace tickwire::text

#endif  // TICKWIRE_TOPOLOGIES_TEXT_LOCATION_TREE_H_
